#include "claims/networks/data.hpp"

#include <cmath>

namespace sqrtn::claims {

Strip channel_strip(const Shape& shape, std::size_t channel) {
  const std::size_t inner = element_count(shape) / shape[0] / shape[1];
  return {channel * inner, shape[0], inner, shape[1] * inner};
}

Strip row_strip(std::size_t row, std::size_t row_length) { return {row * row_length, 1, row_length, row_length}; }

template <class T>
StripMoments moments_of(const network::Tensor<T>& x, const Strip& strip) {
  using Wide = blas::reference::Wide<T>;
  const auto sum_of = [&](auto term) {
    Wide sum = 0;
    for (std::size_t i = 0; i < strip.size(); ++i) {
      sum += term(static_cast<Wide>(x.values[strip.start + i / strip.length * strip.stride + i % strip.length]));
    }
    return sum / static_cast<Wide>(strip.size());
  };
  const Wide mean = sum_of([](Wide v) { return v; });
  const Wide variance = sum_of([=](Wide v) { return (v - mean) * (v - mean); });
  return {static_cast<double>(mean), static_cast<double>(variance)};
}

template <class T>
std::string strip_fault(const network::Tensor<T>& x, const network::Tensor<T>& y, const Strip& strip, double eps,
                        double gain, double shift) {
  const StripMoments in = moments_of(x, strip), out = moments_of(y, strip);
  const double u = unit_roundoff<T>, n = static_cast<double>(strip.size());
  const double expected = gain * gain * in.variance / (in.variance + eps);
  const double spread = in.mean_square() / (in.variance + eps);
  const double mean_bound = (n + 8) * u * std::sqrt(spread) * std::fabs(gain) + 2 * u * std::fabs(shift);
  const double variance_bound = (2 * n + 16) * u * spread * gain * gain + 4 * u * std::fabs(shift * gain);
  // Negated, so that NaN is a fault.
  if (!(std::fabs(out.mean - shift) <= mean_bound)) {
    return fmt::format("mean {}, expected {} within {:.2g}", out.mean, shift, mean_bound);
  }
  if (!(std::fabs(out.variance - expected) <= variance_bound)) {
    return fmt::format("variance {}, expected {} within {:.2g}", out.variance, expected, variance_bound);
  }
  return {};
}

template <class T>
std::string first_difference(const network::Tensor<T>& y, const network::Tensor<T>& expected) {
  if (y.shape != expected.shape) {
    return fmt::format("shape {}, expected {}", sqrtn::to_string(y.shape), sqrtn::to_string(expected.shape));
  }
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (!(y.values[i] == expected.values[i])) {
      return fmt::format("entry {} is {}, expected {}", i, y.values[i], expected.values[i]);
    }
  }
  return {};
}

#define SQRTN_INSTANTIATE(T)                                                                                           \
  template StripMoments moments_of(const network::Tensor<T>&, const Strip&);                                           \
  template std::string strip_fault(const network::Tensor<T>&, const network::Tensor<T>&, const Strip&, double, double, \
                                   double);                                                                            \
  template std::string first_difference(const network::Tensor<T>&, const network::Tensor<T>&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
