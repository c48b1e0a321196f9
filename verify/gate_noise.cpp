#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <random>
#include <vector>

#include "gate/blocks.hpp"
#include "sqrtn/support/parallel.hpp"

/// Whom the gate blames in vain, and what it finds, on simulated machines, as a Markdown table: gate-noise [RUNS].
/// verify/gate_rates.sh measures it on a real one.
namespace {

using sqrtn::gate::Side;
using Random = std::mt19937_64;

constexpr double budget_s = 120, case_noise = 0.01;

double normal(Random& random) { return std::normal_distribution<double>()(random); }

/// What a machine makes of the times, in logarithms. The clock runs on by what a launch takes.
struct Weather {
  Random random;
  double clock_s = 0, takes_s = 1;  ///< takes: the launch that comes
  double kept = 0;                  ///< of an autoregression
  bool high = false;                ///< of a clock of two states
  double seed_share;                ///< uniform in [0, 1), of the run
};

struct Kind {
  const char* name;
  double (*log_factor)(Weather& weather);
  double older_s = 1, newer_s = 1;  ///< what a launch takes
};

double calm(Weather&) { return 0; }

double autocorrelated(Weather& w) { return w.kept = 0.9 * w.kept + 0.02 * std::sqrt(1 - 0.81) * normal(w.random); }

double drift(Weather& w) { return 0.002 * w.clock_s; }

/// Cut off where a time becomes 1,000 times as long.
double heavy(Weather& w) {
  return std::min(std::log(1e3), 0.01 * std::abs(std::cauchy_distribution<double>()(w.random)));
}

/// 12 % apart, each for ten launches in the mean.
double two_states(Weather& w) {
  if (std::bernoulli_distribution(0.1)(w.random)) w.high = !w.high;
  return w.high ? 0.12 : 0;
}

/// Comes for good at some time in the first minute, and takes half of what there is, unevenly.
double neighbour(Weather& w) { return w.clock_s < 60 * w.seed_share ? 0 : 0.4 + 0.1 * normal(w.random); }

/// The share of the launch that lies in [begin, end) of every period, by the clock.
double share_within(const Weather& w, double period, double begin, double end) {
  constexpr int n_points = 100;
  int within = 0;
  for (int i = 0; i < n_points; ++i) {
    const double phase = std::fmod(w.clock_s + w.takes_s * (i + 0.5) / n_points, period);
    within += phase >= begin && phase < end ? 1 : 0;
  }
  return static_cast<double>(within) / n_points;
}

/// Half again as slow for two seconds in every five.
double by_the_clock(Weather& w) { return std::log1p(0.5 * share_within(w, 5, 0, 2)); }

/// The same for half a second, which comes round as a block does whose launches take 1 s and 1.5 s, or both 1.25 s.
double in_step(Weather& w) { return std::log1p(0.5 * share_within(w, 2.5, 1, 1.5)); }

constexpr Kind kinds[] = {{"none", calm},
                          {"AR(1) with 0.9 over launches, 2 %", autocorrelated},
                          {"drift of 0.2 % a second", drift},
                          {"heavy tails: half a Cauchy law, 1 %", heavy},
                          {"two-state clock, 12 % apart", two_states},
                          {"neighbour that starts half-way", neighbour},
                          {"2 s of every 5 s slower by half", by_the_clock},
                          {"the same, OLD 1 s, NEW 1.5 s", by_the_clock, 1, 1.5},
                          {"0.5 s of every 2.5 s slower by half, both 1.25 s", in_step, 1.25, 1.25},
                          {"the same, OLD 1 s, NEW 1.5 s", in_step, 1, 1.5}};

/// What is asked of the gate: NEW is slower in the first case by a share.
struct Trial {
  std::size_t n_cases = 10;
  double slow_by = 0;
  sqrtn::statistics::ChangeSettings change = {};
};

sqrtn::gate::Run run_of(const Kind& kind, const Trial& trial, std::uint64_t seed) {
  Weather weather{.random = Random(seed), .seed_share = 0};
  weather.seed_share = std::uniform_real_distribution<double>()(weather.random);
  sqrtn::gate::World world;
  world.now_s = [&] { return weather.clock_s; };
  world.disturbed = [] { return false; };
  world.progress = [](double, std::size_t) {};
  world.launch = [&](Side side, const std::vector<std::size_t>& cases) {
    std::vector<double> times_s;
    weather.takes_s = side == Side::newer ? kind.newer_s : kind.older_s;
    const double log_factor = kind.log_factor(weather);
    for (const std::size_t i : cases) {
      const double slower = side == Side::newer && i == 0 ? 1 + trial.slow_by : 1;
      times_s.push_back(1e-3 * slower * std::exp(log_factor + case_noise * normal(weather.random)));
    }
    weather.clock_s += weather.takes_s;
    return times_s;
  };
  const sqrtn::gate::Settings settings{.change = trial.change, .budget_s = budget_s, .seed = seed};
  return sqrtn::gate::run_blocks(trial.n_cases, settings, world);
}

/// Runs with that word where it is wrong, and where it is right.
struct Count {
  std::atomic<std::size_t> slower = 0, faster = 0, planted = 0, blocks = 0;
};

/// Runs with other seeds, on all processors.
void simulate(const Kind& kind, const Trial& trial, std::size_t runs, Count& count) {
  sqrtn::parallel_for(runs, 0, [&](std::size_t i) {
    using sqrtn::statistics::Change;
    const sqrtn::gate::Run run = run_of(kind, trial, i + 1);
    const auto first_honest = run.cases.begin() + (trial.slow_by > 0 ? 1 : 0);
    const auto any = [](Change word, auto begin, auto end) {
      return std::any_of(begin, end, [word](const auto& c) { return c.change.change == word; }) ? 1 : 0;
    };
    count.slower += any(Change::slower, first_honest, run.cases.end());
    count.faster += any(Change::faster, first_honest, run.cases.end());
    count.planted += any(Change::slower, run.cases.begin(), first_honest);
    count.blocks += run.blocks;
  });
}

void row(const Kind& kind, std::size_t runs) {
  const auto share = [runs](std::size_t n) { return 100 * static_cast<double>(n) / static_cast<double>(runs); };
  fmt::print("| {} |", kind.name);
  Count easy, usual;
  simulate(kind, {.n_cases = 1, .change = {.alpha = 0.2, .min_effect = 1e-4}}, runs, easy);
  simulate(kind, {}, runs, usual);
  fmt::print(" {:.1f}, {:.1f} | {:.1f}, {:.1f} |", share(easy.slower), share(easy.faster), share(usual.slower),
             share(usual.faster));
  for (const double slow_by : {0.05, 0.10, 1.0}) {
    Count count;
    simulate(kind, {.slow_by = slow_by}, runs, count);
    fmt::print(" {:.1f}, {} |", share(count.planted), count.blocks / runs);
  }
  fmt::print("\n");
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t runs = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000;
  fmt::print("# Whom the gate blames, and what it finds, on simulated machines\n\n- command: `gate-noise {}`\n\n",
             runs);
  fmt::print(
      "{} runs a cell; blocks of two launches, of 1 s where nothing else is said; a budget of {:g} s, extended "
      "to {:g} s where that pays. Each case has independent normal noise of {:g} % beside what is named.\n\n",
      runs, budget_s, 3 * budget_s, 100 * case_noise);
  fmt::print(
      "- wrong, easy: one case, `--alpha 0.2 --min-effect 0.01%`: runs that call it slower, and faster, %\n"
      "- wrong: ten cases, all else at its default: runs that call any slower, and any faster, %\n"
      "- found: runs that find a slow-down in one of the ten, %, and blocks a run\n\n");
  fmt::print("| noise | wrong, easy | wrong | 5 % found | 10 % found | 100 % found |\n|:--|--:|--:|--:|--:|--:|\n");
  for (const Kind& kind : kinds) row(kind, runs);
  return 0;
}
