#include "libraries/speeds.hpp"

#include <algorithm>
#include <cmath>

#include "bench.hpp"
#include "sqrtn/statistics/median.hpp"

namespace sqrtn::libraries {
namespace {

std::vector<double> finite(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  return values;
}

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

}  // namespace

void add_speeds(results::Libraries& report, const std::vector<Timed>& timed,
                const std::vector<results::Measurement>& measurements) {
  const auto reference = std::ranges::find(timed, report.default_name, &Timed::backend);
  for (results::Library& entry : report.backends) {
    const auto own = std::ranges::find(timed, entry.name, &Timed::backend);
    if (own == timed.end()) continue;
    if (!own->incident.empty()) entry.incidents.push_back(own->incident);
    entry.slow_rounds = static_cast<std::size_t>(std::ranges::count(own->slow_clock, true));
    for (const std::string& id : own->ids) {
      const Series& series = own->series.at(id);
      if (id == bench::clock_id) continue;
      if (id == bench::first_call_id) {
        entry.first_call_s = statistics::median(finite(series.times_s));
        continue;
      }
      results::LibrarySpeed& speed = entry.speeds.emplace_back();
      speed.row = summary(series, measurements);
      const auto other = reference == timed.end() ? nullptr : &reference->series;
      if (other == nullptr || !other->contains(id) || entry.name == report.default_name) continue;
      std::vector<double> ratios;
      for (std::size_t round = 0; round < series.times_s.size(); ++round) {
        ratios.push_back(other->at(id).times_s[round] / series.times_s[round]);
      }
      ratios = finite(ratios);
      speed.ratio = statistics::median(ratios);
      speed.ratio_interval = statistics::median_confidence_interval(ratios);
    }
  }
}

}  // namespace sqrtn::libraries
