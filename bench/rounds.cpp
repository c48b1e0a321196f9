#include "rounds.hpp"

#include <algorithm>
#include <thread>

#include "clock.hpp"

namespace sqrtn::bench {
namespace {

// The fewest rounds that give a 99 % interval are 8; slow rows, whose rounds average little out, stop at 9.
constexpr std::size_t slow_rounds = 9;

/// A library's threads go on looking for work after a product (OpenBLAS's for 2²⁸ cycles), and would
/// share their cores with what is timed next: waits until this process sleeps when told to.
void let_library_threads_sleep(const Case& next) {
  constexpr auto nap = std::chrono::milliseconds(5);
  constexpr double idle_s = 1e-4;
  constexpr int naps = 60;  // a library whose threads never sleep is timed as it is
  static bool awake = false;
  for (int i = 0; awake && !next.wakes_library_threads && i < naps; ++i) {
    const double before = cpu_time_s();
    std::this_thread::sleep_for(nap);
    awake = cpu_time_s() - before > idle_s;
  }
  awake = next.wakes_library_threads;
}

/// Google Benchmark's report of one case, run once.
class Collector : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override { run = runs.front(); }
  Run run;
};

/// Runs `row` once on its own; without a number of iterations, finds that for `min_time_s`.
void run_once(Row& row, double min_time_s) {
  const auto start = Clock::now();
  benchmark::ClearRegisteredBenchmarks();
  auto* registered = register_case(row.c)->Repetitions(1);
  if (row.iterations > 0) {
    registered->Iterations(row.iterations);
  } else {
    registered->MinTime(min_time_s);
  }
  Collector collector;
  benchmark::RunSpecifiedBenchmarks(&collector, "all");
  benchmark::ClearRegisteredBenchmarks();
  const Collector::Run& run = collector.run;
  if (row.iterations > 0) {
    row.times_s.push_back(run.real_accumulated_time / static_cast<double>(run.iterations) / row.c->calls);
  }
  row.iterations = run.iterations;
  row.round_s = seconds_since(start);
  row.spent_s += row.round_s;
}

/// The run's clock, limits and progress.
class Rounds {
 public:
  Rounds(std::vector<Row>& rows, const Plan& plan, const std::function<void(double, std::string_view)>& progress)
      : plan_(plan), progress_(progress) {
    // Rows on the library's own threads last, so that those are waited for only once a round.
    for (Row& row : rows) order_.push_back(&row);
    std::stable_partition(order_.begin(), order_.end(), [](const Row* row) { return !row->c->wakes_library_threads; });
  }

  void run() {
    const double all = static_cast<double>(order_.size() * (plan_.rounds + 1));
    double done = 0;
    for (std::size_t round = 0; round <= plan_.rounds; ++round) {
      for (Row* row : order_) {
        if (wanted(*row)) run_once(*row, plan_.round_s);
        if (progress_) progress_(++done / all, row->c->row.id);
      }
    }
  }

 private:
  bool wanted(Row& row) const {
    if (row.limited) return false;
    if (row.times_s.size() >= slow_rounds && row.round_s > 4 * plan_.round_s) return false;
    // No row may eat the time of all others, as a library without blocking would with large products.
    row.limited = seconds_since(start_) + row.round_s > plan_.limit_s || row.spent_s > plan_.limit_s / 8;
    return !row.limited;
  }

  const Plan plan_;
  const std::function<void(double, std::string_view)>& progress_;
  const Clock::time_point start_ = Clock::now();
  std::vector<Row*> order_;
};

}  // namespace

benchmark::internal::Benchmark* register_case(const std::shared_ptr<Case>& c) {
  const auto body = [c](benchmark::State& state) {
    c->wrong = !c->setup();
    let_library_threads_sleep(*c);
    if (state.max_iterations > 1) c->timed();

    const double work = c->work * c->calls;

    for (auto _ : state) {
      c->timed();
      benchmark::ClobberMemory();
    }

    if (c->wrong) return state.SetLabel(wrong_answer);
    state.counters[c->row.rate_unit] = benchmark::Counter(work / 1e9, benchmark::Counter::kIsIterationInvariantRate);
  };
  return benchmark::RegisterBenchmark(c->row.id.c_str(), body)->UseRealTime()->Unit(benchmark::kMicrosecond);
}

void run_rounds(std::vector<Row>& rows, const Plan& plan,
                const std::function<void(double, std::string_view)>& progress) {
  Rounds(rows, plan, progress).run();
}

}  // namespace sqrtn::bench
