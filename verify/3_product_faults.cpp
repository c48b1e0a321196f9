#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "reduced_precision.hpp"
#include "verify.hpp"

/// Faults of the kinds that BLAS libraries really had, each of which its claims must catch.
namespace sqrtn::verify {
namespace {

template <class T>
const blas::FunctionsFor<T>& real() {
  return backend().functions().of<T>();
}

// The signature of gemm, and its arguments handed on.
#define SQRTN_GEMM                                                                                              \
  int layout, int trans_a, int trans_b, int m, int n, int k, T alpha, const T *a, int lda, const T *b, int ldb, \
      T beta, T *c, int ldc

constexpr int transposed = 112;

template <class T>
void drop_last_k(SQRTN_GEMM) {
  real<T>().gemm(layout, trans_a, trans_b, m, n, k - 1, alpha, a, lda, b, ldb, beta, c, ldc);
}
/// In one form alone, in which both are as long where there is no padding.
template <class T>
void take_lda_for_ldc(SQRTN_GEMM) {
  const bool wrong = layout == 102 && trans_a == 111 && trans_b == 111 && lda < ldc;
  real<T>().gemm(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, wrong ? lda : ldc);
}
template <class T>
void drop_last_k_of_some(SQRTN_GEMM) {
  real<T>().gemm(layout, trans_a, trans_b, m, n, k % 4 == 1 ? k - 1 : k, alpha, a, lda, b, ldb, beta, c, ldc);
}
template <class T>
void transpose_b(SQRTN_GEMM) {
  const int flipped = n == k ? 111 + 112 - trans_b : trans_b;
  real<T>().gemm(layout, trans_a, flipped, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
template <class T>
void ignore_ld(SQRTN_GEMM) {
  lda = std::max(trans_a == transposed ? m : k, 1);
  ldb = std::max(trans_b == transposed ? k : n, 1);
  real<T>().gemm(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
template <class T>
void write_packed(SQRTN_GEMM) {
  ldc = std::max(n, 1);
  real<T>().gemm(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
template <class T>
void do_nothing(int, int, int, int, int, int, T, const T*, int, const T*, int, T, T*, int) {}

template <class T>
void round_inputs(SQRTN_GEMM) {
  const std::vector<T> low_a = rounded_to(tf32_bits, a, static_cast<std::size_t>(trans_a == transposed ? k : m) * lda);
  const std::vector<T> low_b = rounded_to(tf32_bits, b, static_cast<std::size_t>(trans_b == transposed ? n : k) * ldb);
  real<T>().gemm(layout, trans_a, trans_b, m, n, k, alpha, low_a.data(), lda, low_b.data(), ldb, beta, c, ldc);
}
template <class T>
void leak_c(SQRTN_GEMM) {
  std::vector<T> leak;
  for (int i = 0; beta == 0 && i < m; ++i) {
    for (int j = 0; j < n; ++j) leak.push_back(0 * c[i * ldc + j]);
  }
  real<T>().gemm(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  for (std::size_t e = 0; e < leak.size(); ++e) c[e / n * ldc + e % n] += leak[e];
}
template <class T>
void keep_c_of_empty_inner(SQRTN_GEMM) {
  if (k > 0) real<T>().gemm(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
template <class T>
void zero_one_of_many(SQRTN_GEMM) {
  real<T>().gemm(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  if (m >= 200 && n >= 200) c[m / 2 * ldc + n / 3] = 0;
}
template <class T>
void forget_last_column_of_some(SQRTN_GEMM) {
  real<T>().gemm(layout, trans_a, trans_b, m, m == 625 ? n - 1 : n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
template <class T>
void drop_a_term_past_several_blocks(SQRTN_GEMM) {
  const bool past = m >= 512 && n >= 64 && k >= 256;
  real<T>().gemm(layout, trans_a, trans_b, m, n, past ? k - 1 : k, alpha, a, lda, b, ldb, beta, c, ldc);
}
template <class T>
void read_padding(SQRTN_GEMM) {
  real<T>().gemm(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  if (trans_a != transposed && lda > k && k > 0) c[0] += 0 * a[k];
}
template <class T>
void race(SQRTN_GEMM) {
  static int calls = 0;
  real<T>().gemm(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  if (++calls % 7 == 0) c[0] = std::nextafter(c[0], T(1e30));
}
#undef SQRTN_GEMM

template <class T>
void forget_beta(int layout, int trans, int m, int n, T alpha, const T* a, int lda, const T* x, int incx, T, T* y,
                 int incy) {
  real<T>().gemv(layout, trans, m, n, alpha, a, lda, x, incx, 0, y, incy);
}
template <class T>
void always_read_y(int layout, int trans, int m, int n, T alpha, const T* a, int lda, const T* x, int incx, T beta,
                   T* y, int incy) {
  const T leak = beta == 0 ? 0 * y[0] : T(0);
  real<T>().gemv(layout, trans, m, n, alpha, a, lda, x, incx, beta, y, incy);
  y[0] += leak;
}
template <class T>
void swap_vectors(int layout, int m, int n, T alpha, const T* x, int incx, const T* y, int incy, T* a, int lda) {
  if (m == n) std::swap(x, y), std::swap(incx, incy);
  real<T>().ger(layout, m, n, alpha, x, incx, y, incy, a, lda);
}
template <class T>
T ignore_stride(int n, const T* x, int, const T* y, int incy) {
  return real<T>().dot(n, x, 1, y, incy);
}
float sum_in_half_the_digits(int n, const float* x, int incx, const float* y, int incy) {
  return rounded_to(tf32_bits, x, 1)[0] * y[0] + real<float>().dot(n - 1, x + incx, incx, y + incy, incy);
}
double sum_in_float(int n, const double* x, int incx, const double* y, int incy) {
  return static_cast<float>(real<double>().dot(n, x, incx, y, incy));
}
template <class T>
void skip_last(int n, T alpha, const T* x, int incx, T* y, int incy) {
  real<T>().axpy(n - 1, alpha, x, incx, y, incy);
}
template <class T>
void fill_gaps(int n, T alpha, T* x, int incx) {
  real<T>().scal(n, alpha, x, incx);
  if (incx > 1) x[1] = 0;
}
template <class T>
T naive_norm(int n, const T* x, int incx) {
  T sum = 0;
  for (int i = 0; i < n; ++i, x += incx) sum += *x * *x;
  return std::sqrt(sum);
}

struct Fault {
  std::string name;
  void (*plant)(blas::Functions&);
  std::vector<std::string> claims;  ///< each must catch it
};
std::ostream& operator<<(std::ostream& out, const Fault& fault) { return out << fault.name; }

// NOLINTNEXTLINE(bugprone-macro-parentheses): names of a member and of a template
#define SQRTN_BOTH(entry, fault) [](blas::Functions& f) { f.f32.entry = fault<float>, f.f64.entry = fault<double>; }

const std::vector<Fault>& faults() {
  static const std::vector<Fault> all{
      {"gemm_drops_the_last_k",
       SQRTN_BOTH(gemm, drop_last_k),
       {"gemm/f32/exact_small", "gemm/f64/exact_small", "gemm/f32/exact_large", "gemm/f64/exact_large",
        "gemm/f32/random_bound", "gemm/f64/random_bound", "gemm/f32/hard_bound", "gemm/f64/hard_bound"}},
      {"gemm_takes_lda_for_ldc", SQRTN_BOTH(gemm, take_lda_for_ldc), {"gemm/f32/exact_small", "gemm/f64/exact_small"}},
      {"gemm_drops_the_last_k_if_k_is_1_mod_4",
       SQRTN_BOTH(gemm, drop_last_k_of_some),
       {"gemm/f32/exact_small", "gemm/f64/exact_small", "gemm/f32/random_bound", "gemm/f64/random_bound"}},
      {"gemm_transposes_b",
       SQRTN_BOTH(gemm, transpose_b),
       {"gemm/f32/exact_small", "gemm/f64/exact_small", "gemm/f32/exact_large", "gemm/f64/exact_large"}},
      {"gemm_ignores_lda_and_ldb", SQRTN_BOTH(gemm, ignore_ld), {"gemm/f32/exact_small", "gemm/f64/exact_small"}},
      {"gemm_ignores_ldc", SQRTN_BOTH(gemm, write_packed), {"gemm/f32/exact_small", "gemm/f64/exact_small"}},
      {"gemm_reads_padding", SQRTN_BOTH(gemm, read_padding), {"gemm/f32/exact_small", "gemm/f64/exact_small"}},
      {"gemm_leaves_c_unchanged",
       SQRTN_BOTH(gemm, do_nothing),
       {"gemm/f32/exact_small", "gemm/f64/exact_small", "gemm/f32/beta_zero", "gemm/f64/beta_zero",
        "gemm/f32/random_bound", "gemm/f64/random_bound"}},
      {"gemm_rounds_inputs_to_10_bits",
       SQRTN_BOTH(gemm, round_inputs),
       {"gemm/f32/exact_small", "gemm/f64/exact_small", "gemm/f32/random_bound", "gemm/f64/random_bound",
        "gemm/f32/hard_bound", "gemm/f64/hard_bound"}},
      {"gemm_leaks_c_at_beta_0", SQRTN_BOTH(gemm, leak_c), {"gemm/f32/beta_zero", "gemm/f64/beta_zero"}},
      {"gemm_keeps_c_at_k_0", SQRTN_BOTH(gemm, keep_c_of_empty_inner), {"gemm/f32/beta_zero", "gemm/f64/beta_zero"}},
      {"gemm_zeroes_one_element_of_a_large_c",
       SQRTN_BOTH(gemm, zero_one_of_many),
       {"gemm/f32/exact_large", "gemm/f64/exact_large"}},
      {"gemm_forgets_a_column_of_one_shape",
       SQRTN_BOTH(gemm, forget_last_column_of_some),
       {"gemm/f32/exact_large", "gemm/f64/exact_large"}},
      {"gemm_drops_a_term_past_several_blocks",
       SQRTN_BOTH(gemm, drop_a_term_past_several_blocks),
       {"gemm/f32/exact_large", "gemm/f64/exact_large"}},
      {"gemm_is_not_repeatable", SQRTN_BOTH(gemm, race), {"gemm/f32/repeatable", "gemm/f64/repeatable"}},
      {"gemv_forgets_beta",
       SQRTN_BOTH(gemv, forget_beta),
       {"gemv/f32/exact_small", "gemv/f64/exact_large", "gemv/f32/random_bound"}},
      {"gemv_leaks_y_at_beta_0", SQRTN_BOTH(gemv, always_read_y), {"gemv/f32/beta_zero", "gemv/f64/beta_zero"}},
      {"ger_swaps_x_and_y", SQRTN_BOTH(ger, swap_vectors), {"ger/f32/exact_small", "ger/f64/exact_large"}},
      {"dot_ignores_incx",
       SQRTN_BOTH(dot, ignore_stride),
       {"dot/f32/exact_small", "dot/f64/exact_large", "dot/f32/random_bound", "dot/f64/hard_bound"}},
      {"dot_rounds",
       [](blas::Functions& f) { f.f32.dot = sum_in_half_the_digits, f.f64.dot = sum_in_float; },
       {"dot/f32/exact_small", "dot/f64/exact_small", "dot/f32/random_bound", "dot/f64/random_bound",
        "dot/f32/hard_bound", "dot/f64/hard_bound"}},
      {"axpy_skips_the_last",
       SQRTN_BOTH(axpy, skip_last),
       {"axpy/f32/exact_small", "axpy/f64/exact_large", "axpy/f32/random_bound", "axpy/f64/hard_bound"}},
      {"scal_writes_into_gaps",
       SQRTN_BOTH(scal, fill_gaps),
       {"scal/f32/exact_small", "scal/f64/exact_large", "scal/f32/random_bound"}},
      {"nrm2_overflows", SQRTN_BOTH(nrm2, naive_norm), {"nrm2/f32/extremes", "nrm2/f64/extremes"}},
      {"nrm2_is_a_part_in_10000_off",
       [](blas::Functions& f) {
         f.f32.nrm2 = [](int n, const float* x, int i) { return 1.0001f * real<float>().nrm2(n, x, i); };
         f.f64.nrm2 = [](int n, const double* x, int i) { return 1.0001 * real<double>().nrm2(n, x, i); };
       },
       {"nrm2/f32/bound", "nrm2/f64/bound"}},
  };
  return all;
}
#undef SQRTN_BOTH

class ProductFaults : public testing::TestWithParam<Fault> {};

TEST_P(ProductFaults, AreCaught) {
  claims::Subject faulty = subject();
  GetParam().plant(faulty.products);
  for (const std::string& id : GetParam().claims) {
    EXPECT_TRUE(caught("products/" + id, faulty)) << id;
  }
}

INSTANTIATE_TEST_SUITE_P(Products, ProductFaults, testing::ValuesIn(faults()),
                         [](const testing::TestParamInfo<Fault>& info) { return info.param.name; });

}  // namespace
}  // namespace sqrtn::verify
