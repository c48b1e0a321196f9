#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "sqrtn/random/fill.hpp"
#include "verify.hpp"

/// The claims about layers, each seen to fail on the fault that it is for.
namespace sqrtn::verify {
namespace {

using claims::Subject;
using random::Stream;

/// The subject with its weights drawn by `draw(rule, shape, stream, out)`.
template <class Draw>
Subject with_weights(Draw draw) {
  Subject faulty = subject();
  faulty.f32.initialise = [draw](const init::Rule& rule, init::Layer, const Shape& shape, std::size_t,
                                 const Stream& stream, std::span<float> out) { draw(rule, shape, stream, out); };
  return faulty;
}

init::Distribution law_of(const init::Rule& rule, const Shape& shape) {
  return init::distribution(rule, {shape[1], shape[0]});
}

TEST(LayerFaults, FansSwapped) {
  const Subject faulty =
      with_weights([](const init::Rule& rule, const Shape& shape, const Stream& s, std::span<float> out) {
        init::initialise(init::distribution(rule, {shape[0], shape[1]}), s, out);
      });
  EXPECT_TRUE(caught("layers/linear/lecun_normal/forward/f32/ars/second_moment", faulty));
  EXPECT_TRUE(caught("layers/relu/he_normal/forward/f32/ars/rms", faulty));
}

TEST(LayerFaults, RootOfTwoForgotten) {
  const Subject faulty =
      with_weights([](const init::Rule& rule, const Shape& shape, const Stream& s, std::span<float> out) {
        init::Options options;
        options.gain = 1;
        init::initialise(init::distribution(rule, {shape[1], shape[0]}, options), s, out);
      });
  EXPECT_TRUE(caught("layers/relu/he_normal/forward/f32/ars/second_moment", faulty));
  EXPECT_TRUE(caught("layers/relu/he_normal/forward/f32/ars/mean", faulty));
}

TEST(LayerFaults, VarianceUsedForTheDeviation) {
  const Subject faulty =
      with_weights([](const init::Rule& rule, const Shape& shape, const Stream& s, std::span<float> out) {
        random::fill_normal<float>(s, out, 0, static_cast<float>(law_of(rule, shape).variance));
      });
  EXPECT_TRUE(caught("layers/linear/lecun_normal/backward/f32/ars/second_moment", faulty));
}

/// Weights of the rule's law with its variance times `factor`.
Subject with_variance(double factor) {
  return with_weights([factor](const init::Rule& rule, const Shape& shape, const Stream& s, std::span<float> out) {
    init::Distribution law = law_of(rule, shape);
    law.variance *= factor;
    init::initialise(law, s, out);
  });
}

TEST(LayerFaults, VarianceOffByTheEffect) {
  for (const double sign : {-1.0, 1.0}) {
    const auto plant = [sign](double effect) { return with_variance(1 + sign * effect); };
    for (const char* claim :
         {"linear/lecun_normal/forward/f32/ars/second_moment", "linear/lecun_normal/backward/f32/ars/second_moment",
          "linear/glorot_uniform/forward/f32/philox/second_moment", "relu/he_normal/forward/f32/ars/second_moment",
          "linear/lecun_normal/forward/f32/ars/rms", "relu/he_normal/forward/f32/ars/rms", "batch/joint/f32",
          "orthogonal_inputs/linear/lecun_normal/forward/f32/ars/second_moment",
          "orthogonal_inputs/linear/glorot_uniform/backward/f32/philox/second_moment",
          "orthogonal_inputs/relu/he_normal/forward/f32/ars/second_moment"}) {
      EXPECT_TRUE(caught(fmt::format("layers/{}", claim), plant)) << claim << sign;
    }
  }
}

TEST(LayerFaults, MeanOffByTheEffect) {
  for (const double sign : {-1.0, 1.0}) {
    const auto plant = [sign](double effect) { return with_variance(std::pow(1 + sign * effect, 2)); };
    EXPECT_TRUE(caught("layers/relu/he_normal/forward/f32/ars/mean", plant)) << sign;
  }
}

/// By how many of its deviations a centred normal is shifted so that (1 + change)/2 of it is positive.
double shift_for(double change) { return boost::math::quantile(boost::math::normal(), (1 + change) / 2); }

double shift_per_norm = 0;
void gemv_with_shift(int layout, int trans, int m, int n, float alpha, const float* a, int lda, const float* x,
                     int incx, float beta, float* y, int incy) {
  backend().functions().f32.gemv(layout, trans, m, n, alpha, a, lda, x, incx, beta, y, incy);
  double norm = 0;
  for (int j = 0; j < n; ++j) norm = std::hypot(norm, x[j * incx]);
  for (int i = 0; i < m; ++i) y[i * incy] += static_cast<float>(shift_per_norm * norm);
}

TEST(LayerFaults, PositivesOffByTheEffect) {
  for (const double sign : {-1.0, 1.0}) {
    EXPECT_TRUE(caught("layers/relu/he_normal/forward/f32/ars/positive", [sign](double effect) {
      Subject faulty = subject();
      faulty.products.f32.gemv = gemv_with_shift;
      shift_per_norm = std::sqrt(2.0 / 32) * shift_for(sign * effect);
      return faulty;
    })) << sign;
    // The first entry of each of these inputs is 1, and their norm the root of how many there are.
    EXPECT_TRUE(caught("layers/orthogonal_inputs/relu/he_normal/forward/f32/ars/positive", [sign](double effect) {
      return with_weights([=](const init::Rule& rule, const Shape& shape, const Stream& s, std::span<float> out) {
        const init::Distribution law = law_of(rule, shape);
        init::initialise(law, s, out);
        const double shift = shift_for(sign * effect) * std::sqrt(law.variance * static_cast<double>(shape[1]));
        for (std::size_t i = 0; i < out.size(); i += shape[1]) out[i] += static_cast<float>(shift);
      });
    })) << sign;
  }
}

TEST(LayerFaults, AColumnWithoutNegatives) {
  const Subject faulty =
      with_weights([](const init::Rule& rule, const Shape& shape, const Stream& s, std::span<float> out) {
        init::initialise(law_of(rule, shape), s, out);
        for (std::size_t i = 0; i < out.size(); i += shape[1]) out[i] = std::abs(out[i]);
      });
  EXPECT_TRUE(caught("layers/orthogonal_inputs/relu/he_normal/forward/f32/ars/positive", faulty));
}

/// The last terms of every sum are dropped by the library itself: one, or as many as make the effect where that is
/// larger.
void gemv_without_last(int layout, int trans, int m, int n, float alpha, const float* a, int lda, const float* x,
                       int incx, float beta, float* y, int incy) {
  const bool plain = trans == 111;
  int& terms = plain ? n : m;
  terms -= static_cast<int>(std::ceil(0.005 * settings().effect_scale * terms));
  backend().functions().f32.gemv(layout, trans, m, n, alpha, a, lda, x, incx, beta, y, incy);
}

TEST(LayerFaults, ProductDropsTheLastTerm) {
  Subject faulty = subject();
  faulty.products.f32.gemv = gemv_without_last;
  EXPECT_TRUE(caught("layers/linear/lecun_normal/forward/f32/ars/second_moment", faulty));
  EXPECT_TRUE(caught("layers/linear/lecun_normal/backward/f32/ars/second_moment", faulty));
}

float product_scale = 1;
TEST(LayerFaults, ScalarProductOffByTheEffect) {
  const auto plant = [](double effect) {
    Subject faulty = subject();
    product_scale = static_cast<float>(std::sqrt(1 + effect));
    faulty.products.f32.dot = [](int, const float* x, int, const float* y, int) { return product_scale * *x * *y; };
    return faulty;
  };
  EXPECT_TRUE(caught("layers/scalar_product/f32", plant));
  EXPECT_TRUE(caught("layers/rectified_scalar_product/f32", plant));
}

}  // namespace
}  // namespace sqrtn::verify
