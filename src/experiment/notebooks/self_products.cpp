#include "experiment/notebooks/self_products.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sqrtn/blas/products.hpp"
#include "sqrtn/statistics/moments.hpp"

namespace sqrtn::experiment::notebooks {

std::size_t self_products(MatrixView<const float> w, std::size_t columns, bool rectified, const blas::Functions& blas) {
  Matrix<float> result(w.rows, columns), next(w.rows, columns);
  for (std::size_t i = 0; i < w.rows; ++i) std::copy_n(w.data + i * w.ld, columns, result.view().row(i).data);
  for (std::size_t step = 0; step < max_products; ++step) {
    blas::gemm<float>(blas, blas::Op::none, blas::Op::none, 1.0F, w, result.view(), 0.0F, next.view());
    if (rectified) {
      for (float& x : next.storage()) x = x < 0 ? 0.0F : x;
    }
    const auto moments = statistics::Moments::of<float>(next.storage());
    // A deviation that float cannot hold prints as 0.
    const auto stddev = static_cast<float>(std::sqrt(moments.unbiased_variance().value_or(0)));
    if (stddev == 0 || std::isnan(stddev)) return step;
    std::swap(result, next);
  }
  return max_products;
}

std::string show_products(std::size_t count, bool rectified) {
  if (count < max_products) return fmt::format("{}", count);
  return rectified ? "inf" : "-1";
}

namespace {

constexpr std::size_t dim = 512;
/// Columns that a simulated run follows: each evolves by itself, and the whole lives less than a
/// step longer than so many of its columns.
constexpr std::size_t null_columns = 32;

laws::Prediction law_of_counts(const std::vector<double>& counts) {
  statistics::Moments moments;
  for (const double count : counts) moments.add(count);
  const bool survived = std::any_of(counts.begin(), counts.end(), [](double x) { return x >= max_products; });
  return counts.size() > 1000 || survived || *moments.variance() == 0 ? laws::next_of(counts)
                                                                      : laws::next_normal(moments);
}

/// Entries of this law.
MatrixDraw by(const init::Distribution& distribution) {
  return
      [=](const random::Stream& stream, std::span<float> out) { init::initialise<float>(distribution, stream, out); };
}

struct Count {
  const char* id;
  std::size_t n;
  init::Distribution weights;
  const char* name;
  bool rectified;
  const char* published;
  std::size_t null_runs;
  double cost;
};

constexpr double third = 1.0 / 3;
const Count rows[] = {
    {"001/in147", 5, {init::Law::uniform, third / 25}, "default 5 × 5 convolution", false, "93", 4000, 0.5},
    {"001/in148", dim, {init::Law::uniform, third * 1e-4}, "U(±0.01)", false, "48", 64, 1.5},
    {"001/in151", dim, {init::Law::uniform, third / dim}, "U(±1)/√512", false, "182", 64, 5},
    {"001/in153", dim, {init::Law::uniform, 2.0 / dim}, "kaiming_uniform, U(±√(6/512))", false, "238", 64, 6},
    {"001/in155", dim, {init::Law::uniform, third * 1e-4}, "U(±0.01)", true, "41", 64, 1.5},
    {"001/in156", dim, {init::Law::uniform, third / dim}, "U(±1)/√512", true, "108", 64, 4},
    {"001/in157", dim, {init::Law::uniform, 2.0 / dim}, "kaiming_uniform, U(±√(6/512))", true, "inf", 64, 15},
    {"001/in158", dim, {init::Law::uniform, 2.0 / dim* third}, "U(±1)·√(2/512)", true, "202", 64, 7},
};

std::vector<Finding> statistics_of(const std::string& id, const std::string& what, const init::Distribution& weights,
                                   std::size_t count, const std::string& source, const char* mean, const char* stddev,
                                   const NotebookSettings& settings) {
  // Small samples by simulation, large ones by the law's fourth moment.
  Buffer<float> entries(count);
  init::initialise<float>(weights, stream_for(settings, source), entries.span());
  const auto ours = statistics::Moments::of<float>(entries.span());
  std::vector<double> means, deviations;
  constexpr std::size_t runs = 4000;
  const double n = static_cast<double>(count), sigma = weights.stddev();
  laws::Prediction mean_law = laws::normal(0, sigma / std::sqrt(n), "central limit theorem");
  // Var of the unbiased variance: σ⁴[(κ − 1)/n + 2/(n(n − 1))], κ = 1.8.
  const double spread = std::sqrt(0.8 / n + 2 / (n * (n - 1)));
  laws::Prediction deviation_law =
      laws::square_root(laws::normal(sigma * sigma, sigma * sigma * spread, "central limit theorem"));
  if (count < 1000) {
    for (std::size_t run = 0; run < runs; ++run) {
      init::initialise<float>(weights, stream_for(settings, id + "/null").skip(run * count), entries.span());
      const auto moments = statistics::Moments::of<float>(entries.span());
      means.push_back(*moments.mean());
      deviations.push_back(std::sqrt(*moments.unbiased_variance()));
    }
    mean_law = laws::next_of(means);
    deviation_law = laws::next_of(deviations);
  }
  return {number(id + "/mean", what, "E W = 0", mean_law, mean, *ours.mean()),
          number(id + "/std", what, "limit/√3", deviation_law, stddev, std::sqrt(*ours.unbiased_variance()))};
}

void add_statistics(Experiments& all, const Count& row, const std::string& id, const char* mean, const char* stddev) {
  all.push_back({{id + "/mean", id + "/std"}, 0.05, [&row, id, mean, stddev](const auto&, const auto& settings) {
                   return statistics_of(id, fmt::format("entries of {}, {} × {}", row.name, row.n, row.n), row.weights,
                                        row.n * row.n, row.name, mean, stddev, settings);
                 }});
}

}  // namespace

Finding count_self_products(const std::string& id, std::size_t n, const std::string& weights, const MatrixDraw& draw,
                            bool rectified, const std::string& published, std::size_t null_runs,
                            const blas::Functions& blas, const NotebookSettings& settings) {
  Matrix<float> w(n, n);
  const random::Stream null = stream_for(settings, id + "/null");
  std::vector<double> counts;
  for (std::size_t run = 0; run < null_runs; ++run) {
    draw(null.skip(run * n * n), w.storage());
    counts.push_back(static_cast<double>(self_products(w.view(), std::min(n, null_columns), rectified, blas)));
  }
  // Cells of the notebook that use one matrix name it alike, and so do ours.
  draw(stream_for(settings, weights), w.storage());
  const std::size_t count = self_products(w.view(), n, rectified, blas);
  const std::string ends = fmt::format("{}", max_products);
  Finding finding = number(id, fmt::format("W·W·…{}, {} × {}, {}", rectified ? " with ReLU" : "", n, n, weights),
                           "one W reused: no closed law; simulated with other matrices", law_of_counts(counts),
                           published == "inf" || published == "-1" ? ends : published, static_cast<double>(count));
  finding.published = published;
  finding.value = show_products(count, rectified);
  if (finding.expected == ends) finding.expected = show_products(max_products, rectified);
  return finding;
}

void add_self_products(Experiments& all) {
  for (const Count& row : rows) {
    const std::string id = row.id + std::string("/count");
    all.push_back({{id}, row.cost, [&row, id](const auto& blas, const auto& settings) {
                     return std::vector{count_self_products(id, row.n, row.name, by(row.weights), row.rectified,
                                                            row.published, row.null_runs, blas, settings)};
                   }});
  }
  add_statistics(all, rows[0], "001/in144", "0.0284", "0.1052");
  add_statistics(all, rows[0], "001/in146", "0.0284", "0.1052");
  add_statistics(all, rows[1], "001/in150", "-1.1071e-05", "0.0058");
  add_statistics(all, rows[2], "001/in152", "6.0093e-06", "0.0255");
}

}  // namespace sqrtn::experiment::notebooks
