#include <cmath>

#include "sqrtn/init/spectral.hpp"
#include "verify.hpp"

/// The claims about the spectral norm, each seen to fail on the fault that it is for.
namespace sqrtn::verify {
namespace {

template <class Fault>
claims::Subject with_normalise(Fault fault) {
  claims::Subject faulty = subject();
  faulty.f32.normalise_spectrally = [fault](MatrixView<float> w) { return fault(w); };
  faulty.f64.normalise_spectrally = [fault](MatrixView<double> w) { return fault(w); };
  return faulty;
}

template <class T>
double divide(MatrixView<T> w, double norm) {
  for (std::size_t i = 0; i < w.rows; ++i) {
    for (std::size_t j = 0; j < w.cols; ++j) w(i, j) = static_cast<T>(static_cast<double>(w(i, j)) / norm);
  }
  return norm;
}

TEST(SpectralFault, FrobeniusNorm) {
  const auto faulty = with_normalise([](auto w) {
    double norm = 0;
    for (std::size_t i = 0; i < w.rows * w.cols; ++i) norm = std::hypot(norm, static_cast<double>(w.data[i]));
    return divide(w, norm);
  });
  for (const char* claim : {"known_norm", "contraction", "gaussian_norm"}) {
    EXPECT_TRUE(caught(fmt::format("initialisers/spectral/f32/{}", claim), faulty));
    EXPECT_TRUE(caught(fmt::format("initialisers/spectral/f64/{}", claim), faulty));
  }
}

/// ‖Wx‖ at x = Wᵀ1/‖Wᵀ1‖, as layers do that take one step a batch.
TEST(SpectralFault, OneStepOfPowerIteration) {
  const auto faulty = with_normalise([](auto w) {
    std::vector<double> x(w.cols, 0.0);
    double norm = 0, stretched = 0;
    for (std::size_t i = 0; i < w.rows; ++i) {
      for (std::size_t j = 0; j < w.cols; ++j) x[j] += static_cast<double>(w(i, j));
    }
    for (const double v : x) norm = std::hypot(norm, v);
    for (std::size_t i = 0; i < w.rows; ++i) {
      double y = 0;
      for (std::size_t j = 0; j < w.cols; ++j) y += static_cast<double>(w(i, j)) * x[j] / norm;
      stretched = std::hypot(stretched, y);
    }
    return divide(w, stretched);
  });
  EXPECT_TRUE(caught("initialisers/spectral/f32/known_norm", faulty));
  EXPECT_TRUE(caught("initialisers/spectral/f32/contraction", faulty));
  EXPECT_TRUE(caught("initialisers/spectral/f64/contraction", faulty));
}

/// Off by the stated effect to either side.
TEST(SpectralFault, NormOffByTheEffect) {
  for (const double sign : {-1.0, 1.0}) {
    const auto plant = [sign](double effect) {
      return with_normalise([=](auto w) {
        const double norm = init::normalise_spectrally(w);
        return norm * divide(w, 1 / (1 + sign * effect));
      });
    };
    EXPECT_TRUE(caught("initialisers/spectral/f32/contraction", plant)) << sign;
    EXPECT_TRUE(caught("initialisers/spectral/f64/contraction", plant)) << sign;
  }
}

TEST(SpectralFault, SquareOfTheNorm) {
  const auto faulty = with_normalise([](auto w) {
    const double norm = init::normalise_spectrally(w);
    return norm * divide(w, norm);
  });
  EXPECT_TRUE(caught("initialisers/spectral/f32/gaussian_norm", faulty));
  EXPECT_TRUE(caught("initialisers/spectral/f64/known_norm", faulty));
}

}  // namespace
}  // namespace sqrtn::verify
