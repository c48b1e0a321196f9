#include "claims/cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sqrtn::claims {

Outcome judge_worst(const std::vector<Cell>& cells, const std::function<std::string(std::size_t)>& name_of,
                    std::size_t n_samples) {
  Outcome outcome;
  outcome.n_samples = n_samples;
  if (cells.empty()) {
    outcome.reason = "nothing was compared";
    return outcome;
  }
  const auto size = [](const Cell& cell) {
    return std::isnan(cell.deviate) ? std::numeric_limits<double>::infinity() : std::abs(cell.deviate);
  };
  const auto worst = std::ranges::max_element(cells, {}, size);
  const double p = std::erfc(size(*worst) / std::numbers::sqrt2) * static_cast<double>(cells.size());
  outcome.statistic = worst->deviate;
  outcome.p_value = std::min(1.0, p);
  outcome.observed = worst->observed;
  outcome.expected = worst->expected;
  outcome.verdict = *outcome.p_value < rates.alpha ? Verdict::fail : Verdict::pass;
  if (outcome.verdict == Verdict::fail) {
    outcome.reason =
        fmt::format("{}: {:.6g} instead of {:.6g}", name_of(static_cast<std::size_t>(worst - cells.begin())),
                    worst->observed, worst->expected);
  }
  return outcome;
}

Outcome judge_all(const std::vector<Cell>& cells, std::size_t n_samples) {
  double sum = 0;
  for (const Cell& cell : cells) sum += cell.deviate * cell.deviate;
  Outcome outcome = judge(statistics::chi_squared_test(sum, static_cast<double>(cells.size()), rates.alpha), 1);
  outcome.n_samples = n_samples;
  return outcome;
}

Outcome judge_log_sum(const laws::LogSum& law, double sum, std::size_t n_samples) {
  const auto ratio = [&](double deviation) { return std::exp(deviation / static_cast<double>(n_samples)); };
  statistics::TestResult test;
  test.n_samples = n_samples;
  test.statistic = (sum - law.mean()) / law.stddev();
  test.p_value = std::isnan(sum) ? 0 : std::min(1.0, 2 * std::min(law.cdf(sum), law.survival(sum)));
  test.rejected = test.p_value < rates.alpha;
  test.estimate = ratio(sum - law.mean());
  test.confidence_interval = {ratio(sum - law.quantile(1 - rates.alpha / 2)),
                              ratio(sum - law.quantile(rates.alpha / 2))};
  return judge(test, 1);
}

}  // namespace sqrtn::claims
