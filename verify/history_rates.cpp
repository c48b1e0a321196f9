#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "sqrtn/statistics/change_point.hpp"
#include "sqrtn/support/parallel.hpp"

/// How often `sqrtn history` reports a change that is none, and how soon one that is, in simulated series, as Markdown
/// tables: history-rates [SERIES [STEPPED]]. verify/history_otava.py gives the same rows for Apache Otava.
namespace {

using Random = std::mt19937_64;
using sqrtn::statistics::find_changes;

constexpr double alpha = 0.01, spread = 0.02;
constexpr std::size_t base = 100, horizon = 60;

double normal(Random& random) { return std::normal_distribution<double>()(random); }

/// Noise of deviation 1, of the i-th of n runs; `before` carries what an autoregression remembers.
struct Noise {
  const char* name;
  double (*draw)(Random& random, double share, double& before);
};

double of_normal(Random& random, double, double&) { return normal(random); }
double of_exponential(Random& random, double, double&) { return std::exponential_distribution<double>()(random) - 1; }
double of_log_normal(Random& random, double, double&) {
  return (std::exp(normal(random)) - std::exp(0.5)) / std::sqrt((std::numbers::e - 1) * std::numbers::e);
}
double of_bimodal(Random& random, double, double&) {
  const double high = std::bernoulli_distribution(0.3)(random) ? 6 : 0;
  return (normal(random) + high - 1.8) / std::sqrt(1 + 36 * 0.21);
}
double of_growing(Random& random, double share, double&) { return normal(random) * (1 + share); }
double of_tripling(Random& random, double share, double&) { return normal(random) * (1 + 2 * share); }
double of_shrinking(Random& random, double share, double&) { return normal(random) * (2 - share); }
double of_wave(Random& random, double share, double&) {
  return normal(random) * std::exp(std::sin(6 * std::numbers::pi * share) / 2);
}
template <int tenths>
double of_autoregression(Random& random, double share, double& before) {
  constexpr double phi = tenths / 10.0;
  if (share == 0) return before = normal(random);
  return before = phi * before + std::sqrt(1 - phi * phi) * normal(random);
}

constexpr Noise exchangeable[] = {
    {"normal", of_normal}, {"exponential", of_exponential}, {"log-normal", of_log_normal}, {"bimodal", of_bimodal}};
constexpr Noise others[] = {{"spread grows to 2 times", of_growing},  {"spread grows to 3 times", of_tripling},
                            {"spread shrinks to half", of_shrinking}, {"spread swings, e^±½", of_wave},
                            {"AR(1), 0.3", of_autoregression<3>},     {"AR(1), 0.6", of_autoregression<6>}};

std::vector<double> times(const Noise& noise, std::size_t n, Random& random) {
  std::vector<double> series(n);
  double before = 0;
  for (std::size_t i = 0; i < n; ++i) {
    series[i] = 1 + spread * noise.draw(random, static_cast<double>(i) / static_cast<double>(n), before);
  }
  return series;
}

/// Calls `one` with draws of its own for each of `count` series, on all processors.
template <class One>
void simulate(std::size_t count, One one) {
  sqrtn::parallel_for(count, 0, [&](std::size_t i) {
    Random random(i + 1);
    one(i, random);
  });
}

void false_alarm_row(const Noise& noise, std::size_t count) {
  std::atomic<std::size_t> alarmed = 0;
  simulate(count, [&](std::size_t i, Random& random) {
    const std::size_t n = 30 + random() % 471;
    alarmed += find_changes(times(noise, n, random), alpha, i).changes.empty() ? 0 : 1;
  });
  fmt::print("| {} | {} | {} | {:.3f} |\n", noise.name, count, alarmed.load(),
             100 * static_cast<double>(alarmed) / static_cast<double>(count));
}

struct Found {
  std::size_t delay = horizon;
  bool covered = false;
};

/// The first rise that is found at or behind a step of a share.
Found find_step(const Noise& noise, double step, std::size_t stream, Random& random) {
  std::vector<double> series = times(noise, base + horizon, random);
  for (std::size_t i = base; i < series.size(); ++i) series[i] *= 1 + step;
  for (const auto& change : find_changes(series, alpha, stream).changes) {
    if (change.found < base || !change.up) continue;
    return {change.found - base + 1, change.earliest <= base && base <= change.latest};
  }
  return {};
}

void delay_row(const Noise& noise, double step, std::size_t count) {
  std::vector<Found> all(count);
  simulate(count, [&](std::size_t i, Random& random) { all[i] = find_step(noise, step, i, random); });
  double delays = 0, found = 0, covered = 0;
  for (const Found& one : all) {
    delays += static_cast<double>(one.delay);
    found += one.delay < horizon ? 1 : 0;
    covered += one.covered ? 1 : 0;
  }
  fmt::print("| {} | {:g} % | {:.1f} | {:.1f} | {:.1f} |\n", noise.name, 100 * step,
             100 * found / static_cast<double>(count), delays / static_cast<double>(count),
             found > 0 ? 100 * covered / found : 0);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20'000;
  const std::size_t stepped = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 2'000;
  fmt::print("## Series of 30 to 500 runs without a change, looked at after each run\n\n");
  fmt::print("| noise | series | with a false change | % |\n|:--|--:|--:|--:|\n");
  for (const Noise& noise : exchangeable) false_alarm_row(noise, count);
  for (const Noise& noise : others) false_alarm_row(noise, count);
  fmt::print("\n## A step after {} runs, noise of {:g} %, {} series each\n\n", base, 100 * spread, stepped);
  fmt::print("| noise | step | found within {} runs, % | mean delay in runs | true commit in the range, % |\n",
             horizon - 1);
  fmt::print("|:--|--:|--:|--:|--:|\n");
  for (const Noise& noise : exchangeable) {
    for (const double step : {0.02, 0.05, 0.10}) delay_row(noise, step, stepped);
  }
  return 0;
}
