#include "sqrtn/claims/subject.hpp"

#include "sqrtn/init/gain.hpp"
#include "sqrtn/init/spectral.hpp"
#include "sqrtn/random/fill.hpp"

namespace sqrtn::claims {
namespace {

template <class T>
Draws<T> own_draws() {
  return {
      .uniform = [](const random::Stream& s, std::span<T> out, T low,
                    T high) { random::fill_uniform(s, out, low, high); },
      .normal = [](const random::Stream& s, std::span<T> out, T mean,
                   T stddev) { random::fill_normal(s, out, mean, stddev); },
      .truncated_normal = [](const random::Stream& s, std::span<T> out, T mean, T stddev,
                             double cut) { random::fill_truncated_normal(s, out, mean, stddev, cut); },
      .initialise =
          [](const init::Rule& rule, init::Layer layer, const Shape& shape, std::size_t groups, const random::Stream& s,
             std::span<T> out) {
            init::initialise(init::distribution(rule, init::fans(layer, shape, groups)), s, out);
          },
      .structured = init::initialise_structured<T>,
      .normalise_spectrally = init::normalise_spectrally<T>,
  };
}

}  // namespace

Subject default_subject(const blas::Functions& products, std::string blas_name) {
  return {
      .bits = [](const random::Stream& s, std::span<std::uint32_t> out) { random::fill_bits(s, out); },
      .f32 = own_draws<float>(),
      .f64 = own_draws<double>(),
      .gain = [](const init::Activation& activation) { return init::gain(activation); },
      .products = products,
      .blas_name = std::move(blas_name),
  };
}

}  // namespace sqrtn::claims
