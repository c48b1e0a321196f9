#include <cmath>

#include "claims/networks/data.hpp"
#include "sqrtn/support/parallel.hpp"

/// Variances through a convolution of Gaussian weights. The positions of one channel share its weights, so
/// their outputs are correlated, and no χ² law holds for the sum of squares over a map. The channels are
/// independent: given x, an output is N(0, σ²Σ(patch)²), so one position a channel gives an exact χ². With
/// x = ±1, Σ(patch)² is the number of taps inside the image. Positions take turns over the channels.
namespace sqrtn::claims {
namespace {

using network::Size2d;
using network::Tensor;
using network::Window;

constexpr double variance_effect = 0.02;
constexpr std::size_t groups = 2;
constexpr Size2d image{5, 6};
constexpr Window window{.kernel = {3, 5}, .stride = {2, 1}, .padding = {2, 1}};
const network::Convolution how{window.stride, window.padding, groups};
/// Many of the channels that give independent samples, few of those that are summed over.
constexpr std::size_t many = 128, few = 4;
constexpr double fan = few / groups * 15.0;  ///< fan_in forward, fan_out backward

/// Whether tap k at output position o lies on pixel i of one axis.
bool meets(std::size_t o, std::size_t k, std::size_t i, std::size_t stride, std::size_t padding) {
  return o * stride + k == i + padding;
}

/// How many taps of one axis connect each output with any pixel, or each pixel with any output.
std::vector<std::size_t> taps_of_axis(std::size_t outputs, std::size_t kernel, std::size_t pixels, std::size_t stride,
                                      std::size_t padding, bool by_output) {
  std::vector<std::size_t> taps(by_output ? outputs : pixels);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t k = 0; k < kernel; ++k) {
      for (std::size_t i = 0; i < pixels; ++i) taps[by_output ? o : i] += meets(o, k, i, stride, padding);
    }
  }
  return taps;
}

/// Terms in the sum at each position of the result: outputs forward, pixels backward.
std::vector<double> terms_by_position(bool forward) {
  const Size2d outputs = network::output_size(window, image);
  const auto& [kernel, stride, padding] = window;
  std::vector<double> terms;
  for (const std::size_t v :
       taps_of_axis(outputs.height, kernel.height, image.height, stride.height, padding.height, forward)) {
    for (const std::size_t h :
         taps_of_axis(outputs.width, kernel.width, image.width, stride.width, padding.width, forward)) {
      terms.push_back(static_cast<double>(v * h * (few / groups)));
    }
  }
  return terms;
}

/// Σ y²/(σ²·terms) over one position of each of the `many` channels.
template <class T>
double pivot(const Subject& subject, bool forward, const Tensor<T>& x, const random::Stream& stream,
             std::size_t replicate, const std::vector<double>& terms) {
  const Shape shape = forward ? Shape{many, few / groups, 3, 5} : Shape{few, many / groups, 3, 5};
  Tensor<T> weight(shape);
  subject.of<T>().normal(stream.skip(replicate * weight.size()), weight.values.span(), T(0),
                         static_cast<T>(std::sqrt(1 / fan)));
  const auto& network = subject.network_of<T>();
  const Tensor<T> y = forward ? network.conv2d(subject.products, x, weight, {}, how)
                              : network.conv2d_input_gradient(subject.products, x, weight, image, how);
  double sum = 0;
  for (std::size_t c = 0; c < many; ++c) {
    const std::size_t position = (replicate + c) % terms.size();
    const double value = static_cast<double>(y.values[c * terms.size() + position]);
    sum += value * value * fan / terms[position];
  }
  return sum;
}

template <class T>
Claim variance_claim(bool forward, const Settings& settings) {
  const double effect = variance_effect * settings.effect_scale;
  Claim claim = statistical_claim(
      fmt::format("network/conv2d/{}/{}", dtype_name<T>(), forward ? "forward" : "backward"),
      forward ? "Σy²/(σ²·taps in the image) ~ χ², one position a channel, x = ±1; fan_in of them inside"
              : "Σδ²/(σ²·taps that reach an output) ~ χ², one pixel a channel, gradient ±1; fan_out of them inside",
      "laws.md §2, §8", "ars", effect);
  claim.uses_blas = true;
  const std::size_t n_replicates = (statistics::degrees_of_freedom_for_chi_squared(effect) + many - 1) / many;
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    TestData data(settings.seed, id);
    const Size2d size = forward ? image : network::output_size(window, image);
    const Tensor<T> x = signs<T>(data, {1, few, size.height, size.width});
    const std::vector<double> terms = terms_by_position(forward);
    const random::Stream stream{random::Engine::ars, settings.seed, ~random::stream_of(id)};
    const auto one = [&](std::size_t r) { return pivot<T>(subject, forward, x, stream, r, terms); };
    const double sum = *parallel_reduce(n_replicates, settings.threads, one, [](double& a, double b) { a += b; });
    return judge(statistics::chi_squared_test(sum, static_cast<double>(n_replicates * many), rates.alpha), 1);
  };
  return claim;
}

/// E over W of a map's Σy² is σ²·Σⱼ‖conv(x, eⱼ)‖², eⱼ the weight with a single 1: with all eⱼ as channels and
/// x = ±1, the sum of squares is the number of taps really used, bit for bit. An odd kernel 2p + 1 that
/// keeps n pixels uses (2p + 1)·n − p(p + 1) taps an axis, as each end loses p + (p − 1) + … + 1.
template <class T>
Claim padding_claim() {
  Claim claim = exact_claim(fmt::format("network/conv2d/{}/padding_factor", dtype_name<T>()),
                            "mean square of a map = σ²·fan_in·(taps used)/(taps × outputs), exactly, in expectation",
                            "laws.md §8");
  claim.uses_blas = true;
  claim.check = [id = claim.id](const Subject& subject, const Settings& settings) {
    TestData data(settings.seed, id);
    const auto used = [](std::size_t n, std::size_t p) { return (2 * p + 1) * n - p * (p + 1); };
    for (const Size2d padding : {Size2d(0, 0), Size2d(1, 1), Size2d(1, 2), Size2d(3, 0)}) {
      const Size2d pixels{7, 9}, kernel{2 * padding.height + 1, 2 * padding.width + 1};
      const std::size_t c_in = 3, taps = c_in * kernel.area();
      Tensor<T> weight({taps, c_in, kernel.height, kernel.width}, T(0));
      for (std::size_t j = 0; j < taps; ++j) weight.values[j * taps + j] = 1;
      const Tensor<T> x = signs<T>(data, {1, c_in, pixels.height, pixels.width});
      const Tensor<T> y = subject.network_of<T>().conv2d(subject.products, x, weight, {}, {.padding = padding});
      double sum = 0;
      for (const T v : y.values.span()) sum += static_cast<double>(v) * static_cast<double>(v);
      const std::size_t expected = c_in * used(pixels.height, padding.height) * used(pixels.width, padding.width);
      if (sum != static_cast<double>(expected)) {
        return failure(
            fmt::format("kernel {}x{}: {} taps used, expected {}", kernel.height, kernel.width, sum, expected));
      }
    }
    return exact_outcome({}, 4);
  };
  return claim;
}

template <class T>
void add_claims(const Settings& settings, std::vector<Claim>& claims) {
  claims.push_back(padding_claim<T>());
  claims.push_back(variance_claim<T>(true, settings));
  claims.push_back(variance_claim<T>(false, settings));
}

}  // namespace

std::vector<Claim> convolution_claims(const Settings& settings) {
  std::vector<Claim> claims;
  add_claims<float>(settings, claims);
  add_claims<double>(settings, claims);
  return claims;
}

}  // namespace sqrtn::claims
