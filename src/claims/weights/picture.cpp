#include "claims/weights/picture.hpp"

#include <algorithm>
#include <cmath>

#include "claims/weights/judge.hpp"
#include "init/decompositions.hpp"
#include "sqrtn/laws/initialiser.hpp"
#include "sqrtn/laws/matrix.hpp"
#include "sqrtn/support/tensor.hpp"
#include "statistics/distributions.hpp"

namespace sqrtn::claims::weights {
namespace {

using statistics::Summary;

constexpr double together = 0.01;  ///< the probability that not all bins lie in the band

/// As many as show a shape that so many values have.
std::size_t bins_for(std::size_t n) {
  return std::clamp<std::size_t>(static_cast<std::size_t>(2 * std::cbrt(static_cast<double>(n))), 4, most_bins);
}

/// Ends of rounding cells next to evenly spaced ones, none twice.
std::vector<double> ends_of(const Summary& summary, Dtype dtype, const BelievedLaw& law) {
  const double low = std::max(summary.minimum, law.centre - 5 * law.stddev),
               high = std::min(summary.maximum, law.centre + 5 * law.stddev);
  const std::size_t bins = bins_for(summary.n_finite());
  // The first end lies below the smallest value, the last is that value's cell or beyond.
  const double room = 0.02 * (high - low), first = low - room,
               width = (high + room - first) / static_cast<double>(bins);
  std::vector<double> ends;
  for (std::size_t i = 0; i <= bins; ++i) {
    const double end = statistics::end_above(first + static_cast<double>(i) * width, dtype);
    if (ends.empty() || end > ends.back()) ends.push_back(end);
  }
  return ends;
}

void expect(const BelievedLaw& law, std::size_t n, std::vector<Bin>& bins) {
  const init::Distribution distribution{law.law, law.stddev * law.stddev};
  const double level = together / 2 / static_cast<double>(bins.size());
  for (Bin& bin : bins) {
    const double p = std::clamp(
        laws::cdf(distribution, bin.high - law.centre) - laws::cdf(distribution, bin.low - law.centre), 0.0, 1.0);
    const double size = static_cast<double>(n);
    bin.expected = size * p;
    bin.least = bin.most = bin.expected;
    if (!(p > 0) || p >= 1) continue;
    const statistics::Binomial count(size, p);
    bin.least = std::clamp(statistics::lower_quantile(count, level), 0.0, bin.expected);
    bin.most = std::clamp(statistics::upper_quantile(count, level), bin.expected, size);
  }
}

Picture histogram_of(const Summary& summary, Dtype dtype, const BelievedLaw& law) {
  const std::vector<double> ends = ends_of(summary, dtype, law);
  Picture picture{law.name, {}, 0, 0, {}};
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) picture.bins.push_back({ends[i], ends[i + 1], 0, 0, 0, 0});
  for (const statistics::Cell& cell : summary.cells) {
    const auto at = std::ranges::lower_bound(ends, statistics::upper_end(cell.pattern, dtype));
    if (at == ends.begin()) {
      picture.below += cell.count;
    } else if (at == ends.end()) {
      picture.above += cell.count;
    } else {
      picture.bins[static_cast<std::size_t>(at - ends.begin()) - 1].count += cell.count;
    }
  }
  if (!law.name.empty()) expect(law, summary.n_finite(), picture.bins);
  return picture;
}

/// Of k singular values those ranks that are kept.
std::vector<std::size_t> kept_ranks(std::size_t k) {
  constexpr std::size_t largest = 8;
  std::vector<std::size_t> ranks;
  for (std::size_t rank = 1; rank <= std::min(k, largest); ++rank) ranks.push_back(rank);
  const std::size_t rest = k - ranks.size(), kept = std::min(rest, most_ranked - largest);
  for (std::size_t i = 1; i <= kept; ++i) ranks.push_back(largest + rest * i / kept);
  return ranks;
}

std::optional<Spectrum> spectrum_of(const StoredTensor& tensor, const Summary& summary, double stddev) {
  constexpr std::size_t most_side = 1024, most_values = std::size_t{1} << 22;
  const std::size_t m = summary.rows.size(), n = summary.row_length, shorter = std::min(m, n), longer = std::max(m, n);
  const double largest = std::max(-summary.minimum, summary.maximum);
  // Squares of ordinary size alone.
  if (m < 2 || shorter > most_side || summary.count > most_values || summary.n_finite() < summary.count ||
      !(largest > 1e-140 && largest < 1e140)) {
    return std::nullopt;
  }
  Matrix<double> values(m, n);
  statistics::read_values(tensor, 0, values.storage());
  const std::vector<double> singular = init::singular_values(values.view());
  const double ratio = static_cast<double>(shorter) / static_cast<double>(longer),
               scale = stddev * std::sqrt(static_cast<double>(longer));
  Spectrum spectrum{m, n, scale * (1 - std::sqrt(ratio)), scale * (1 + std::sqrt(ratio)), {}};
  for (const std::size_t rank : kept_ranks(singular.size())) {
    const double above = (static_cast<double>(rank) - 0.5) / static_cast<double>(singular.size());
    spectrum.values.push_back({rank, singular[rank - 1], scale * laws::marchenko_pastur_quantile(ratio, 1 - above)});
  }
  return spectrum;
}

}  // namespace

std::optional<Picture> picture_of(const StoredTensor& tensor, const Summary& summary, const BelievedLaw& law) {
  if (summary.n_finite() == 0 || !(summary.minimum < summary.maximum) || !(law.stddev > 0)) return std::nullopt;
  Picture picture = histogram_of(summary, tensor.dtype, law);
  if (picture.bins.empty()) return std::nullopt;
  picture.spectrum = spectrum_of(tensor, summary, law.stddev);
  return picture;
}

BelievedLaw believed_law(const Judged& judged) {
  if (!judged.laws.empty()) {
    const auto& [fit, matches] = judged.laws.front();
    if (matches.size() == 1) return {matches.front().names.front(), fit.law, 0, matches.front().stddev};
    return {std::string(init::to_string(fit.law)) + " law", fit.law, 0, fit.estimate};
  }
  const double spread = std::sqrt(std::max(judged.stddev * judged.stddev - judged.mean * judged.mean, 0.0));
  if (!judged.located) return {"", init::Law::normal, judged.mean, spread};
  const auto middle = [](const Interval& interval) { return (interval.low + interval.high) / 2; };
  const LocatedFit& fit = *judged.located;
  if (fit.law == init::Law::normal) return {"normal law", fit.law, middle(fit.centre), middle(fit.stddev)};
  const double low = middle(fit.low), high = middle(fit.high);
  return {"uniform law", fit.law, (low + high) / 2, (high - low) / std::sqrt(12.0)};
}

}  // namespace sqrtn::claims::weights
