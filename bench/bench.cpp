#include "bench.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "rounds.hpp"
#include "sqrtn/statistics/median.hpp"
#include "support/filter.hpp"

namespace sqrtn::bench {
namespace {

// 12 and 15 rounds are the first at which the interval of 99 % drops one and two extremes on each side.
constexpr Plan quick_plan{0.005, 12, 16};
constexpr Plan full_plan{0.020, 15, 145};

results::Measurement figures(const Row& row) {
  results::Measurement m = row.c->row;
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  m.rounds = row.times_s.size();
  m.median_s = statistics::median(row.times_s).value_or(none);
  m.min_s = row.times_s.empty() ? none : *std::ranges::min_element(row.times_s);
  m.confidence_interval_s = statistics::median_confidence_interval(row.times_s, 0.99);
  if (row.c->wrong) {
    m.note = {results::NoteKind::wrong_answer, wrong_answer};
    return m;
  }
  if (m.median_s > 0) m.rate = row.c->work / m.median_s / 1e9;
  if (row.limited && !m.confidence_interval_s) {
    m.note = {results::NoteKind::cut_short, fmt::format("hard limit reached after {} rounds", m.rounds)};
  }
  return m;
}

/// Gives each row the fastest of the ceilings that it refers to. A ceiling counts with its best round:
/// it says what the machine can do, so a neighbour's load must not lower it.
void fill_ceilings(std::vector<results::Measurement>& measurements, const std::vector<Row>& rows) {
  std::map<std::string, double> rates;
  for (const results::Measurement& m : measurements) {
    if (m.rate) rates[m.id] = *m.rate * m.median_s / m.min_s;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    results::Measurement& m = measurements[i];
    for (const std::string& id : rows[i].c->ceilings) {
      const auto found = rates.find(id);
      if (found == rates.end()) continue;
      const double ceiling = found->second * rows[i].c->ceiling_scale;
      if (m.ceiling && *m.ceiling >= ceiling) continue;
      m.ceiling = ceiling;
      m.ceiling_id = id;
    }
    if (m.ceiling && m.rate) m.percent_of_ceiling = 100 * *m.rate / *m.ceiling;
  }
}

/// The cases that match and the ceilings that they refer to.
std::vector<Row> chosen(const Context& context) {
  const Filter filter(context.options.filter);
  std::vector<Case> cases = all_cases(context);
  std::set<std::string> wanted;
  for (const Case& c : cases) {
    if (!filter.finds(c.row.id)) continue;
    wanted.insert(c.row.id);
    wanted.insert(c.ceilings.begin(), c.ceilings.end());
  }
  std::vector<Row> rows;
  for (Case& c : cases) {
    if (!wanted.contains(c.row.id)) continue;
    rows.emplace_back().c = std::make_shared<Case>(std::move(c));
  }
  return rows;
}

Plan plan_of(const Options& options) {
  Plan plan = options.quick ? quick_plan : full_plan;
  if (options.limit_s > 0) plan.limit_s = options.limit_s;
  return plan;
}

}  // namespace

double time_limit_s(bool quick) { return quick ? quick_plan.limit_s : full_plan.limit_s; }

void register_benchmarks(const blas::Backend& backend, const Options& options) {
  const Filter filter(options.filter);
  for (Case& c : all_cases(make_context(&backend, options))) {
    if (filter.finds(c.row.id)) register_case(std::make_shared<Case>(std::move(c)));
  }
}

std::vector<results::Measurement> run_benchmarks(const blas::Backend& backend, const Options& options,
                                                 const std::function<void(double, std::string_view)>& progress) {
  const int threads_before = backend.threads();
  std::vector<Row> rows = chosen(make_context(&backend, options));
  run_rounds(rows, plan_of(options), progress);
  backend.set_threads(threads_before);
  std::vector<results::Measurement> measurements;
  for (const Row& row : rows) measurements.push_back(figures(row));
  fill_ceilings(measurements, rows);
  return measurements;
}

std::vector<std::string> matching_ids(const Options& options) {
  const Filter filter(options.filter);
  std::vector<std::string> ids;
  for (const Case& c : all_cases(make_context(nullptr, options))) {
    if (filter.finds(c.row.id)) ids.push_back(c.row.id);
  }
  return ids;
}

}  // namespace sqrtn::bench
