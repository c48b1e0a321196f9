#include "screen/launch.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <system_error>
#include <thread>

#include "screen/certify.hpp"
#include "screen/worker.hpp"
#include "sqrtn/support/require.hpp"
#include "support/call_watch.hpp"
#include "support/environment.hpp"
#include "support/interrupt.hpp"

namespace sqrtn::screen {
namespace {

using Clock = std::chrono::steady_clock;

// Loading takes less, and diagnosing the faults of every family.
constexpr double patience_s = 120;
// One product of the slowest library takes a second, where nothing else runs on its core.
constexpr unsigned longest_call_s = 60;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// What the children have told, by their places; safe from several threads.
class Reports {
 public:
  explicit Reports(std::size_t cores) : latest_(cores) {}

  /// Takes whole lines away from `out`; the last that can be read is what is known.
  void hear(std::size_t place, std::string& out, int processor) {
    const std::size_t end = out.rfind('\n');
    if (end == std::string::npos) return;
    std::string_view lines = std::string_view(out).substr(0, end);
    while (!lines.empty()) {
      const std::size_t last = lines.rfind('\n') + 1;  // 0 for the first
      if (take(place, lines.substr(last), processor)) break;
      lines = lines.substr(0, last == 0 ? 0 : last - 1);
    }
    out.erase(0, end + 1);
  }

  void add_to(results::Screening& screening, std::size_t place) {
    const std::lock_guard lock(guard_);
    const results::WorkerReport& report = latest_[place];
    results::ScreenedCore& core = screening.cores[place];
    const results::ScreenedCore known = core;
    core = report.core;
    core.processor = known.processor;
    core.core = known.core;
    core.package = known.package;
    screening.faults.insert(screening.faults.end(), report.faults.begin(), report.faults.end());
  }

 private:
  bool take(std::size_t place, std::string_view line, int processor) {
    // What a library prints is not worth the parser's time.
    if (!line.starts_with("{\"core\":")) return false;
    try {
      results::WorkerReport report = results::parse_worker_report(line, "a worker's report");
      for (const results::Fault& fault : report.faults) {
        if (fault.processor != processor) return false;
      }
      const std::lock_guard lock(guard_);
      latest_[place] = std::move(report);
      return true;
    } catch (const std::invalid_argument&) {
      return false;
    }
  }

  std::mutex guard_;
  std::vector<results::WorkerReport> latest_;
};

std::vector<std::string> words_of(const libraries::Candidate& library, const Plan& plan, std::size_t place) {
  // Its own processor first, then those where it repeats what was wrong.
  std::vector<int> numbers{plan.processors[place].number};
  for (const Processor& processor : plan.processors) {
    if (processor.number != numbers.front()) numbers.push_back(processor.number);
  }
  std::vector<std::string> words{libraries::this_program(),
                                 "screen",
                                 "--worker",
                                 fmt::to_string(numbers.front()),
                                 "--cores",
                                 fmt::format("{}", fmt::join(numbers, ",")),
                                 "--blas",
                                 library.blas,
                                 "--seed",
                                 fmt::to_string(plan.seed),
                                 "--minutes",
                                 fmt::format("{}", plan.time_s / 60)};
  if (plan.size > 0) words.insert(words.end(), {"--size", fmt::to_string(plan.size)});
  if (plan.only) words.insert(words.end(), {"--call", to_string(*plan.only)});
  for (const results::LibraryOrder& order : plan.orders) words.insert(words.end(), {"--order", word_of(order)});
  return words;
}

/// What a worker's end is, where it ended before its time.
results::Incident incident_of(const ProcessEnd& end, const std::string& place) {
  results::Incident incident{.kind = libraries::kind_of(end), .place = place, .text = end.to_text()};
  // Its own watch of calls ended it.
  if (end.how == ProcessEnd::How::signalled && end.code == SIGALRM) {
    incident.kind = results::IncidentKind::no_answer;
    incident.text = "no answer from one call";
  }
  if (end.how == ProcessEnd::How::exited && !end.err.empty()) incident.text = libraries::first_line(end.err);
  incident.text += " in " + place;
  return incident;
}

void add_incidents(results::Screening& screening, const ProcessEnd& end, int processor) {
  if (end.how == ProcessEnd::How::interrupted) return;
  const std::string place = fmt::format("the worker on core {}", processor);
  if (!end.succeeded()) screening.incidents.push_back(incident_of(end, place));
  if (end.left_running == 0) return;
  screening.incidents.push_back({.kind = results::IncidentKind::left_running,
                                 .place = place,
                                 .text = fmt::format("left processes running in {}", place)});
}

/// With all cores, of which nothing is known yet.
results::Screening begun(const libraries::Candidate& library, const Plan& plan) {
  results::Screening screening;
  screening.blas = library.record;
  screening.seed = plan.seed;
  screening.asked_s = plan.time_s;
  screening.size = plan.size;
  screening.incidents = library.incidents;
  for (const Processor& processor : plan.processors) {
    results::ScreenedCore& core = screening.cores.emplace_back();
    core.processor = processor.number;
    core.core = processor.core;
    core.package = processor.package;
  }
  return screening;
}

/// A worker a core until their time is over, and what they told.
void screen_cores(const libraries::Candidate& library, const Plan& plan, results::Screening& screening,
                  const std::function<void(const results::Screening&)>& progress) {
  EnvironmentAdditions environment = libraries::environment_for(library);
  environment.merge(libraries::started_with(1));
  const ProcessLimits limits{.wall_s = plan.time_s + patience_s, .memory_bytes = physical_memory_bytes()};
  const std::size_t n = plan.processors.size();
  Reports reports(n);
  std::vector<ProcessEnd> ends(n);
  std::atomic<std::size_t> running = n;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < n; ++i) {
      threads.emplace_back([&, i] {
        try {
          ends[i] = run_process(words_of(library, plan, i), limits, environment,
                                [&, i](std::string& out) { reports.hear(i, out, plan.processors[i].number); });
        } catch (const std::system_error& error) {
          ends[i].code = error.code().value();  // it was not started
        }
        --running;
      });
    }
    while (running > 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      results::Screening now = screening;
      for (std::size_t i = 0; i < n; ++i) reports.add_to(now, i);
      progress(now);
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    reports.add_to(screening, i);
    add_incidents(screening, ends[i], plan.processors[i].number);
  }
}

}  // namespace

std::vector<Processor> chosen_processors(const std::vector<int>& numbers) {
  const std::vector<Processor> all = available_processors();
  if (numbers.empty()) return one_a_core(all);
  std::vector<Processor> chosen;
  for (const int number : numbers) {
    const auto found = std::ranges::find(all, number, &Processor::number);
    require(found != all.end(), "--cores: this process may not run on processor {}; it may on {} to {}", number,
            all.front().number, all.back().number);
    chosen.push_back(*found);
  }
  return chosen;
}

results::Screening screen(const libraries::Candidate& library, const Plan& plan,
                          const std::function<void(double, const results::Screening&, Stage)>& progress) {
  results::Screening screening = begun(library, plan);
  const auto start = Clock::now();
  const auto done = [&] { return std::min(1.0, seconds_since(start) / plan.time_s); };
  Certified certified = certify(library, plan, [&] { progress(done(), screening, Stage::reading_orders); });
  screening.predictions = std::move(certified.predictions);
  Plan workers = plan;
  workers.orders = std::move(certified.orders);
  workers.time_s = std::max(plan.time_s - seconds_since(start), plan.time_s / 2);
  screen_cores(library, workers, screening,
               [&](const results::Screening& now) { progress(done(), now, Stage::screening); });
  screening.interrupted = interrupted();
  return screening;
}

void screen_in_process(const std::string& blas, const Plan& plan) {
  pin_to(plan.processors.front().number);
  watch_calls(longest_call_s);
  const blas::Backend backend = libraries::load_library(blas);
  backend.set_threads(1);
  Work work{.processor = plan.processors.front().number,
            .others = {},
            .seed = plan.seed,
            .time_s = plan.time_s,
            .size = plan.size,
            .only = plan.only,
            .models = {}};
  for (const results::LibraryOrder& order : plan.orders) {
    // Cores of other kinds may have other kernels, whose order is another.
    if (order.identity.kernel == backend.identity().kernel) work.models.push_back(model_of(order));
  }
  for (std::size_t i = 1; i < plan.processors.size(); ++i) work.others.push_back(plan.processors[i].number);
  screen_core(backend.functions(), work, [](const results::WorkerReport& report) {
    std::fputs(results::to_line(report).c_str(), stdout);
    std::fflush(stdout);
  });
}

}  // namespace sqrtn::screen
