#include "libraries/timing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "bench.hpp"
#include "sqrtn/statistics/median.hpp"
#include "support/machine_watch.hpp"

namespace sqrtn::libraries {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double none = std::numeric_limits<double>::quiet_NaN();
// A round is marked if its clock was this much below the median of all.
constexpr double slow_clock = 0.95;

std::vector<double> finite(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  return values;
}

class Rounds {
 public:
  Rounds(const std::vector<Candidate>& backends, const TimingPlan& plan,
         const std::function<void(double, const std::string&)>& progress)
      : backends_(backends), plan_(plan), progress_(progress), cap_s_(plan.first_cap_s) {
    for (const Candidate& backend : backends) timed_.emplace_back().backend = backend.name;
  }

  TimedRounds run() {
    const std::size_t n = backends_.size();
    for (std::size_t turn = 0; turn < plan_.rounds * n; ++turn) {
      const std::size_t round = turn / n, chosen = (turn + round) % n;
      progress_(static_cast<double>(turn) / static_cast<double>(plan_.rounds * n), backends_[chosen].name);
      for (const int threads : bench::numbers_of_threads()) {
        Timed& timed = timed_[chosen];
        if (!timed.incident && (threads == 1 || timed.has_threads)) sample(backends_[chosen], timed, round, threads);
      }
      // What a round may take is known only after the first, and may change with the machine's load.
      if ((turn + 1) % n == 0) fit_cap(round + 1);
    }
    mark_slow_clocks();
    TimedRounds rounds{.libraries = std::move(timed_), .others_busy = {}};
    if (watched_.wall_s > 0 && watched_.busy_s > 0) {
      rounds.others_busy = std::max(0.0, (watched_.busy_s - own_cpu_s_) / watched_.wall_s);
    }
    return rounds;
  }

 private:
  [[nodiscard]] double spent_s() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  Answer ask_watched(const Candidate& backend, const std::vector<std::string>& words, int threads) {
    const MachineWatch::Ticks before = MachineWatch::read_ticks();
    EnvironmentAdditions environment = environment_for(backend);
    environment.merge(started_with(threads));
    Answer answer = ask_child(words, {.wall_s = 60 + plan_.budget_s / 4}, environment);
    const MachineWatch::Ticks after = MachineWatch::read_ticks();
    watched_.busy_s += after.busy_s - before.busy_s;
    watched_.wall_s += after.wall_s - before.wall_s;
    own_cpu_s_ += answer.cpu_s;
    return answer;
  }

  void sample(const Candidate& backend, Timed& timed, std::size_t round, int threads) {
    std::vector<std::string> words{"bench",
                                   "--blas",
                                   backend.blas,
                                   "--seed",
                                   fmt::to_string(plan_.seed),
                                   "--sample",
                                   fmt::format("{:.6f}", cap_s_),
                                   "--filter",
                                   plan_.filter,
                                   "--threads",
                                   fmt::to_string(threads)};
    if (plan_.quick) words.emplace_back("--quick");
    add_words(plan_.products, words);
    if (round > 0) words.emplace_back("--unchecked");
    const Answer answer = ask_watched(backend, words, threads);
    if (!answer.document) {
      timed.incident = incidents_in(answer, "the rounds").front();
      timed.incident->text = fmt::format("{} while it was timed", answer.complaint());
      return;
    }
    bool any = false;
    for (const results::Measurement& row : answer.document->measurements) {
      const bool of_process = row.id == bench::clock_id || row.id == bench::first_call_id;
      if (threads == 1 || !of_process) add(timed, row, round);
      any = any || !of_process;
    }
    if (threads > 1) timed.has_threads = any;
  }

  void add(Timed& timed, const results::Measurement& row, std::size_t round) const {
    const auto [place, is_new] = timed.series.try_emplace(row.id);
    Series& series = place->second;
    if (is_new) {
      timed.ids.push_back(row.id);
      series.times_s.assign(plan_.rounds, none);
    }
    // Answers are checked in the first round alone.
    const results::Note before = series.row.note;
    if (row.rounds > 0 || is_new) series.row = row;
    if (before.kind == results::NoteKind::wrong_answer) series.row.note = before;
    if (row.rounds > 0) series.times_s[round] = row.median_s;
  }

  /// The largest cap with which the rounds to come fit into what is left of the time.
  void fit_cap(std::size_t done) {
    if (done == plan_.rounds) return;
    const double left_s = (plan_.budget_s - spent_s()) / static_cast<double>(plan_.rounds - done);
    std::vector<double> calls_s;
    for (const Timed& timed : timed_) {
      for (const auto& [id, series] : timed.series) calls_s.push_back(series.times_s[done - 1]);
    }
    calls_s = finite(std::move(calls_s));
    std::ranges::sort(calls_s);
    // Short rows are repeated for 4 ms and warmed up; a process takes a tenth of a second to start.
    constexpr double least_cap_s = 1e-3;  // rows below are repeated until they take longer than this anyway
    cap_s_ = least_cap_s;
    double sum_s = 0.1 * static_cast<double>(backends_.size());
    for (const double call_s : calls_s) {
      sum_s += 1.2 * std::max(call_s, 0.01);
      if (sum_s > left_s) break;
      cap_s_ = std::max(least_cap_s, 1.05 * call_s);
    }
  }

  void mark_slow_clocks() {
    std::vector<double> all_s;
    for (const Timed& timed : timed_) std::ranges::copy(finite(clocks_s(timed)), std::back_inserter(all_s));
    const double usual_s = statistics::median(all_s).value_or(none);
    for (Timed& timed : timed_) {
      for (const double time_s : clocks_s(timed)) timed.slow_clock.push_back(time_s > usual_s / slow_clock);
    }
  }

  static std::vector<double> clocks_s(const Timed& timed) {
    const auto clock = timed.series.find(bench::clock_id);
    return clock == timed.series.end() ? std::vector<double>{} : clock->second.times_s;
  }

  const std::vector<Candidate>& backends_;
  const TimingPlan& plan_;
  const std::function<void(double, const std::string&)>& progress_;
  const Clock::time_point start_ = Clock::now();
  double cap_s_;
  MachineWatch::Ticks watched_;
  double own_cpu_s_ = 0;
  std::vector<Timed> timed_;
};

/// What the machine reached in the same run at what bounds this product; nullopt if that was not measured.
std::optional<double> ceiling_of(const results::Measurement& row,
                                 const std::vector<results::Measurement>& measurements) {
  for (const results::Measurement& other : measurements) {
    // The same product in the main table names its ceiling; else gemm's is the peak.
    const bool same = other.id == row.id || (row.subject == "gemm" && other.subject == "gemm" &&
                                             other.dtype == row.dtype && other.threads == row.threads);
    if (same && other.ceiling) return other.ceiling;
  }
  return {};
}

results::Measurement summary(const Series& series, const std::vector<results::Measurement>& measurements) {
  results::Measurement row = series.row;
  const std::vector<double> times_s = finite(series.times_s);
  // Work of a call, from the one rate and time that were measured together.
  const double work = row.rate.value_or(0) * row.median_s;
  row.rounds = times_s.size();
  row.median_s = statistics::median(times_s).value_or(std::nan(""));
  row.min_s = times_s.empty() ? std::nan("") : *std::ranges::min_element(times_s);
  row.confidence_interval_s = statistics::median_confidence_interval(times_s);
  if (row.rate && row.median_s > 0) row.rate = work / row.median_s;
  row.ceiling = ceiling_of(row, measurements);
  if (row.rate && row.ceiling && *row.ceiling > 0) row.percent_of_ceiling = 100 * *row.rate / *row.ceiling;
  return row;
}

std::vector<double> ratios_by_round(const Series& reference, const Series& own) {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < own.times_s.size(); ++round) {
    ratios.push_back(reference.times_s[round] / own.times_s[round]);
  }
  return finite(std::move(ratios));
}

void add_speeds_of(const Timed& own, const Timed* reference, const std::vector<results::Measurement>& measurements,
                   results::Library& entry) {
  if (own.incident) entry.incidents.push_back(*own.incident);
  entry.slow_rounds = static_cast<std::size_t>(std::ranges::count(own.slow_clock, true));
  for (const std::string& id : own.ids) {
    const Series& series = own.series.at(id);
    if (id == bench::clock_id) continue;
    if (id == bench::first_call_id) {
      entry.first_call_s = statistics::median(finite(series.times_s));
      continue;
    }
    results::LibrarySpeed& speed = entry.speeds.emplace_back();
    speed.row = summary(series, measurements);
    if (reference == nullptr || reference == &own || !reference->series.contains(id)) continue;
    const std::vector<double> ratios = ratios_by_round(reference->series.at(id), series);
    speed.ratio = statistics::median(ratios);
    speed.ratio_interval = statistics::median_confidence_interval(ratios);
  }
}

/// The rows of one routine, type and number of threads, as every library was timed at them.
struct Together {
  results::Standing standing;  ///< without rates
  std::vector<std::string> ids;
};

std::vector<Together> rows_together(const std::vector<Timed>& timed) {
  std::vector<Together> all;
  for (const Timed& own : timed) {
    for (const std::string& id : own.ids) {
      const results::Measurement& row = own.series.at(id).row;
      if (row.id == bench::clock_id || row.id == bench::first_call_id) continue;
      auto found = std::ranges::find_if(all, [&](const Together& one) {
        return one.standing.routine == row.subject && one.standing.dtype == row.dtype &&
               one.standing.threads == row.threads;
      });
      if (found == all.end()) {
        found = all.insert(
            found,
            {{.routine = row.subject, .dtype = row.dtype, .threads = row.threads, .n_products = 0, .rates = {}}, {}});
      }
      if (std::ranges::find(found->ids, id) == found->ids.end()) found->ids.push_back(id);
    }
  }
  return all;
}

/// The rounds of that row; null if it has no rate.
const Series* rated(const Timed& own, const std::string& id) {
  const auto found = own.series.find(id);
  return found != own.series.end() && found->second.row.rate ? &found->second : nullptr;
}

bool in_any_round(const Timed& own, const std::string& id) {
  const Series* series = rated(own, id);
  return series != nullptr && !finite(series->times_s).empty();
}

bool in_every_round(const Timed& own, const std::string& id) {
  const Series* series = rated(own, id);
  return series != nullptr && finite(series->times_s).size() == series->times_s.size();
}

/// By round, the geometric mean of the rates of these rows.
std::vector<double> mean_rates(const Timed& own, const std::vector<std::string>& ids) {
  std::vector<double> rates(own.series.at(ids.front()).times_s.size());
  for (std::size_t round = 0; round < rates.size(); ++round) {
    double sum = 0;
    for (const std::string& id : ids) {
      const Series& series = own.series.at(id);
      sum += std::log(*series.row.rate * series.row.median_s / series.times_s[round]);
    }
    rates[round] = std::exp(sum / static_cast<double>(ids.size()));
  }
  return rates;
}

/// Over the products that all who were timed at this routine, type and number of threads have in every round.
void add_standing(results::Libraries& report, const std::vector<Timed>& timed, Together together) {
  std::vector<const Timed*> having;
  for (const Timed& own : timed) {
    const bool any = std::ranges::any_of(together.ids, [&](const std::string& id) { return in_any_round(own, id); });
    if (any && !own.incident) having.push_back(&own);
  }
  std::erase_if(together.ids, [&](const std::string& id) {
    return !std::ranges::all_of(having, [&](const Timed* own) { return in_every_round(*own, id); });
  });
  if (having.empty() || together.ids.empty()) return;
  together.standing.n_products = together.ids.size();
  for (const Timed* own : having) {
    results::Standing& standing = std::ranges::find(report.backends, own->backend, &results::Library::name)
                                      ->standings.emplace_back(together.standing);
    standing.rates = mean_rates(*own, together.ids);
  }
}

void add_standings(results::Libraries& report, const std::vector<Timed>& timed) {
  for (Together& together : rows_together(timed)) add_standing(report, timed, std::move(together));
}

}  // namespace

void add_words(const std::vector<bench::AskedProduct>& products, std::vector<std::string>& words) {
  for (const bench::AskedProduct& product : products) words.insert(words.end(), {"--shape", to_string(product)});
}

TimedRounds time_in_rounds(const std::vector<Candidate>& backends, const TimingPlan& plan,
                           const std::function<void(double, const std::string&)>& progress) {
  return Rounds(backends, plan, progress).run();
}

void add_speeds(results::Libraries& report, const TimedRounds& timed,
                const std::vector<results::Measurement>& measurements) {
  report.others_busy = timed.others_busy;
  const auto called = [&timed](const std::string& name) {
    const auto found = std::ranges::find(timed.libraries, name, &Timed::backend);
    return found == timed.libraries.end() ? nullptr : &*found;
  };
  const Timed* reference = called(report.default_name);
  for (results::Library& entry : report.backends) {
    if (const Timed* own = called(entry.name)) add_speeds_of(*own, reference, measurements, entry);
  }
  add_standings(report, timed.libraries);
}

}  // namespace sqrtn::libraries
