#include "experiment/notebooks/cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <mutex>
#include <numeric>

#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::experiment {
namespace notebooks {

random::Stream stream_for(const NotebookSettings& settings, std::string_view purpose) {
  return {random::Engine::ars, settings.seed, random::stream_of(purpose), 0};
}

Printed parse_printed(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  require(!text.empty() && *end == '\0', "'{}' is no printed number", text);
  const std::size_t exponent_at = std::min(text.find('e'), text.size()), point = text.find('.');
  const int exponent = exponent_at < text.size() ? std::atoi(text.c_str() + exponent_at + 1) : 0;
  // A whole number is a count, and exact.
  if (point == std::string::npos) return {value, 0};
  const int decimals = static_cast<int>(exponent_at - point) - 1;
  return {value, 0.5 * std::pow(10.0, exponent - decimals)};
}

std::string show_variance(double variance) {
  for (const int numerator : {1, 2}) {
    const double denominator = numerator / variance;
    if (denominator > numerator && denominator < 1000 && std::fabs(denominator - std::round(denominator)) < 1e-9) {
      return fmt::format("{}/{}", numerator, std::round(denominator));
    }
  }
  return show(variance);
}

std::string show(double x) {
  if (std::isnan(x)) return "nan";
  return fmt::format("{:.5g}", x);
}

Finding number(std::string id, std::string experiment, std::string law, const laws::Prediction& prediction,
               const std::string& published, double value) {
  Finding finding{.id = std::move(id),
                  .experiment = std::move(experiment),
                  .law = std::move(law),
                  .basis = prediction.basis,
                  .published = published,
                  .expected = show(prediction.quantile(0.5)),
                  .interval = prediction.interval(),
                  .value = show(value),
                  .p_value = std::max(prediction.p_value(value), prediction.finest),
                  .note = {}};
  if (!published.empty()) {
    const auto [centre, half] = parse_printed(published);
    finding.p_published = prediction.p_value(std::clamp(prediction.quantile(0.5), centre - half, centre + half));
  }
  return finding;
}

Finding event(std::string id, std::string experiment, std::string law, double probability, const std::string& published,
              bool happened, std::string value) {
  // What is rarer than the error of the law is not told apart from it.
  constexpr double rarest = 1e-13;
  const double possible = std::clamp(probability, rarest, 1.0);
  Finding finding{.id = std::move(id),
                  .experiment = std::move(experiment),
                  .law = std::move(law),
                  .basis = "exact",
                  .published = published,
                  .expected = fmt::format("P({}) {} {:.3g}", published, possible > rarest ? "=" : "<", possible),
                  .interval = {NAN, NAN},
                  .value = std::move(value),
                  .p_published = possible,
                  .p_value = happened ? possible : 1 - possible,
                  .note = {}};
  return finding;
}

Finding exact(std::string id, std::string experiment, std::string law, const std::string& published,
              const std::string& value) {
  return {.id = std::move(id),
          .experiment = std::move(experiment),
          .law = std::move(law),
          .basis = "exact",
          .published = published,
          .expected = published,
          .interval = {NAN, NAN},
          .value = value,
          .p_published = 1,
          .p_value = value == published ? 1.0 : 0.0,
          .note = {}};
}

}  // namespace notebooks

std::string verdict(const Finding& finding) {
  if (finding.contradicted()) {
    return finding.published_improbable() ? "published value improbable, ours contradicts the law"
                                          : "ours contradicts the law";
  }
  return finding.published_improbable() ? "published value improbable" : "agrees";
}

std::vector<NotebookExperiment> notebook_experiments() {
  std::vector<NotebookExperiment> all;
  for (const auto add : {notebooks::add_averages, notebooks::add_fresh_chains, notebooks::add_shared_chains,
                         notebooks::add_self_products, notebooks::add_batches, notebooks::add_constants,
                         notebooks::add_networks, notebooks::add_open_ends}) {
    add(all);
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.ids[0] < b.ids[0]; });
  return all;
}

std::vector<Finding> reproduce(const std::vector<NotebookExperiment>& experiments, const blas::Functions& blas,
                               const NotebookSettings& settings, const std::function<void(double)>& done) {
  std::vector<std::size_t> order(experiments.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return experiments[a].cost > experiments[b].cost; });
  double total = 0, ended = 0;
  for (const NotebookExperiment& experiment : experiments) total += experiment.cost;
  std::mutex mutex;
  std::vector<std::vector<Finding>> parts(experiments.size());
  parallel_for(order.size(), settings.threads, [&](std::size_t i) {
    const NotebookExperiment& experiment = experiments[order[i]];
    parts[order[i]] = experiment.run(blas, settings);
    const std::lock_guard lock(mutex);
    ended += experiment.cost;
    if (done) done(ended / total);
  });
  std::vector<Finding> findings;
  for (auto& part : parts) findings.insert(findings.end(), part.begin(), part.end());
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) { return a.id < b.id; });
  return findings;
}

}  // namespace sqrtn::experiment
