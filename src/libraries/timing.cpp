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
    const std::vector<std::string> words = sample_words(plan_, backend.blas, threads, cap_s_, round == 0);
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
    calls_s = measured(std::move(calls_s));
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
    for (const Timed& timed : timed_) std::ranges::copy(measured(clocks_s(timed)), std::back_inserter(all_s));
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

}  // namespace

std::vector<double> measured(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  return values;
}

void add_words(const std::vector<bench::AskedProduct>& products, std::vector<std::string>& words) {
  for (const bench::AskedProduct& product : products) words.insert(words.end(), {"--shape", to_string(product)});
}

std::vector<std::string> sample_words(const TimingPlan& plan, const std::string& blas, int threads, double cap_s,
                                      bool checked) {
  std::vector<std::string> words{"bench", "--blas", blas, "--seed", fmt::to_string(plan.seed)};
  words.insert(words.end(), {"--sample", fmt::format("{:.6f}", cap_s), "--threads", fmt::to_string(threads)});
  if (!plan.filter.empty()) words.insert(words.end(), {"--filter", plan.filter});
  if (plan.quick) words.emplace_back("--quick");
  add_words(plan.products, words);
  if (!checked) words.emplace_back("--unchecked");
  return words;
}

TimedRounds time_in_rounds(const std::vector<Candidate>& backends, const TimingPlan& plan,
                           const std::function<void(double, const std::string&)>& progress) {
  return Rounds(backends, plan, progress).run();
}

}  // namespace sqrtn::libraries
