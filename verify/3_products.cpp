#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "blas/work.hpp"
#include "sqrtn/blas/products.hpp"
#include "sqrtn/blas/reference.hpp"
#include "verify.hpp"

namespace sqrtn::verify {
namespace {

using blas::Op;

template <class T>
struct Products : testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(Products, Types);

/// A row-major matrix over a list of entries.
template <class T>
MatrixView<const T> matrix(const std::vector<T>& entries, std::size_t rows, std::size_t cols) {
  return {entries.data(), rows, cols};
}
template <class T>
VectorView<const T> vector(const std::vector<T>& entries) {
  return {entries.data(), entries.size()};
}

// (1 2 3; 4 5 6)·(1 0; 2 1; 0 3) = (5 11; 14 23), and 2·that − (1 1; 1 1) = (9 21; 27 45).
TYPED_TEST(Products, GemmByHand) {
  using T = TypeParam;
  const std::vector<T> a{1, 2, 3, 4, 5, 6}, a_turned{1, 4, 2, 5, 3, 6}, b{1, 0, 2, 1, 0, 3}, b_turned{1, 2, 0, 0, 1, 3};
  for (const Op trans_a : {Op::none, Op::transpose}) {
    for (const Op trans_b : {Op::none, Op::transpose}) {
      const auto view_a = trans_a == Op::none ? matrix(a, 2, 3) : matrix(a_turned, 3, 2);
      const auto view_b = trans_b == Op::none ? matrix(b, 3, 2) : matrix(b_turned, 2, 3);
      std::vector<T> c{1, 1, 1, 1};
      Matrix<blas::reference::Wide<T>> value(2, 2), magnitude(2, 2);
      blas::reference::gemm<T>(trans_a, trans_b, 2, view_a, view_b, -1, matrix(c, 2, 2), value.view(),
                               magnitude.view());
      blas::gemm<T>(backend().functions(), trans_a, trans_b, 2, view_a, view_b, -1, {c.data(), 2, 2});
      EXPECT_EQ(c, (std::vector<T>{9, 21, 27, 45}));
      EXPECT_EQ(std::vector<T>(value.storage().begin(), value.storage().end()), c);
      EXPECT_EQ(magnitude(1, 1), 47);
    }
  }
}

// (1 2 3; 4 5 6)·(1 0 −1)ᵀ = (−2 −2)ᵀ and (1 2 3; 4 5 6)ᵀ·(1 −1)ᵀ = (−3 −3 −3)ᵀ, y kept in every other place.
TYPED_TEST(Products, GemvAndGerByHand) {
  using T = TypeParam;
  const std::vector<T> a{1, 2, 3, 4, 5, 6}, x{1, 0, -1}, z{1, -1};
  std::vector<T> y{0, 7, 0, 7}, w{1, 1, 1};
  blas::gemv<T>(backend().functions(), Op::none, 1, matrix(a, 2, 3), vector(x), 0, {y.data(), 2, 2});
  EXPECT_EQ(y, (std::vector<T>{-2, 7, -2, 7}));
  blas::gemv<T>(backend().functions(), Op::transpose, 1, matrix(a, 2, 3), vector(z), 2, {w.data(), 3});
  EXPECT_EQ(w, (std::vector<T>{-1, -1, -1}));
  std::vector<T> rank_one(a);
  blas::ger<T>(backend().functions(), 2, vector(z), vector(x), {rank_one.data(), 2, 3});
  EXPECT_EQ(rank_one, (std::vector<T>{3, 2, 1, 2, 5, 8}));

  using Wide = blas::reference::Wide<T>;
  std::vector<Wide> value(2), magnitude(2), sum(6), sum_magnitude(6);
  blas::reference::gemv<T>(Op::none, 1, matrix(a, 2, 3), vector(x), 3, vector(z), {value.data(), 2},
                           {magnitude.data(), 2});
  EXPECT_EQ(value, (std::vector<Wide>{1, -5}));
  EXPECT_EQ(magnitude, (std::vector<Wide>{7, 13}));
  blas::reference::ger<T>(2, vector(z), vector(x), matrix(a, 2, 3), {sum.data(), 2, 3}, {sum_magnitude.data(), 2, 3});
  EXPECT_EQ(std::vector<T>(sum.begin(), sum.end()), rank_one);
  EXPECT_EQ(sum_magnitude, (std::vector<Wide>{3, 2, 5, 6, 5, 8}));
}

TYPED_TEST(Products, VectorsByHand) {
  using T = TypeParam;
  const blas::Functions& f = backend().functions();
  const std::vector<T> x{3, -1, 4}, y{2, 5, -1};
  EXPECT_EQ(blas::dot<T>(f, vector(x), vector(y)), -3);
  EXPECT_EQ(blas::dot<T>(f, {x.data(), 2, 2}, {y.data(), 2, 2}), 2);
  EXPECT_EQ(blas::nrm2<T>(f, {x.data(), 2, 2}), 5);
  std::vector<T> sum(y);
  blas::axpy<T>(f, 2, vector(x), {sum.data(), 3});
  EXPECT_EQ(sum, (std::vector<T>{8, 3, 7}));
  blas::scal<T>(f, -2, {sum.data(), 2, 2});
  EXPECT_EQ(sum, (std::vector<T>{-16, 3, -14}));
  EXPECT_EQ(blas::reference::dot<T>(vector(x), vector(y)).value, -3);
  EXPECT_EQ(blas::reference::dot<T>(vector(x), vector(y)).magnitude, 15);
}

// Entries (3, 4)·s have norm 5·s, s the largest power of two that leaves room, and the smallest.
TYPED_TEST(Products, ReferenceNormNeitherOverflowsNorUnderflows) {
  using T = TypeParam;
  using Limits = std::numeric_limits<T>;
  for (const T scale : {std::ldexp(T(1), Limits::max_exponent - 4), T(1), Limits::denorm_min()}) {
    EXPECT_EQ(blas::reference::nrm2<T>(vector(std::vector<T>{3 * scale, 0, -4 * scale})).value, 5 * scale);
  }
  EXPECT_EQ(blas::reference::nrm2<T>({}).value, 0);
  EXPECT_EQ(blas::reference::nrm2<T>(vector(std::vector<T>{0, 0})).value, 0);
  EXPECT_EQ(blas::reference::nrm2<T>(vector(std::vector<T>{1, -Limits::infinity()})).value, Limits::infinity());
  EXPECT_TRUE(
      std::isnan(blas::reference::nrm2<T>(vector(std::vector<T>{Limits::infinity(), Limits::quiet_NaN()})).value));
}

// β = 0 reads no C, α = 0 reads neither A nor B.
TYPED_TEST(Products, ReferenceReadsNothingBehindAZero) {
  using T = TypeParam;
  const std::vector<T> ones{1, 1, 1, 1}, nans(4, std::numeric_limits<T>::quiet_NaN());
  using Wide = blas::reference::Wide<T>;
  Matrix<Wide> value(2, 2), magnitude(2, 2);
  const auto reference = [&](T alpha, const std::vector<T>& ab, T beta, const std::vector<T>& c) {
    blas::reference::gemm<T>(Op::none, Op::none, alpha, matrix(ab, 2, 2), matrix(ab, 2, 2), beta, matrix(c, 2, 2),
                             value.view(), magnitude.view());
    return std::pair(value(1, 0), magnitude(0, 1));
  };
  EXPECT_EQ(reference(1, ones, 0, nans), std::pair(Wide(2), Wide(2)));
  EXPECT_EQ(reference(0, nans, -3, ones).first, -3);
  EXPECT_TRUE(std::isnan(reference(1, ones, 1, nans).first));
}

TYPED_TEST(Products, EmptyOperands) {
  using T = TypeParam;
  const blas::Functions& f = backend().functions();
  std::vector<T> c{1, 2};
  blas::gemm<T>(f, Op::none, Op::none, 1, MatrixView<const T>(nullptr, 1, 0), MatrixView<const T>(nullptr, 0, 2), 3,
                {c.data(), 1, 2});
  EXPECT_EQ(c, (std::vector<T>{3, 6}));
  blas::gemm<T>(f, Op::none, Op::none, 1, MatrixView<const T>(nullptr, 0, 1), MatrixView<const T>(c.data(), 1, 2), 0,
                {nullptr, 0, 2});
  blas::gemv<T>(f, Op::none, 1, MatrixView<const T>(nullptr, 2, 0), {}, 5, {c.data(), 2});
  blas::ger<T>(f, 1, {}, vector(c), MatrixView<T>(nullptr, 0, 2));
  blas::axpy<T>(f, 1, {}, {});
  blas::scal<T>(f, 2, {});
  EXPECT_EQ(c, (std::vector<T>{3, 6}));
  EXPECT_EQ(blas::dot<T>(f, {}, {}), 0);
  EXPECT_EQ(blas::nrm2<T>(f, {}), 0);
}

TYPED_TEST(Products, RefuseShapesThatDoNotFit) {
  using T = TypeParam;
  const blas::Functions& f = backend().functions();
  const std::vector<T> in(16, 1);
  std::vector<T> out(16, 1);
  const auto gemm = [&](Op trans_a, Op trans_b, std::size_t k_of_a, std::size_t m, std::size_t n) {
    blas::gemm<T>(f, trans_a, trans_b, 1, matrix(in, 2, k_of_a), matrix(in, 3, 4), 0, {out.data(), m, n});
  };
  EXPECT_NO_THROW(gemm(Op::none, Op::none, 3, 2, 4));
  EXPECT_NO_THROW(gemm(Op::none, Op::transpose, 4, 2, 3));
  EXPECT_THROW(gemm(Op::none, Op::none, 4, 2, 4), std::invalid_argument);
  EXPECT_THROW(gemm(Op::transpose, Op::none, 3, 3, 4), std::invalid_argument);
  EXPECT_THROW(gemm(Op::none, Op::none, 3, 3, 4), std::invalid_argument);
  EXPECT_THROW(gemm(Op::none, Op::none, 3, 2, 3), std::invalid_argument);
  const VectorView<const T> two(in.data(), 2), three(in.data(), 3);
  const VectorView<T> out_two(out.data(), 2), out_three(out.data(), 3);
  EXPECT_THROW(blas::gemv<T>(f, Op::none, 1, matrix(in, 2, 3), two, 0, out_two), std::invalid_argument);
  EXPECT_THROW(blas::gemv<T>(f, Op::none, 1, matrix(in, 2, 3), three, 0, out_three), std::invalid_argument);
  EXPECT_THROW(blas::gemv<T>(f, Op::transpose, 1, matrix(in, 2, 3), three, 0, out_two), std::invalid_argument);
  EXPECT_THROW(blas::ger<T>(f, 1, three, two, {out.data(), 2, 3}), std::invalid_argument);
  EXPECT_THROW(blas::dot<T>(f, two, three), std::invalid_argument);
  EXPECT_THROW(blas::axpy<T>(f, 1, two, out_three), std::invalid_argument);
  EXPECT_THROW(blas::dot<T>(blas::Functions(), two, two), std::invalid_argument);
}

// Nothing is read: the check comes before the call.
TYPED_TEST(Products, RefuseWhatDoesNotFitAnInt) {
  using T = TypeParam;
  const blas::Functions& f = backend().functions();
  constexpr std::size_t big = std::size_t{1} << 31;
  T one = 1;
  EXPECT_THROW(blas::dot<T>(f, {&one, big}, {&one, big}), std::invalid_argument);
  EXPECT_THROW(blas::nrm2<T>(f, {&one, 1, big}), std::invalid_argument);
  EXPECT_THROW(blas::scal<T>(f, 2, {&one, big}), std::invalid_argument);
  EXPECT_THROW(blas::ger<T>(f, 1, {&one, 1}, {&one, 1}, {&one, 1, 1, big}), std::invalid_argument);
  EXPECT_THROW(blas::gemm<T>(f, Op::none, Op::none, 1, MatrixView<const T>(&one, 1, 1, big),
                             MatrixView<const T>(&one, 1, 1), 0, {&one, 1, 1}),
               std::invalid_argument);
  EXPECT_NO_THROW(blas::nrm2<T>(f, {&one, 1, big - 1}));
}

// 2·m·n·k; A, B and C once each, C twice if it is read.
TEST(Work, CountsFlopAndBytes) {
  EXPECT_EQ(blas::gemm_work(2, 3, 4, 8).flop, 48);
  EXPECT_EQ(blas::gemm_work(2, 3, 4, 8).bytes, 8 * (2 * 4 + 4 * 3 + 2 * 3));
  EXPECT_EQ(blas::gemm_work(2, 3, 4, 8, true).bytes, 8 * (2 * 4 + 4 * 3 + 2 * 2 * 3));
  EXPECT_EQ(blas::gemv_work(5, 7, 4).flop, 70);
  EXPECT_EQ(blas::gemv_work(5, 7, 4, true).bytes, 4 * (5 * 7 + 7 + 2 * 5));
}

}  // namespace
}  // namespace sqrtn::verify
