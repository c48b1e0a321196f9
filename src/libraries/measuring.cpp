#include "libraries/measuring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <map>

#include "libraries/timing.hpp"
#include "results/format.hpp"
#include "support/progress.hpp"

namespace sqrtn::libraries {
namespace {

using Clock = std::chrono::steady_clock;

// Hard limit of one child, whose measurements themselves stop after 150 s.
constexpr double limit_s = 400;
// A line of progress: this, the share done, a blank, the row's id. It begins as nothing does that a library prints.
constexpr std::string_view mark = "\x1dsqrtn ";

/// Takes the lines of progress away from what a child has written so far.
void take_progress(std::string& out, const std::function<void(double, std::string_view)>& progress) {
  for (std::size_t begin = 0, end = 0; (begin = out.find(mark, begin)) != std::string::npos;) {
    end = out.find('\n', begin);
    if (end == std::string::npos) return;
    const std::string_view line = std::string_view(out).substr(begin + mark.size(), end - begin - mark.size());
    double done = 0;
    const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), done);
    if (error == std::errc() && done >= 0 && done <= 1) {
      const std::size_t id = std::min<std::size_t>(rest - line.data() + 1, line.size());
      progress(done, results::printable(std::string(line.substr(id))));
    }
    out.erase(begin, end + 1 - begin);
  }
}

std::vector<std::string> words_of(const Candidate& library, const bench::Options& options) {
  std::vector<std::string> words{"bench",
                                 "--blas",
                                 library.blas,
                                 "--seed",
                                 fmt::to_string(options.seed),
                                 "--threads",
                                 fmt::to_string(options.threads),
                                 "--limit",
                                 fmt::to_string(options.limit_s)};
  if (!options.filter.empty()) words.insert(words.end(), {"--filter", options.filter});
  if (options.quick) words.emplace_back("--quick");
  add_words(options.products, words);
  return words;
}

/// One for each number of threads that has rows, the largest first: its rows take the least time.
std::vector<bench::Options> by_threads(const bench::Options& options) {
  std::vector<bench::Options> parts;
  for (const int threads : bench::numbers_of_threads()) {
    bench::Options part = options;
    part.threads = threads;
    if (!bench::matching_ids(part).empty()) parts.push_back(std::move(part));
  }
  std::ranges::reverse(parts);
  return parts;
}

/// In the order in which one process would measure all of them.
void sort_as_listed(bench::Options options, std::vector<results::Measurement>& measurements) {
  options.filter.clear();
  const std::vector<std::string> ids = bench::matching_ids(options);
  std::map<std::string_view, std::size_t> places;
  for (const std::string& id : ids) places.emplace(id, places.size());
  std::ranges::stable_sort(measurements, {}, [&](const results::Measurement& m) {
    const auto place = places.find(m.id);
    return place == places.end() ? places.size() : place->second;
  });
}

}  // namespace

Measured measure_in_children(const Candidate& library, const bench::Options& options) {
  Progress progress("measurements");
  progress.update(0, library.name);
  std::vector<bench::Options> parts = by_threads(options);
  const auto n = static_cast<double>(parts.size());
  const auto end = Clock::now() + std::chrono::duration<double>(bench::time_limit_s(options.quick));
  Measured measured;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    // What one part leaves of its share is the next one's.
    const double left_s = std::chrono::duration<double>(end - Clock::now()).count();
    parts[i].limit_s = std::max(left_s, 1.0) / (n - static_cast<double>(i));
    const auto heard = [&](std::string& out) {
      take_progress(
          out, [&](double done, std::string_view id) { progress.update((static_cast<double>(i) + done) / n, id); });
    };
    EnvironmentAdditions environment = environment_for(library);
    environment.merge(started_with(parts[i].threads));
    Answer answer = ask_child(words_of(library, parts[i]), {.wall_s = limit_s}, environment, heard);
    std::ranges::move(incidents_in(answer, "the measurements"), std::back_inserter(measured.incidents));
    if (answer.document) std::ranges::move(answer.document->measurements, std::back_inserter(measured.measurements));
  }
  sort_as_listed(options, measured.measurements);
  return measured;
}

std::function<void(double, std::string_view)> told_to_parent() {
  return [told = Clock::time_point()](double done, std::string_view id) mutable {
    if (Clock::now() - told < std::chrono::milliseconds(100)) return;
    told = Clock::now();
    fmt::print("{}{:.4f} {}\n", mark, done, id);
    std::fflush(stdout);
  };
}

}  // namespace sqrtn::libraries
