#include <fmt/format.h>

#include <cmath>

#include "experiment/notebooks/self_products.hpp"
#include "sqrtn/init/spectral.hpp"
#include "sqrtn/init/structured.hpp"
#include "sqrtn/laws/linear.hpp"

/// What the notebooks leave to the reader: other matrices to multiply, and where Xavier's coefficient
/// comes from. Nothing was published, so only our own values are judged.
namespace sqrtn::experiment::notebooks {
namespace {

constexpr std::size_t dim = 512;

void draw_normal(const random::Stream& stream, std::span<float> out) {
  init::initialise<float>({init::Law::normal, 1.0 / dim}, stream, out);
}

void draw_spectral(const random::Stream& stream, std::span<float> out) {
  draw_normal(stream, out);
  init::normalise_spectrally<float>({out.data(), dim, dim});
}

void draw_orthogonal(const random::Stream& stream, std::span<float> out) {
  init::initialise_structured<float>(*init::find_structured("orthogonal"), {dim, dim}, 1, 1, stream, out);
}

Matrix<float> orthogonal_matrix(const NotebookSettings& settings) {
  Matrix<float> w(dim, dim);
  draw_orthogonal(stream_for(settings, "orthonormal"), w.storage());
  return w;
}

/// Every power of an orthogonal matrix is one: none vanishes.
Finding orthonormal_count(const blas::Functions& blas, const NotebookSettings& settings) {
  const Matrix<float> w = orthogonal_matrix(settings);
  return exact("001/open/orthonormal_count", fmt::format("W·W·…, {} × {}, orthonormal", dim, dim),
               "powers of an orthogonal matrix are orthogonal: never", "-1",
               show_products(self_products(w.view(), dim, false, blas), false));
}

Finding orthonormal_norm(const blas::Functions& blas, const NotebookSettings& settings) {
  Chain chain;
  chain.width = dim;
  chain.weights = {init::Law::normal, 1.0 / dim};
  chain.shared = true;
  const auto draw = [](const random::Stream& stream, std::span<float> out) { draw_orthogonal(stream, out); };
  const auto states = run_chains<float>(chain, blas, stream_for(settings, "003/open"), 1, 1, draw)[0];
  return exact("003/open/orthonormal_norm", "x = W x, 100 times one orthonormal W: RMS over the input's",
               "‖W x‖ = ‖x‖, to 5 digits after 100 roundings", "1.0000",
               fmt::format("{:.4f}", std::exp(states.back().log_rms - states.front().log_rms)));
}

/// Glorot's variance 2/(fan_in + fan_out) is the one whose forward and backward mean squares average to 1.
std::vector<Finding> xavier(const blas::Functions& blas, const NotebookSettings& settings) {
  constexpr std::size_t fan_in = 512, fan_out = 256, repetitions = 100;
  const init::Distribution weights{init::Law::normal, 2.0 / (fan_in + fan_out)};
  const std::size_t count = std::max(repetitions, settings.repetitions);
  std::vector<Finding> findings;
  double sum = 0, variance = 0;
  for (const Direction direction : {Direction::forward, Direction::backward}) {
    const bool forward = direction == Direction::forward;
    const std::size_t n = forward ? fan_in : fan_out, m = forward ? fan_out : fan_in;
    const std::string id = forward ? "001/open/xavier_forward" : "001/open/xavier_backward";
    const LayerExperiment layer{fan_out, fan_in, weights, direction, false};
    const double mean_square = *run_layer<float>(layer, blas, stream_for(settings, id), count, 1).mean_square.mean();
    const double square_variance = laws::linear_mean_square_variance(m, n, weights.variance) / count;
    findings.push_back(number(
        id, fmt::format("{} × y = {}, W {} × {}, Var W = 2/768", count, forward ? "W x" : "Wᵀδ", fan_out, fan_in),
        forward ? "fan_in·σ²" : "fan_out·σ²",
        laws::normal(laws::linear_mean_square(n, weights.variance), std::sqrt(square_variance),
                     "central limit theorem"),
        "", mean_square));
    sum += mean_square / 2;
    variance += square_variance / 4;
  }
  findings.push_back(number("001/open/xavier_mean", "mean of the two", "(fan_in + fan_out)/2·σ² = 1",
                            laws::normal(1, std::sqrt(variance), "central limit theorem"), "", sum));
  return findings;
}

}  // namespace

void add_open_ends(Experiments& all) {
  const auto add = [&](std::vector<std::string> ids, double cost, auto run) {
    all.push_back({std::move(ids), cost, run});
  };
  add({"001/open/normal_count"}, 5, [](const auto& blas, const auto& settings) {
    return std::vector{
        count_self_products("001/open/normal_count", dim, "N(0, 1/512)", draw_normal, false, "", 16, blas, settings)};
  });
  add({"001/open/orthonormal_count"}, 2, [](const auto& blas, const auto& settings) {
    Finding finding = orthonormal_count(blas, settings);
    finding.published.clear();
    return std::vector{finding};
  });
  add({"001/open/spectral_count"}, 4, [](const auto& blas, const auto& settings) {
    return std::vector{count_self_products("001/open/spectral_count", dim, "N(0, 1/512)/‖W‖₂", draw_spectral, false, "",
                                           32, blas, settings)};
  });
  add({"001/open/xavier_forward", "001/open/xavier_backward", "001/open/xavier_mean"}, 0.1, xavier);
  add({"003/open/orthonormal_norm"}, 0.2, [](const auto& blas, const auto& settings) {
    Finding finding = orthonormal_norm(blas, settings);
    finding.published.clear();
    return std::vector{finding};
  });
}

}  // namespace sqrtn::experiment::notebooks
