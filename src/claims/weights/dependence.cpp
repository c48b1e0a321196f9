#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "claims/weights/lines.hpp"
#include "init/decompositions.hpp"
#include "laws/sample.hpp"
#include "sqrtn/laws/initialiser.hpp"
#include "sqrtn/support/tensor.hpp"
#include "statistics/distributions.hpp"

namespace sqrtn::claims::weights {
namespace {

using statistics::Line;

/// One direction's lines: rows or columns.
struct Direction {
  const std::vector<Line>& lines;
  double length;
  const char* what;
};

/// n times the rate of each line's mean square at this deviation, summed.
double summed_rates(const Direction& d, init::Law law, double stddev) {
  double sum = 0;
  for (const Line& line : d.lines) {
    sum += d.length * laws::mean_square_rate(law, line.sum_of_squares / (d.length * stddev * stddev));
  }
  return sum;
}

/// The least sum at a deviation of the interval: a convex function of 1/σ², by golden sections.
double least_summed_rates(const Direction& d, const LawFit& law) {
  constexpr int sections = 60;  // to 1e-12 of the interval
  const auto at = [&](double precision) { return summed_rates(d, law.law, 1 / std::sqrt(precision)); };
  double low = 1 / (law.stddev.high * law.stddev.high), high = 1 / (law.stddev.low * law.stddev.low);
  double least = std::min(at(low), at(high));
  for (int i = 0; i < sections; ++i) {
    const double step = (high - low) / std::numbers::phi, left = high - step, right = low + step;
    const double at_left = at(left), at_right = at(right);
    (at_left < at_right ? high : low) = at_left < at_right ? right : left;
    least = std::min({least, at_left, at_right});
  }
  return least;
}

double spread_p_value(const Direction& d, const LawFit& law, double alpha) {
  const double r = static_cast<double>(d.lines.size());
  const auto p_value = [&](double rates) {
    const double excess = rates - r * std::numbers::ln2;
    if (std::isinf(excess)) return 0.0;
    return excess <= r ? 1.0 : statistics::upper_tail(statistics::ChiSquared(2 * r), 2 * excess);
  };
  // Of a normal law the sum is least at the root mean square.
  if (law.law == init::Law::normal) return p_value(summed_rates(d, law.law, law.estimate));
  const double at_ends = std::min(summed_rates(d, law.law, law.stddev.low), summed_rates(d, law.law, law.stddev.high));
  return p_value(at_ends) >= alpha ? 1 : p_value(least_summed_rates(d, law));
}

void judge(const Direction& d, const LawFit& law, double alpha, std::vector<Finding>& findings) {
  if (d.lines.size() < 2) return;
  const double r = static_cast<double>(d.lines.size());
  const auto report = [&](double p_value, std::string text) {
    if (p_value < alpha) findings.push_back({Kind::dependent_lines, std::move(text), p_value});
  };
  double squares = 0;
  for (const Line& line : d.lines) squares += line.sum * line.sum;
  const double contrast = squares / (d.length * law.stddev.high * law.stddev.high);
  report(laws::contrasts_p_value(contrast, d.lines.size()),
         fmt::format("sums of {}s have {:.3g} times the variance of independent draws", d.what, contrast / r));
  const auto [low, high] = std::ranges::minmax_element(d.lines, {}, &Line::sum_of_squares);
  const auto extreme = [&](const auto& line, double stddev, bool above) {
    const double s = line->sum_of_squares / (d.length * stddev * stddev);
    if (above ? s <= 1 : s >= 1) return;
    report(2 * r * std::exp(-d.length * laws::mean_square_rate(law.law, s)),
           fmt::format("{} {} has {:.3g} times the mean square of the others", d.what, line - d.lines.begin(), s));
  };
  extreme(high, law.stddev.high, true);
  extreme(low, law.stddev.low, false);
  report(spread_p_value(d, law, alpha),
         fmt::format("norms of {}s spread more than those of independent draws", d.what));
}

}  // namespace

std::vector<Finding> find_dependent_lines(const statistics::Summary& summary, const LawFit& law, double alpha) {
  std::vector<Finding> findings;
  const double share = alpha / 8;
  judge({summary.rows, static_cast<double>(summary.row_length), "row"}, law, share, findings);
  judge({summary.columns, static_cast<double>(summary.rows.size()), "column"}, law, share, findings);
  return findings;
}

std::optional<Finding> find_spectral_outlier(const StoredTensor& tensor, const statistics::Summary& summary,
                                             const LawFit& law, double alpha) {
  constexpr double most = 0x1p28;
  const double m = static_cast<double>(summary.rows.size()), n = static_cast<double>(summary.row_length);
  if (law.law != init::Law::normal || m < 2 || summary.n_finite() < summary.count || m * n * std::min(m, n) > most)
    return std::nullopt;
  Matrix<double> values(summary.rows.size(), summary.row_length);
  statistics::read_values(tensor, 0, values.storage());
  const double largest = std::sqrt(init::largest_gram_eigenvalue(values.view())) / law.stddev.high;
  const double edge = std::sqrt(m) + std::sqrt(n), t = largest - edge;
  const double p_value = t > 0 ? std::exp(-t * t / 2) : 1;
  if (p_value >= alpha) return std::nullopt;
  return Finding{Kind::spectrum,
                 fmt::format("largest singular value {:.3g} times the edge of independent draws", largest / edge),
                 p_value};
}

double norm_errors(const std::vector<Line>& lines, std::size_t length, double kurtosis) {
  if (lines.size() < 2) return 0;
  const double r = static_cast<double>(lines.size()), c = static_cast<double>(length);
  double mean = 0, spread = 0;
  for (const Line& line : lines) mean += line.sum_of_squares / r;
  for (const Line& line : lines) spread += std::pow(line.sum_of_squares / mean - 1, 2);
  return (spread * c / (kurtosis - 1) / r - 1) * std::sqrt(r / 2);
}

}  // namespace sqrtn::claims::weights
