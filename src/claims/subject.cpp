#include "sqrtn/claims/subject.hpp"

#include "sqrtn/init/gain.hpp"
#include "sqrtn/init/spectral.hpp"
#include "sqrtn/network/containers.hpp"
#include "sqrtn/network/linear.hpp"
#include "sqrtn/network/pooling.hpp"
#include "sqrtn/random/fill.hpp"

namespace sqrtn::claims {
namespace {

template <class T>
void fill_on_threads(init::Law law, const random::Stream& stream, std::span<T> out, unsigned threads) {
  switch (law) {
    case init::Law::uniform:
      return random::fill_uniform<T>(stream, out, -1, 1, threads);
    case init::Law::normal:
      return random::fill_normal<T>(stream, out, 0, 1, threads);
    case init::Law::truncated_normal:
      return random::fill_truncated_normal<T>(stream, out, 0, 1, 2, threads);
  }
}

template <class T>
Draws<T> own_draws() {
  return {
      .uniform = [](const random::Stream& s, std::span<T> out, T low,
                    T high) { random::fill_uniform(s, out, low, high); },
      .normal = [](const random::Stream& s, std::span<T> out, T mean,
                   T stddev) { random::fill_normal(s, out, mean, stddev); },
      .truncated_normal = [](const random::Stream& s, std::span<T> out, T mean, T stddev,
                             double cut) { random::fill_truncated_normal(s, out, mean, stddev, cut); },
      .on_threads = fill_on_threads<T>,
      .initialise =
          [](const init::Rule& rule, init::Layer layer, const Shape& shape, std::size_t groups, const random::Stream& s,
             std::span<T> out) {
            init::initialise(init::distribution(rule, init::fans(layer, shape, groups)), s, out);
          },
      .structured = init::initialise_structured<T>,
      .normalise_spectrally = init::normalise_spectrally<T>,
  };
}

template <class T>
NetworkParts<T> own_network() {
  return {
      .linear = network::linear<T>,
      .linear_input_gradient = network::linear_input_gradient<T>,
      .conv2d = network::conv2d<T>,
      .conv2d_input_gradient = network::conv2d_input_gradient<T>,
      .batch_norm = network::batch_norm<T>,
      .layer_norm = network::layer_norm<T>,
      .max_pool2d = network::max_pool2d<T>,
      .average_pool2d = network::average_pool2d<T>,
      .residual = [](network::LayerPtr<T> body) { return std::make_shared<network::Residual<T>>(std::move(body)); },
      .resnet = network::resnet<T>,
      .lsuv = network::lsuv<T>,
  };
}

}  // namespace

Subject default_subject(const blas::Functions& products, std::string blas_name,
                        std::function<int(int)> set_blas_threads) {
  return {
      .bits = [](const random::Stream& s, std::span<std::uint32_t> out) { random::fill_bits(s, out); },
      .f32 = own_draws<float>(),
      .f64 = own_draws<double>(),
      .network_f32 = own_network<float>(),
      .network_f64 = own_network<double>(),
      .fans = init::fans,
      .gain = [](const init::Activation& activation) { return init::gain(activation); },
      .products = products,
      .interfaces = {},
      .set_blas_threads = std::move(set_blas_threads),
      .before_loading = nullptr,
      .blas_name = std::move(blas_name),
  };
}

}  // namespace sqrtn::claims
