#include <algorithm>
#include <bit>
#include <map>
#include <ostream>
#include <sstream>
#include <string>
#include <utility>

#include "blas/call.hpp"
#include "blas/coverage.hpp"
#include "claims/products/forked.hpp"
#include "claims/routines/routines.hpp"
#include "sqrtn/support/half.hpp"
#include "verify.hpp"

/// Functions of bfloat16 and of half precision with the prototypes of OpenBLAS and oneMKL, called as those of a library
/// are, and faults that are planted in them.
namespace sqrtn::verify {
namespace {

enum class HalfFault {
  none,
  drops_the_last_term,
  takes_b_as_it_lies,
  takes_ldb_for_lda,
  adds_in_bfloat16,
  adds_in_half,  ///< which is none in hgemm
  truncates,
  takes_half_for_bfloat16,
  reads_beta_as_half,
  writes_one_further
};

HalfFault& half_fault() {
  static HalfFault fault = HalfFault::none;
  return fault;
}
bool has(HalfFault fault) { return half_fault() == fault; }

float number(float x) { return x; }
float number(Bfloat16 x) { return static_cast<float>(x); }
float number(Float16 x) { return has(HalfFault::takes_half_for_bfloat16) ? from_bf16(x.bits) : static_cast<float>(x); }
void set(float& to, float x) { to = x; }
void set(Bfloat16& to, float x) {
  if (has(HalfFault::truncates)) {
    to.bits = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(x) >> 16);
  } else {
    to = Bfloat16(x);
  }
}
void set(Float16& to, float x) { to = Float16(x); }

/// Every so many elements, from the end if it is negative.
template <class T>
struct Steps {
  T* first;
  std::ptrdiff_t step;
  Steps(T* begin, int n, int increment)
      : first(increment < 0 ? begin - std::ptrdiff_t{n - 1} * increment : begin), step(increment) {}
  T& operator[](int i) const { return first[i * step]; }
};

template <class Left, class Right>
float sum_of_halves(int n, Left left, Right right) {
  float sum = 0;
  for (int p = 0; p < n - (has(HalfFault::drops_the_last_term) ? 1 : 0); ++p) {
    sum += left(p) * right(p);
    if (has(HalfFault::adds_in_bfloat16)) sum = number(Bfloat16(sum));
    if (has(HalfFault::adds_in_half)) sum = number(Float16(sum));
  }
  return sum;
}

template <class Out>
void set_sum(Out& c, float alpha, float sum, float beta) {
  const float product = alpha == 0 ? 0 : alpha * sum;
  set(c, beta == 0 ? product : product + beta * number(c));
}

/// Column-major; 112 and 113 transpose.
template <class In, class Out>
void multiply_halves(int ta, int tb, int m, int n, int k, float alpha, const In* a, int lda, const In* b, int ldb,
                     float beta, Out* c, int ldc) {
  if (has(HalfFault::takes_b_as_it_lies) && n == k) tb = 111;
  if (has(HalfFault::takes_ldb_for_lda) && ldb > lda - 2) lda = std::min(lda, ldb);
  const auto at = [](const In* matrix, bool transposed, int i, int j, int ld) {
    return number(matrix[transposed ? j + std::ptrdiff_t{i} * ld : i + std::ptrdiff_t{j} * ld]);
  };
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < m; ++i) {
      const float sum = alpha == 0 ? 0
                                   : sum_of_halves(
                                         k, [&](int p) { return at(a, ta != 111, i, p, lda); },
                                         [&](int p) { return at(b, tb != 111, p, j, ldb); });
      set_sum(c[i + std::ptrdiff_t{j} * ldc], alpha, sum, beta);
    }
  }
  if (has(HalfFault::writes_one_further)) c[m + std::ptrdiff_t{n - 1} * ldc] = Out(1);
}

template <class In, class Out, class Scalar>
float scalar_of(Scalar value) {
  if constexpr (std::is_same_v<Scalar, float>)
    return value;
  else
    return std::is_same_v<Out, Float16> ? from_f16(value) : from_bf16(value);
}

template <class In, class Out, class Scalar>
void c_product(int layout, int ta, int tb, int m, int n, int k, Scalar alpha_in, const In* a, int lda, const In* b,
               int ldb, Scalar beta_in, Out* c, int ldc) {
  const float alpha = scalar_of<In, Out>(alpha_in);
  const float beta =
      has(HalfFault::reads_beta_as_half) ? from_f16(to_bf16(scalar_of<In, Out>(beta_in))) : scalar_of<In, Out>(beta_in);
  if (layout == 102) return multiply_halves(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  multiply_halves(tb, ta, n, m, k, alpha, b, ldb, a, lda, beta, c, ldc);
}

template <class In, class Out, class Scalar>
void fortran_product(const char* ta, const char* tb, const int* m, const int* n, const int* k, const Scalar* alpha,
                     const In* a, const int* lda, const In* b, const int* ldb, const Scalar* beta, Out* c,
                     const int* ldc, std::size_t, std::size_t) {
  c_product(102, *ta == 'N' ? 111 : 112, *tb == 'N' ? 111 : 112, *m, *n, *k, *alpha, a, *lda, b, *ldb, *beta, c, *ldc);
}

template <class Out, class Scalar>
void c_product_with_vector(int layout, int trans, int m, int n, Scalar alpha, const Bfloat16* a, int lda,
                           const Bfloat16* x_begin, int incx, Scalar beta, Out* y_begin, int incy) {
  const bool turned = (layout == 101) != (trans != 111);
  if (layout == 101) std::swap(m, n);
  const int rows = turned ? n : m, cols = turned ? m : n;
  const Steps<const Bfloat16> x(x_begin, cols, incx);
  const Steps<Out> y(y_begin, rows, incy);
  const float a_scale = scalar_of<Bfloat16, Out>(alpha);
  for (int i = 0; i < rows; ++i) {
    const auto entry = [&](int p) {
      return number(a[turned ? p + std::ptrdiff_t{i} * lda : i + std::ptrdiff_t{p} * lda]);
    };
    const float sum = a_scale == 0 ? 0 : sum_of_halves(cols, entry, [&](int p) { return number(x[p]); });
    set_sum(y[i], a_scale, sum, scalar_of<Bfloat16, Out>(beta));
  }
}

float c_sbdot(int n, const Bfloat16* x_begin, int incx, const Bfloat16* y_begin, int incy) {
  const Steps<const Bfloat16> x(x_begin, n, incx), y(y_begin, n, incy);
  return sum_of_halves(
      n, [&](int p) { return number(x[p]); }, [&](int p) { return number(y[p]); });
}

template <class From, class To>
void c_conversion(int n, const From* x_begin, int incx, To* y_begin, int incy) {
  const Steps<const From> x(x_begin, n, incx);
  const Steps<To> y(y_begin, n, incy);
  for (int i = 0; i < n; ++i) {
    if constexpr (std::is_same_v<From, Bfloat16>) {
      y[i] = static_cast<To>(number(x[i]));
    } else {
      set(y[i], static_cast<float>(x[i]));
    }
  }
}

std::map<std::string, void*> half_functions() {
  const auto address = [](auto* function) { return reinterpret_cast<void*>(function); };
  using Bits = std::uint16_t;  // as a caller in C hands one over
  return {{"cblas_sbgemm", address(c_product<Bfloat16, float, float>)},
          {"sbgemm_", address(fortran_product<Bfloat16, float, float>)},
          {"cblas_gemm_bf16bf16f32", address(c_product<Bfloat16, float, float>)},
          {"cblas_shgemm", address(c_product<Float16, float, float>)},
          {"gemm_f16f16f32_", address(fortran_product<Float16, float, float>)},
          {"cblas_bgemm", address(c_product<Bfloat16, Bfloat16, Bits>)},
          {"bgemm_", address(fortran_product<Bfloat16, Bfloat16, Bits>)},
          {"cblas_hgemm", address(c_product<Float16, Float16, Bits>)},
          {"hgemm_", address(fortran_product<Float16, Float16, Bits>)},
          {"cblas_sbgemv", address(c_product_with_vector<float, float>)},
          {"cblas_bgemv", address(c_product_with_vector<Bfloat16, Bits>)},
          {"cblas_sbdot", address(c_sbdot)},
          {"cblas_sbstobf16", address(c_conversion<float, Bfloat16>)},
          {"cblas_sbdtobf16", address(c_conversion<double, Bfloat16>)},
          {"cblas_sbf16tos", address(c_conversion<Bfloat16, float>)},
          {"cblas_dbf16tod", address(c_conversion<Bfloat16, double>)}};
}

/// Each claim about the routine that fails, by its last part; of its calls every so many is made.
std::vector<std::string> broken(const std::string& routine, int every, std::size_t& n_passed) {
  claims::Subject subject = claims::default_subject({}, "halves");
  subject.interfaces = blas::interfaces_of(
      [functions = half_functions()](const std::string& name) {
        const auto found = functions.find(name);
        return found == functions.end() ? nullptr : found->second;
      },
      {"", "", "_"}, 32);
  claims::Settings quick = settings();
  quick.effect_scale = every;
  std::vector<std::string> failed;
  for (const claims::Claim& claim : claims::routine_claims()) {
    // Products past all blocks, which take longer, are those of the descriptions' own tests.
    if (!claim.id.starts_with("products/" + routine + "/") || claim.id.ends_with("/exact_blocks")) continue;
    const claims::Result result = claims::run(claim, subject, quick);
    n_passed += result.outcome.verdict == claims::Verdict::pass ? 1 : 0;
    if (result.outcome.verdict == claims::Verdict::fail)
      failed.push_back(claim.id.substr(claim.id.rfind('/') + 1) + ": " + result.outcome.reason);
  }
  return failed;
}

TEST(HalfProducts, RightOnesBreakNoClaim) {
  half_fault() = HalfFault::none;
  const std::string products = "sbgemm gemm_bf16bf16f32 shgemm gemm_f16f16f32 bgemm hgemm sbgemv bgemv";
  std::istringstream names(products + " sbdot sbstobf16 sbdtobf16 sbf16tos dbf16tod");
  for (std::string routine; names >> routine;) {
    const std::size_t n_claims = products.find(routine) != std::string::npos ? 7 : 6;
    std::size_t n_passed = 0;
    EXPECT_EQ(broken(routine, 4, n_passed), std::vector<std::string>{}) << routine;
    EXPECT_EQ(n_passed, n_claims) << routine;
  }
}

TEST(HalfProducts, SumsOfHgemmMayBeKeptInHalf) {
  half_fault() = HalfFault::adds_in_half;
  std::size_t n_passed = 0;
  EXPECT_EQ(broken("hgemm", 4, n_passed), std::vector<std::string>{});
  EXPECT_EQ(n_passed, 7U);
  half_fault() = HalfFault::none;
}

struct HalfFaultCase {
  HalfFault fault;
  std::string routine, claim;  ///< that has to break among others
};
std::ostream& operator<<(std::ostream& out, const HalfFaultCase& one) { return out << one.routine << ' ' << one.claim; }

class HalfProductFaults : public testing::TestWithParam<HalfFaultCase> {};

TEST_P(HalfProductFaults, AreFound) {
  if (GetParam().claim == "inside" && claims::is_sanitized())
    GTEST_SKIP() << "a call that is cut off leaks what it held";
  half_fault() = GetParam().fault;
  std::size_t n_passed = 0;
  const std::vector<std::string> failed = broken(GetParam().routine, 1, n_passed);
  half_fault() = HalfFault::none;
  EXPECT_TRUE(std::ranges::any_of(failed, [](const auto& text) { return text.starts_with(GetParam().claim); }))
      << fmt::format("{}", fmt::join(failed, "\n"));
}

INSTANTIATE_TEST_SUITE_P(Each, HalfProductFaults,
                         testing::ValuesIn(std::vector<HalfFaultCase>{
                             {HalfFault::drops_the_last_term, "sbgemm", "exact_small"},
                             {HalfFault::drops_the_last_term, "bgemm", "exact_small"},
                             {HalfFault::drops_the_last_term, "bgemv", "exact_small"},
                             {HalfFault::drops_the_last_term, "sbdot", "exact_small"},
                             {HalfFault::takes_b_as_it_lies, "sbgemm", "exact_small"},
                             {HalfFault::takes_b_as_it_lies, "gemm_f16f16f32", "exact_small"},
                             {HalfFault::takes_ldb_for_lda, "shgemm", "exact_small"},
                             {HalfFault::adds_in_bfloat16, "sbgemm", "random_bound"},
                             {HalfFault::adds_in_bfloat16, "sbgemv", "random_bound"},
                             {HalfFault::adds_in_bfloat16, "sbdot", "random_bound"},
                             {HalfFault::adds_in_bfloat16, "bgemm", "random_bound"},
                             {HalfFault::adds_in_half, "gemm_f16f16f32", "random_bound"},
                             {HalfFault::adds_in_bfloat16, "hgemm", "exact_small"},
                             {HalfFault::drops_the_last_term, "hgemm", "exact_small"},
                             {HalfFault::takes_ldb_for_lda, "hgemm", "exact_small"},
                             {HalfFault::writes_one_further, "hgemm", "inside"},
                             {HalfFault::truncates, "sbstobf16", "random_bound"},
                             {HalfFault::truncates, "sbdtobf16", "random_bound"},
                             {HalfFault::takes_half_for_bfloat16, "shgemm", "exact_small"},
                             {HalfFault::reads_beta_as_half, "bgemm", "exact_small"},
                             {HalfFault::writes_one_further, "sbgemm", "inside"},
                             {HalfFault::writes_one_further, "bgemm", "inside"},
                         }));

}  // namespace
}  // namespace sqrtn::verify
