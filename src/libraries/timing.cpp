#include "libraries/timing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "bench.hpp"
#include "sqrtn/statistics/median.hpp"

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

  std::vector<Timed> run() {
    for (std::size_t round = 0; round < plan_.rounds && !backends_.empty(); ++round) {
      for (std::size_t i = 0; i < backends_.size(); ++i) {
        const std::size_t chosen = (i + round) % backends_.size();
        progress_(
            static_cast<double>(round * backends_.size() + i) / static_cast<double>(plan_.rounds * backends_.size()),
            backends_[chosen].name);
        if (timed_[chosen].incident.empty()) sample(backends_[chosen], timed_[chosen], round);
      }
      // What a round may take is known only after the first, and may change with the machine's load.
      fit_cap(round + 1);
    }
    mark_slow_clocks();
    return std::move(timed_);
  }

 private:
  [[nodiscard]] double spent_s() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  void sample(const Candidate& backend, Timed& timed, std::size_t round) {
    std::vector<std::string> words{"bench",
                                   "--blas",
                                   backend.blas,
                                   "--seed",
                                   fmt::to_string(plan_.seed),
                                   "--sample",
                                   fmt::format("{:.6f}", cap_s_),
                                   "--filter",
                                   plan_.filter};
    if (plan_.quick) words.emplace_back("--quick");
    if (round > 0) words.emplace_back("--unchecked");
    const Answer answer = ask_child(words, {.wall_s = 60 + plan_.budget_s / 4});
    if (!answer.document) {
      timed.incident = fmt::format("{} while it was timed", answer.complaint);
      return;
    }
    for (const results::Measurement& row : answer.document->measurements) add(timed, row, round);
  }

  void add(Timed& timed, const results::Measurement& row, std::size_t round) const {
    const auto [place, is_new] = timed.series.try_emplace(row.id);
    Series& series = place->second;
    if (is_new) {
      timed.ids.push_back(row.id);
      series.times_s.assign(plan_.rounds, none);
    }
    // Answers are checked in the first round alone.
    const bool wrong = series.row.note.kind == results::NoteKind::wrong_answer;
    results::Note found = series.row.note;
    if (row.rounds > 0 || is_new) series.row = row;
    if (wrong) series.row.note = std::move(found);
    if (row.rounds > 0) series.times_s[round] = row.median_s;
  }

  /// The largest cap with which the rounds to come fit into what is left of the time.
  void fit_cap(std::size_t done) {
    if (done == plan_.rounds) return;
    const double left_s = (plan_.budget_s - spent_s()) / static_cast<double>(plan_.rounds - done);
    std::vector<double> calls_s;
    for (const Timed& timed : timed_) {
      for (const auto& [id, series] : timed.series) {
        if (const double time_s = series.times_s[done - 1]; std::isfinite(time_s)) calls_s.push_back(time_s);
      }
    }
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
    for (const Timed& timed : timed_) {
      const auto clock = timed.series.find(bench::clock_id);
      if (clock == timed.series.end()) continue;
      std::ranges::copy_if(clock->second.times_s, std::back_inserter(all_s), [](double t) { return std::isfinite(t); });
    }
    const double usual_s = statistics::median(all_s).value_or(none);
    for (Timed& timed : timed_) {
      const auto clock = timed.series.find(bench::clock_id);
      if (clock == timed.series.end()) continue;
      for (const double time_s : clock->second.times_s) timed.slow_clock.push_back(time_s > usual_s / slow_clock);
    }
  }

  const std::vector<Candidate>& backends_;
  const TimingPlan& plan_;
  const std::function<void(double, const std::string&)>& progress_;
  const Clock::time_point start_ = Clock::now();
  double cap_s_;
  std::vector<Timed> timed_;
};

}  // namespace

std::vector<Timed> time_in_rounds(const std::vector<Candidate>& backends, const TimingPlan& plan,
                                  const std::function<void(double, const std::string&)>& progress) {
  return Rounds(backends, plan, progress).run();
}

}  // namespace sqrtn::libraries
