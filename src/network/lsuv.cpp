#include "sqrtn/network/lsuv.hpp"

#include <algorithm>
#include <cmath>

namespace sqrtn::network {

template <class T>
double variance_of(const Tensor<T>& x) {
  require(x.size() > 0, "the variance of no entries is not defined");
  double sum = 0, squares = 0;
  for (const T value : x.values.span()) sum += static_cast<double>(value);
  const double mean = sum / static_cast<double>(x.size());
  for (const T value : x.values.span()) squares += std::pow(static_cast<double>(value) - mean, 2);
  return squares / static_cast<double>(x.size());
}

template <class T>
std::optional<unsigned> lsuv(Layer<T>& network, const blas::Functions& blas, const Tensor<T>& batch,
                             const LsuvOptions& options) {
  for (unsigned sweep = 1; sweep <= options.max_sweeps; ++sweep) {
    double worst = 0;
    network.forward(blas, batch.copy(), [&](Layer<T>& layer, Tensor<T>& y) {
      if (layer.parameters().empty() || !layer.parameters()[0].multiplies()) return;
      const double variance = variance_of(y);
      require(
          variance > 0 && std::isfinite(variance),
          "LSUV: the outputs of {} have the variance {}; initialise the network first, and take a batch that varies",
          layer.describe(), variance);
      const double miss = std::fabs(variance - 1);
      worst = std::max(worst, miss);
      if (miss <= options.tolerance) return;
      // The output is scaled along, so that the layers behind see what they will see in the next pass.
      const T scale = static_cast<T>(1 / std::sqrt(variance));
      for (T& w : layer.parameters()[0].value.values.span()) w *= scale;
      for (T& value : y.values.span()) value *= scale;
    });
    if (worst <= options.tolerance) return sweep;
  }
  return std::nullopt;
}

#define SQRTN_INSTANTIATE(T)                     \
  template double variance_of(const Tensor<T>&); \
  template std::optional<unsigned> lsuv(Layer<T>&, const blas::Functions&, const Tensor<T>&, const LsuvOptions&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::network
