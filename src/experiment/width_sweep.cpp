#include "experiment/width_sweep.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sqrtn/statistics/hypothesis.hpp"
#include "sqrtn/statistics/moments.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::experiment {
namespace {

std::vector<double> coefficients(const std::vector<std::size_t>& widths) {
  double mean = 0, square = 0;
  for (const std::size_t width : widths)
    mean += std::log(static_cast<double>(width)) / static_cast<double>(widths.size());
  std::vector<double> c;
  for (const std::size_t width : widths) {
    c.push_back(std::log(static_cast<double>(width)) - mean);
    square += c.back() * c.back();
  }
  require(square > 1e-12, "an exponent needs at least two different widths, got {}", widths.size());
  for (double& value : c) value /= square;
  return c;
}

}  // namespace

double slope_of(const std::vector<std::size_t>& widths, const std::vector<double>& y) {
  require(y.size() == widths.size(), "{} widths have values, of {}", y.size(), widths.size());
  const std::vector<double> c = coefficients(widths);
  return std::inner_product(c.begin(), c.end(), y.begin(), 0.0);
}

Exponent exponent_of(const std::vector<std::size_t>& widths, const std::vector<Runs>& runs,
                     const std::function<double(const std::vector<LayerState>&)>& y) {
  require(runs.size() == widths.size(), "{} widths have runs, of {}", runs.size(), widths.size());
  std::size_t n_runs = runs[0].size();
  for (const Runs& some : runs) n_runs = std::min(n_runs, some.size());
  statistics::Moments slopes;
  for (std::size_t run = 0; run < n_runs; ++run) {
    std::vector<double> values;
    for (const Runs& some : runs) values.push_back(y(some[run]));
    const double slope = slope_of(widths, values);
    if (std::isfinite(slope)) slopes.add(slope);
  }
  const auto test = statistics::student_mean_test(slopes, 0, 0.01);
  if (!test) return {slopes.mean().value_or(std::nan("")), {std::nan(""), std::nan("")}};
  return {test->estimate, test->confidence_interval};
}

}  // namespace sqrtn::experiment
