#include "experiment/verdict.hpp"

#include <cmath>
#include <numeric>

#include "sqrtn/support/require.hpp"

namespace sqrtn::experiment {
namespace {

std::vector<double> values_of(const Runs& runs, std::size_t layer, double LayerState::*field) {
  std::vector<double> values;
  for (const auto& run : runs) values.push_back(run[layer].*field);
  return values;
}

double mean(const std::vector<double>& values) {
  return std::reduce(values.begin(), values.end()) / static_cast<double>(values.size());
}

}  // namespace

Course course(const std::vector<double>& log_rms, double within) {
  const double allowed = std::log(within);
  for (std::size_t layer = 1; layer < log_rms.size(); ++layer) {
    const double growth = log_rms[layer] - log_rms[0];
    if (std::isnan(growth) || growth > allowed) return {Fate::explodes, layer};
    if (growth < -allowed) return {Fate::vanishes, layer};
  }
  return {Fate::holds, log_rms.empty() ? 0 : log_rms.size() - 1};
}

double typical_log_rms(const Runs& runs, std::size_t layer) {
  std::vector<double> logs = values_of(runs, layer, &LayerState::log_rms);
  const double middle = median_of(logs);
  if (!std::isfinite(middle)) return middle;
  std::erase_if(logs, [](double log) { return !std::isfinite(log); });
  return mean(logs);
}

double median_log_gradient(const Runs& runs, std::size_t layer) {
  std::vector<double> logs = values_of(runs, layer, &LayerState::log_gradient);
  std::erase_if(logs, [](double log) { return std::isnan(log); });
  return median_of(std::move(logs));
}

double mean_of(const Runs& runs, std::size_t layer, double LayerState::*field) {
  std::vector<double> values = values_of(runs, layer, field);
  std::erase_if(values, [](double value) { return std::isnan(value); });
  return values.empty() ? std::nan("") : mean(values);
}

Band band_over(const Runs& runs, std::size_t layer, double LayerState::*field) {
  std::vector<double> values = values_of(runs, layer, field);
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  return band_of(std::move(values));
}

Verdict verdict_of(const Runs& runs, double within) {
  require(within > 1, "a signal that holds must be allowed a factor above 1, got {}", within);
  require(!runs.empty(), "no verdict follows from no runs");
  const std::size_t depth = runs[0].size() - 1;
  std::vector<double> signal, gradient;
  for (std::size_t layer = 0; layer <= depth; ++layer) {
    signal.push_back(median_of(values_of(runs, layer, &LayerState::log_rms)));
    gradient.push_back(median_log_gradient(runs, depth - layer));
  }
  Verdict verdict{course(signal, within), std::nullopt, within};
  if (std::isnan(gradient.back())) return verdict;
  const Course back = course(gradient, within);
  verdict.gradient = Course{back.fate, depth - back.layer};
  return verdict;
}

}  // namespace sqrtn::experiment
