#include "gate/suite_cases.hpp"

#include <fmt/format.h>

#include <cmath>

#include "sqrtn/statistics/median.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::gate {
namespace {

constexpr std::size_t longest_name = 64 << 10;  // as the readers of results take it

void add_entry(BenchmarkCase& c, const SuiteCase& entry) {
  if (c.fault.empty()) c.fault = entry.fault;
  if (c.stopped.empty()) c.stopped = entry.stopped;
  c.basis = entry.basis;
  c.repetitions.insert(c.repetitions.end(), entry.repetitions.begin(), entry.repetitions.end());
}

/// The value of a case of which all entries are known.
void settle(BenchmarkCase& c) {
  const std::optional<double> median = statistics::median(c.repetitions);
  if (c.fault.empty() && c.stopped.empty() && !median) c.fault = "it reports no time";
  if (c.fault.empty() && c.stopped.empty()) c.value = *median;
  // A program's own means and medians are no repetitions.
  if (c.basis != Basis::repetitions) c.repetitions.clear();
}

}  // namespace

void SuiteCase::add(double time_s, const std::string& what) {
  if (std::isfinite(time_s) && time_s > 0) {
    repetitions.push_back(time_s);
  } else if (fault.empty()) {
    fault = fmt::format("{} is {}, not a time", what, time_s);
  }
}

BenchmarkOutput output_of(std::vector<SuiteCase> entries, Tool tool, const std::string& name) {
  BenchmarkOutput output;
  output.tool = tool;
  std::map<std::string, std::size_t> index;
  for (const SuiteCase& entry : entries) {
    require(!entry.name.empty() && entry.name.size() <= longest_name,
            "{}: a benchmark of {} has no name of 1 to {} bytes", name, name_of(tool), longest_name);
    const auto [at, is_new] = index.try_emplace(entry.name, output.cases.size());
    if (is_new) output.cases.emplace_back().name = entry.name;
    BenchmarkCase& c = output.cases[at->second];
    c.shared_name = !is_new;
    add_entry(c, entry);
  }
  for (BenchmarkCase& c : output.cases) settle(c);
  return output;
}

}  // namespace sqrtn::gate
