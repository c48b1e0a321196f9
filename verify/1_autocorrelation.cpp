#include <complex>
#include <numbers>

#include "sqrtn/statistics/autocorrelation.hpp"
#include "verify.hpp"

/// Transforms and lagged products against their definitions.
namespace sqrtn::verify {
namespace {

using Complex = std::complex<double>;

/// Neither smooth nor symmetric.
std::vector<Complex> some_values(std::size_t n, double start) {
  std::vector<Complex> values;
  for (std::size_t i = 0; i < n; ++i) {
    const double at = start + static_cast<double>(i * i);
    values.emplace_back(std::sin(1.7 * at), std::cos(0.3 * at) - 0.2);
  }
  return values;
}

TEST(Autocorrelation, TransformIsItsDefinition) {
  for (const std::size_t n : {1UL, 2UL, 8UL, 64UL}) {
    const std::vector<Complex> x = some_values(n, 1);
    std::vector<Complex> transformed = x;
    statistics::fourier(transformed);
    for (std::size_t k = 0; k < n; ++k) {
      Complex sum = 0;
      for (std::size_t j = 0; j < n; ++j) {
        sum += x[j] * std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(j * k) / static_cast<double>(n));
      }
      EXPECT_NEAR(std::abs(transformed[k] - sum), 0, 1e-12) << n << ' ' << k;
    }
  }
  std::vector<Complex> odd(12);
  EXPECT_THROW(statistics::fourier(odd), std::invalid_argument);
}

TEST(Autocorrelation, LaggedProductsAreTheirSums) {
  constexpr std::size_t length = 48, n_lags = 16;
  const std::vector<std::vector<Complex>> segments{some_values(length, 1), some_values(length, 2.5),
                                                   some_values(length, -4)};
  statistics::LaggedProducts first(length, n_lags), rest(length, n_lags);
  first.add(segments[0]);
  rest.add(segments[1]);
  rest.add(segments[2]);
  first.merge(rest);
  const std::vector<Complex> sums = first.sums();
  ASSERT_EQ(sums.size(), n_lags + 1);
  for (std::size_t lag = 0; lag <= n_lags; ++lag) {
    double one = 0, other = 0;
    for (const auto& x : segments) {
      for (std::size_t i = 0; i + lag < length; ++i) {
        one += x[i].real() * x[i + lag].real();
        other += x[i].imag() * x[i + lag].imag();
      }
    }
    EXPECT_NEAR(sums[lag].real(), one, 1e-12) << lag;
    EXPECT_NEAR(sums[lag].imag(), other, 1e-12) << lag;
  }
  EXPECT_THROW(first.add(some_values(16, 1)), std::invalid_argument);
  EXPECT_THROW(first.merge(statistics::LaggedProducts(12, 4)), std::invalid_argument);
  EXPECT_THROW(statistics::LaggedProducts(24, 4), std::invalid_argument) << "28 is no power of two";
  EXPECT_THROW(statistics::LaggedProducts(4, 12), std::invalid_argument) << "more lags than a segment has";
}

}  // namespace
}  // namespace sqrtn::verify
