#include "statistics/separation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace sqrtn::statistics {
namespace {

constexpr double share_above = 0.9, place_margin = 3;

/// The j of each kind for b observations.
std::size_t allowed_above(std::size_t kind, std::size_t b) { return kind == 0 ? 1 : 1 + b / 8; }

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

}  // namespace

double Separation::needed(std::size_t place) const {
  const auto b = static_cast<double>(place);
  return std::log((b + 250) * (b + 249) / 250 / level_);
}

void Separation::add(std::size_t above, std::size_t n) {
  static const double log_above = std::log(share_above), log_below = std::log(1 - share_above);
  n_ = n;
  if (n < 2) return;
  const Logarithms log_of;
  most_wealth_ = -std::numeric_limits<double>::infinity();
  const double above_of_n = log_above + log_of(n), below_of_n = log_below + log_of(n);
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    wagers_[kind][(n - 1) % longest] = {};
    for (std::size_t b = n > longest ? n - longest : 1; b < n; ++b) {
      Wager& wager = wagers_[kind][b % longest];
      const std::size_t places_above = allowed_above(kind, b) + wager.above;
      const bool is_above = above < places_above;
      wager.wealth += is_above ? above_of_n - log_of(places_above) : below_of_n - log_of(n - places_above);
      wager.above += is_above ? 1 : 0;
      most_wealth_ = std::max(most_wealth_, wager.wealth);
    }
  }
}

std::optional<Separation::Best> Separation::best() const {
  if (most_wealth_ < least_needed_) return std::nullopt;  // as nearly always
  const std::size_t first = n_ > longest ? n_ - longest : 1;
  std::optional<Best> best;
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    std::size_t likeliest = first;
    for (std::size_t b = first; b < n_; ++b) {
      if (wager(kind, b).wealth > wager(kind, likeliest).wealth) likeliest = b;
    }
    const double wealth = n_ > first ? wager(kind, likeliest).wealth : 0;
    if (wealth < needed(likeliest) || (best && best->wealth >= wealth)) continue;
    best = Best{.wealth = wealth, .needed = needed(likeliest), .place = likeliest, .earliest = n_, .latest = 0};
    for (std::size_t b = first; b < n_; ++b) {
      if (wager(kind, b).wealth < wealth - place_margin) continue;
      best->earliest = std::min(best->earliest, b);
      best->latest = b;
    }
  }
  return best;
}

bool Separation::able(std::size_t n) const {
  const Logarithms log_of;
  double wealth = 0;
  for (std::size_t m = 1; m <= std::min(longest, n / 2); ++m) {
    // One more that lies apart makes the place one earlier: 0.9^m·C(n, m).
    wealth += std::log(share_above) + log_of(n - m + 1) - log_of(m);
    if (wealth >= needed(n - m)) return true;
  }
  return false;
}

}  // namespace sqrtn::statistics
