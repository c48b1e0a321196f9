#include <complex>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "blas/call.hpp"
#include "blas/complex_result.hpp"
#include "claims/routines/routines.hpp"
#include "plain_blas.hpp"
#include "verify.hpp"

/// Calls of functions whose arguments are known as data alone: complex results of Fortran, batches, added flags.
namespace sqrtn::verify {
namespace {

using Complex = std::complex<double>;
using Pair = std::complex<float>;

/// The sum by increments that may be negative, of a vector that begins where Fortran's does.
template <class T>
T plain_dotu(int n, const T* x, int incx, const T* y, int incy) {
  T sum(0);
  const auto first = [n](int increment) { return increment < 0 ? (1 - n) * increment : 0; };
  for (int i = 0; i < n; ++i) sum += x[first(incx) + i * incx] * y[first(incy) + i * incy];
  return sum;
}

template <class T>
T in_registers(const int* n, const T* x, const int* incx, const T* y, const int* incy) {
  return plain_dotu(*n, x, *incx, y, *incy);
}
template <class T>
void by_first(T* result, const int* n, const T* x, const int* incx, const T* y, const int* incy) {
  *result = plain_dotu(*n, x, *incx, y, *incy);
}
void forgets_its_result(Complex* result, const int*, const Complex*, const int*, const Complex*, const int*) {
  *reinterpret_cast<double*>(result) = 0;
}
void writes_elsewhere(const int*, int* x, const int*, const Complex*, const int*) { *x = 0; }

template <class Function>
void* address(Function* function) {
  return reinterpret_cast<void*>(function);
}

TEST(ComplexResults, AreFoundWhereFunctionsLeaveThem) {
  const auto result_of = blas::complex_results();
  EXPECT_EQ(result_of(address(in_registers<Complex>), 'z'), blas::ComplexResult::in_registers);
  EXPECT_EQ(result_of(address(in_registers<Pair>), 'c'), blas::ComplexResult::in_registers);
  EXPECT_EQ(result_of(address(by_first<Complex>), 'z'), blas::ComplexResult::by_first_argument);
  EXPECT_EQ(result_of(address(by_first<Pair>), 'c'), blas::ComplexResult::by_first_argument);
  EXPECT_EQ(result_of(address(forgets_its_result), 'z'), blas::ComplexResult::unknown);
  EXPECT_EQ(result_of(address(writes_elsewhere), 'z'), blas::ComplexResult::unknown);
}

/// One group after the other.
template <int forgotten>
void plain_batch(int layout, const int* trans_a, const int* trans_b, const int* m, const int* n, const int* k,
                 const double* alpha, const double** a, const int* lda, const double** b, const int* ldb,
                 const double* beta, double** c, const int* ldc, int n_groups, const int* sizes) {
  int product = 0;
  for (int group = 0; group < n_groups; ++group) {
    for (int i = 0; i < sizes[group]; ++i, ++product) {
      if (product == forgotten) continue;
      plain_gemm<double>(layout, trans_a[group], trans_b[group], m[group], n[group], k[group], alpha[group], a[product],
                         lda[group], b[product], ldb[group], beta[group], c[product], ldc[group]);
    }
  }
}

template <int forgotten>
void plain_strided(int layout, int trans_a, int trans_b, int m, int n, int k, double alpha, const double* a, int lda,
                   int stride_a, const double* b, int ldb, int stride_b, double beta, double* c, int ldc, int stride_c,
                   int n_products) {
  for (int i = 0; i < n_products; ++i) {
    if (i == forgotten) continue;
    plain_gemm<double>(layout, trans_a, trans_b, m, n, k, alpha, a + i * stride_a, lda, b + i * stride_b, ldb, beta,
                       c + i * stride_c, ldc);
  }
}

/// The claims about that routine in that type which do not pass.
std::vector<std::string> broken(const std::map<std::string, void*>& symbols, const std::string& prefix) {
  claims::Subject subject = claims::default_subject({}, "called");
  subject.interfaces = blas::interfaces_of(
      [symbols](const std::string& name) { return symbols.contains(name) ? symbols.at(name) : nullptr; }, {"", "", "_"},
      32);
  std::vector<std::string> ids;
  for (const claims::Claim& claim : claims::routine_claims()) {
    if (!claim.id.starts_with(prefix) || claim.id.ends_with("exact_blocks")) continue;
    const claims::Result result = claims::run(claim, subject, settings());
    if (result.outcome.verdict != claims::Verdict::pass) ids.push_back(claim.id.substr(prefix.size()));
  }
  return ids;
}

TEST(ComplexResults, AreJudgedEitherWay) {
  using Ids = std::vector<std::string>;
  EXPECT_EQ(broken({{"zdotu_", address(in_registers<Complex>)}}, "products/dotu/c128/"), Ids{});
  EXPECT_EQ(broken({{"zdotu_", address(by_first<Complex>)}}, "products/dotu/c128/"), Ids{});
  EXPECT_EQ(broken({{"cdotu_", address(in_registers<Pair>)}}, "products/dotu/c64/"), Ids{});
  EXPECT_EQ(broken({{"cdotu_", address(by_first<Pair>)}}, "products/dotu/c64/"), Ids{});
  EXPECT_EQ(broken({{"zdotu_", address(forgets_its_result)}}, "products/dotu/c128/exact_small"), Ids{""})
      << "what is not understood is skipped";
}

TEST(Batches, AreProductsInParts) {
  EXPECT_EQ(broken({{"cblas_dgemm_batch", address(plain_batch<-1>)}}, "products/gemm_batch/f64/"),
            std::vector<std::string>{});
  EXPECT_EQ(broken({{"cblas_dgemm_batch_strided", address(plain_strided<-1>)}}, "products/gemm_batch_strided/f64/"),
            std::vector<std::string>{});
}

TEST(Batches, EachPartIsLookedAt) {
  const auto is_seen = [](const char* symbol, void* function, const std::string& prefix) {
    const std::vector<std::string> ids = broken({{symbol, function}}, prefix + "exact_small");
    return ids.size() == 1;
  };
  const std::string addresses = "products/gemm_batch/f64/", strided = "products/gemm_batch_strided/f64/";
  EXPECT_TRUE(is_seen("cblas_dgemm_batch", address(plain_batch<0>), addresses));
  EXPECT_TRUE(is_seen("cblas_dgemm_batch", address(plain_batch<1>), addresses));
  EXPECT_TRUE(is_seen("cblas_dgemm_batch", address(plain_batch<2>), addresses));
  EXPECT_TRUE(is_seen("cblas_dgemm_batch_strided", address(plain_strided<1>), strided));
  EXPECT_TRUE(is_seen("cblas_dgemm_batch_strided", address(plain_strided<2>), strided));
}

/// C = αA + βC, with the flags that libraries have been given for it.
void plain_geadd(bool trans_a, bool trans_c, int m, int n, double alpha, const double* a, int lda, double beta,
                 double* c, int ldc) {
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < m; ++i) {
      double& entry = trans_c ? c[j + i * ldc] : c[i + j * ldc];
      const double added = alpha == 0 ? 0 : alpha * (trans_a ? a[j + i * lda] : a[i + j * lda]);
      entry = beta == 0 ? added : added + beta * entry;
    }
  }
}
void geadd_of_c(int layout, int m, int n, double alpha, const double* a, int lda, double beta, double* c, int ldc) {
  if (layout == 101) std::swap(m, n);
  plain_geadd(false, false, m, n, alpha, a, lda, beta, c, ldc);
}
void geadd_of_c_with_flags(int layout, int trans_a, int trans_c, int m, int n, double alpha, const double* a, int lda,
                           double beta, double* c, int ldc) {
  if (layout == 101) std::swap(m, n);
  plain_geadd(trans_a != 111, trans_c != 111, m, n, alpha, a, lda, beta, c, ldc);
}
void geadd(const int* m, const int* n, const double* alpha, const double* a, const int* lda, const double* beta,
           double* c, const int* ldc) {
  plain_geadd(false, false, *m, *n, *alpha, a, *lda, *beta, c, *ldc);
}
void geadd_with_flags(const int* m, const int* n, const double* alpha, const double* a, const int* lda,
                      const double* beta, double* c, const int* ldc, const char* trans_a, const char* trans_c) {
  plain_geadd(*trans_a != 'N', *trans_c != 'N', *m, *n, *alpha, a, *lda, *beta, c, *ldc);
}

TEST(AddedFlags, AreGivenToThoseThatTakeThem) {
  using Ids = std::vector<std::string>;
  const std::string prefix = "products/geadd/f64/";
  void* const plain = address(geadd_of_c);
  void* const flagged = address(geadd_of_c_with_flags);
  EXPECT_EQ(broken({{"cblas_dgeadd", plain}}, prefix), Ids{});
  EXPECT_EQ(broken({{"cblas_dgeadd", plain}, {"dgeadd_", address(geadd)}}, prefix), Ids{});
  EXPECT_EQ(broken({{"cblas_dgeadd", flagged}, {"dgeadd_", address(geadd_with_flags)}}, prefix), Ids{});
}

}  // namespace
}  // namespace sqrtn::verify
