#include "statistics/separation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "statistics/distributions.hpp"

namespace sqrtn::statistics {
namespace {

constexpr std::size_t n_cuts = 6, n_classes = n_cuts + 1;

/// Where those behind a change fall among those before it: as a normal law does that is shifted upwards by so many
/// standard deviations, or all evenly above a share, as laws do that have an edge.
struct Sought {
  double shift = 0, share = 1;
  double weight;  ///< all add up to 1
};
constexpr std::array<Sought, 5> sought{{{.shift = 2, .weight = 0.25},
                                        {.shift = 3.5, .weight = 0.15},
                                        {.share = 0.0625, .weight = 0.2},
                                        {.share = 0.125, .weight = 0.25},
                                        {.share = 0.25, .weight = 0.15}}};

// A change that is found in few observations must not be undone by one that strays: no class says less than this.
constexpr double null_share = 0.03;
// Of a wager that has lost so much there is nothing to be had.
constexpr double hopeless = -6;
constexpr double place_margin = 4, half_of_places = 150;
// ln 5: by so much the wealth on all laws together exceeds that on the best of them, at most.
constexpr double most_of_sum = 1.61;
constexpr std::size_t fewest_highest = 3, most_highest = 16;
constexpr auto highest_counts = [] {
  std::array<std::size_t, most_highest - fewest_highest + 1> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = fewest_highest + i;
  return all;
}();
// Beyond the longest series.
constexpr std::size_t never = 1 << 20;
// Classes of more observations than this are shares.
constexpr std::size_t most_places = 1024;

/// ln n, for counts that are asked for again and again: a copy for each loop, since finding the table costs as much.
class Logarithms {
 public:
  double operator()(std::size_t n) const { return n < table_.size() ? table_[n] : std::log(static_cast<double>(n)); }

 private:
  static std::span<const double> table() {
    static const std::vector<double> logs = [] {
      std::vector<double> all(32'768);
      for (std::size_t i = 1; i < all.size(); ++i) all[i] = std::log(static_cast<double>(i));
      return all;
    }();
    return logs;
  }

  std::span<const double> table_ = table();
};

double log_binomial(std::size_t n, std::size_t m) {
  const Logarithms log_of;
  double sum = 0;
  for (std::size_t i = 1; i <= m; ++i) sum += log_of(n - m + i) - log_of(i);
  return sum;
}

/// How the b observations before a place are cut into classes, from above.
struct Classes {
  std::array<std::size_t, n_cuts> cuts{};                                 ///< a class ends below the so many-th largest
  std::array<std::array<double, n_classes>, sought.size()> log_shares{};  ///< ln P(class) by each law
};

/// P(in the highest share `upper` of those before).
double share_above(const Sought& law, double upper) {
  if (upper >= 1) return 1;
  if (law.share < 1) return std::min(1.0, upper / law.share);
  const Normal normal(0, 1);
  return upper_tail(normal, upper_quantile(normal, upper) - law.shift);
}

Classes make_classes(std::size_t b) {
  Classes classes;
  const double widest = std::max(1.0, static_cast<double>(b) / 3);
  std::size_t above = 0;
  for (std::size_t k = 0; k < n_cuts; ++k) {
    const double cut = std::pow(widest, static_cast<double>(k) / (n_cuts - 1));
    above = std::min(b, std::max<std::size_t>(above + 1, static_cast<std::size_t>(std::lround(cut))));
    classes.cuts[k] = above;
  }
  for (std::size_t i = 0; i < sought.size(); ++i) {
    double shifted = 0, before = 0;
    for (std::size_t k = 0; k < n_classes; ++k) {
      const double upper = k < n_cuts ? static_cast<double>(classes.cuts[k]) / static_cast<double>(b + 1) : 1;
      const double up_to = share_above(sought[i], upper);
      classes.log_shares[i][k] = std::log((1 - null_share) * (up_to - shifted) + null_share * (upper - before));
      shifted = up_to;
      before = upper;
    }
  }
  return classes;
}

const Classes& classes_of(std::size_t b) {
  static const std::vector<Classes> known = [] {
    std::vector<Classes> all;
    for (std::size_t i = 0; i <= most_places; ++i) all.push_back(make_classes(i));
    return all;
  }();
  return known[std::min(b, most_places)];
}

std::size_t cut_of(const Classes& classes, std::size_t k, std::size_t b) {
  return b <= most_places ? classes.cuts[k] : classes.cuts[k] * (b + 1) / (most_places + 1);
}

const std::array<double, sought.size()>& log_weights() {
  static const auto logs = [] {
    std::array<double, sought.size()> all{};
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = std::log(sought[i].weight);
    return all;
  }();
  return logs;
}

double log_of_sum(std::span<const double> logs) {
  const double most = *std::ranges::max_element(logs);
  double sum = 0;
  for (const double x : logs) sum += std::exp(x - most);
  return most + std::log(sum);
}

}  // namespace

// Three have most of it: they find the largest steps. More are for short series.
double part_of_highest(std::size_t m) {
  constexpr double part_of_three = 0.6, ratio = 0.75;
  if (m == fewest_highest) return part_of_three;
  const double all = (1 - std::pow(ratio, most_highest - fewest_highest)) / (1 - ratio);
  return (1 - part_of_three) / all * std::pow(ratio, m - fewest_highest - 1);
}

std::size_t first_look_at_highest(std::size_t m, double level) {
  const double ratio = std::log(static_cast<double>(m) / static_cast<double>(m - 1));
  std::size_t n = 2 * m;
  while (n < never && ratio - log_binomial(n - 1, m - 1) > std::log(level)) n += std::max<std::size_t>(1, n / 256);
  return n;
}

Separation::Separation(double highest_level, double wager_level) : wager_level_(wager_level), least_needed_(needed(1)) {
  for (const std::size_t m : highest_counts) {
    first_look_[m] = first_look_at_highest(m, highest_level * part_of_highest(m));
  }
}

double Separation::needed(std::size_t place) const {
  const auto b = static_cast<double>(place);
  return std::log((b + half_of_places) * (b + half_of_places - 1) / half_of_places / wager_level_);
}

void Separation::bet(Wager& wager, std::size_t place, std::size_t above) const {
  const Logarithms log_of;
  const Classes& classes = classes_of(place);
  // Gaps from above down to the class's lower and its upper end, those that came since included.
  std::size_t k = 0, down_to = 0, from = 0;
  for (; k < cuts; ++k) {
    from = down_to;
    down_to = cut_of(classes, k, place) + wager.above[k];
    if (above < down_to) break;
  }
  if (k == cuts) {
    from = down_to;
    down_to = n_;
  }
  for (std::size_t i = k; i < cuts; ++i) ++wager.above[i];
  const double odds = log_of(n_) - log_of(down_to - from);
  for (std::size_t i = 0; i < laws; ++i) wager.log_wealth[i] += classes.log_shares[i][k] + odds;
  wager.given_up = *std::ranges::max_element(wager.log_wealth) < hopeless;
}

void Separation::add(std::size_t above, std::size_t n) {
  n_ = n;
  for (std::size_t m = std::min(most_highest, n - 1); m > 0; --m)
    highest_[m] = (m == 1 || highest_[m - 1]) && above < m;
  if (n < 2) return;
  Wager& newest = wagers_[(n - 1) % longest] = {};
  newest.log_wealth = log_weights();
  most_wealth_ = -std::numeric_limits<double>::infinity();
  for (std::size_t b = first_place(); b < n; ++b) {
    Wager& wager = wagers_[b % longest];
    if (wager.given_up) continue;
    bet(wager, b, above);
    most_wealth_ = std::max(most_wealth_, *std::ranges::max_element(wager.log_wealth) + most_of_sum);
  }
}

double Separation::wealth_of(std::size_t place) const {
  return wager(place).given_up ? -std::numeric_limits<double>::infinity() : log_of_sum(wager(place).log_wealth);
}

Separation::Best Separation::best_wager() const {
  Best best{.log_ratio = -std::numeric_limits<double>::infinity(), .place = n_ - 1, .earliest = n_};
  for (std::size_t b = first_place(); b < n_; ++b) {
    if (const double wealth = wealth_of(b); wealth > best.log_ratio) {
      best.log_ratio = wealth;
      best.place = b;
    }
  }
  for (std::size_t b = first_place(); b < n_; ++b) {
    if (wealth_of(b) < best.log_ratio - place_margin) continue;
    best.earliest = std::min(best.earliest, b);
    best.latest = b;
  }
  best.needed = needed(best.place);
  return best;
}

std::optional<Separation::Best> Separation::best() const {
  const bool any_highest = std::ranges::any_of(highest_counts, [this](std::size_t m) { return alarmed_by_highest(m); });
  if (!any_highest && most_wealth_ < least_needed_) return std::nullopt;  // as nearly always
  Best best = best_wager();
  bool alarm = best.log_ratio >= best.needed;
  for (const std::size_t m : highest_counts) {
    if (!alarmed_by_highest(m)) continue;
    const double log_ratio = log_binomial(n_, m), needed = log_binomial(first_look_[m], m);
    if (alarm && log_ratio / needed <= best.log_ratio / best.needed) continue;
    best.log_ratio = log_ratio;
    best.needed = needed;
    alarm = true;
  }
  return alarm ? std::optional(best) : std::nullopt;
}

bool Separation::able(std::size_t n) const {
  return std::ranges::any_of(highest_counts, [&](std::size_t m) { return 2 * m <= n && n >= first_look_[m]; });
}

}  // namespace sqrtn::statistics
