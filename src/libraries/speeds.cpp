#include <algorithm>
#include <cmath>

#include "libraries/timing.hpp"
#include "sqrtn/statistics/median.hpp"

/// What the rounds say: medians and ratios by row, and where each library stands by routine, type and threads.
namespace sqrtn::libraries {
namespace {

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
  const std::vector<double> times_s = measured(series.times_s);
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
  return measured(std::move(ratios));
}

void add_speeds_of(const Timed& own, const Timed* reference, const std::vector<results::Measurement>& measurements,
                   results::Library& entry) {
  if (own.incident) entry.incidents.push_back(*own.incident);
  entry.slow_rounds = static_cast<std::size_t>(std::ranges::count(own.slow_clock, true));
  for (const std::string& id : own.ids) {
    const Series& series = own.series.at(id);
    if (id == bench::clock_id) continue;
    if (id == bench::first_call_id) {
      entry.first_call_s = statistics::median(measured(series.times_s));
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
  return series != nullptr && !measured(series->times_s).empty();
}

bool in_every_round(const Timed& own, const std::string& id) {
  const Series* series = rated(own, id);
  return series != nullptr && measured(series->times_s).size() == series->times_s.size();
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
