#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "history/history.hpp"
#include "results/json_input.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::history {
namespace {

constexpr std::size_t most_times = 10'000'000;
constexpr std::size_t most_bytes = std::size_t{2} << 30;
// Lines that are parsed before they are entered: some for each thread, few enough to be small beside the text.
constexpr std::size_t lines_at_once = 64;

/// Enters runs into series, in their order.
class Entering {
 public:
  explicit Entering(std::string name) : name_(std::move(name)) {}

  void add(Run&& run, std::size_t line) {
    const auto number = static_cast<std::uint32_t>(history_.runs.size());
    std::vector<std::uint32_t>& order = orders_[run.machine];
    const std::size_t had = history_.series.size();
    times_ += run.cases.size();
    require(times_ <= most_times, "{}, line {}: more than {} times; begin a new history", name_, line, most_times);
    for (std::size_t i = 0; i < run.cases.size(); ++i) {
      const std::uint32_t at = find(run, i, order);
      Series& series = history_.series[at];
      require(series.runs.empty() || series.runs.back() != number, "{}, line {}: the case '{:.60}' stands twice", name_,
              line, run.cases[i].name);
      series.runs.push_back(number);
      series.times.push_back(run.cases[i].time);
      if (order.size() <= i) order.resize(i + 1);
      order[i] = at;
    }
    end_batch(had);
    history_.runs.push_back({std::move(run.commit), std::move(run.date), std::move(run.machine)});
  }

  History take() { return std::move(history_); }

 private:
  /// The series of the i-th case: a program lists its cases in the same order, so that the run before tells it.
  std::uint32_t find(const Run& run, std::size_t i, const std::vector<std::uint32_t>& order) {
    const std::string& name = run.cases[i].name;
    if (i < order.size() && history_.series[order[i]].name == name) return order[i];
    const auto next = static_cast<std::uint32_t>(history_.series.size());
    const auto [found, is_new] = of_machine_[run.machine].try_emplace(name, next);
    if (is_new) history_.series.push_back({.machine = run.machine, .name = name, .runs = {}, .times = {}});
    return found->second;
  }

  void end_batch(std::size_t had) {
    const auto size = static_cast<std::uint32_t>(history_.series.size() - had);
    if (size == 0) return;
    for (Series& series : std::span(history_.series).subspan(had)) {
      series.batch = batches_;
      series.batch_size = size;
    }
    ++batches_;
  }

  std::string name_;
  History history_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> orders_;  ///< of a machine's newest run
  std::unordered_map<std::string, std::unordered_map<std::string, std::uint32_t>> of_machine_;
  std::uint32_t batches_ = 0;
  std::size_t times_ = 0;
};

}  // namespace

History parse_history(std::string_view text, const std::string& name) {
  Entering entering(name);
  std::vector<std::string_view> lines;
  std::size_t line = 0;
  while (!text.empty()) {
    lines.clear();
    while (!text.empty() && lines.size() < lines_at_once) {
      const std::size_t end = text.find('\n');
      require(end != std::string_view::npos, "{}, line {}: the last line is not whole; remove it", name,
              line + lines.size() + 1);
      lines.push_back(text.substr(0, end));
      text.remove_prefix(end + 1);
    }
    std::vector<Run> runs(lines.size());
    parallel_for(lines.size(), 0,
                 [&](std::size_t i) { runs[i] = parse_run(lines[i], fmt::format("{}, line {}", name, line + i + 1)); });
    for (Run& run : runs) entering.add(std::move(run), ++line);
  }
  return entering.take();
}

History read_history(const std::string& path) {
  return parse_history(results::read_text(path, most_bytes, "history of sqrtn"), path);
}

}  // namespace sqrtn::history
