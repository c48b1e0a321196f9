#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

/// Whether the newest observations lie apart from what was before. Finds large steps in nearly the fewest observations
/// that ranks allow, and serves short series, where sums of sequential ranks dilute.
namespace sqrtn::statistics {

/// Part of its level that the newest m being the highest of all have, m from 3 to 16.
double part_of_highest(std::size_t m);

/// The first number of observations n at whose look the newest m being the highest of all is an alarm: the least for
/// which Σ over all looks from there of 1/C(n, m), which is m/((m − 1)·C(n − 1, m − 1)), is within the level.
std::size_t first_look_at_highest(std::size_t m, double level);

/// Two statistics, exact under exchangeability:
/// - the newest m of n are higher than all the others: probability 1/C(n, m), summed over all looks;
/// - for each place b a wager, from the first observation behind it to the 24th, on where among the b before it each
///   one falls, in seven classes: as five laws
///   have it, two of them normal ones that are shifted, three that lie above a share, each with a part of the wager.
///   When c of those seen since fell into a class of a gaps between the b, the i-th since does with probability (a +
///   c)/(b + i), whatever else is known; so what a wager of 1 becomes is a martingale, and exceeds x at any look with
///   probability ≤ 1/x (Ville). A wager on b has the part 150/((b + 150)(b + 149)) of the level, which over all b is
///   the whole.
/// Source: Ville, Étude critique de la notion de collectif (1939); Vovk, Nouretdinov and Gammerman, ICML 2003 (wagers
/// on sequential ranks).
class Separation {
 public:
  /// P(an alarm of the first kind at any look) ≤ highest_level, of the second ≤ wager_level.
  Separation(double highest_level, double wager_level);

  /// The next observation, the n-th, below which there are all but `above` of those before.
  void add(std::size_t above, std::size_t n);

  struct Best {
    double log_ratio = 0, needed = 0;      ///< logarithms of what was reached and of what is an alarm
    std::size_t place = 0;                 ///< b
    std::size_t earliest = 0, latest = 0;  ///< of the wagers that are less by at most 3
  };
  /// What exceeds what it needs by the largest factor, if anything does.
  [[nodiscard]] std::optional<Best> best() const;

  /// Logarithm of what the wager on one of the newest 24 places has become; −∞ if it was given up.
  [[nodiscard]] double wealth_of(std::size_t place) const;

  /// Whether the newest of n observations would be found if they lay apart from the others, for some number of them.
  [[nodiscard]] bool able(std::size_t n) const;

 private:
  static constexpr std::size_t longest = 24, cuts = 6, laws = 5, most_highest = 16;
  struct Wager {
    std::array<double, laws> log_wealth{};
    std::array<std::uint8_t, cuts> above{};  ///< of those since the place, how many are above a cut
    bool given_up = false;
  };

  [[nodiscard]] double needed(std::size_t place) const;
  [[nodiscard]] std::size_t first_place() const { return n_ > longest ? n_ - longest : 1; }
  [[nodiscard]] const Wager& wager(std::size_t place) const { return wagers_[place % longest]; }
  [[nodiscard]] Best best_wager() const;
  void bet(Wager& wager, std::size_t place, std::size_t above) const;
  [[nodiscard]] bool alarmed_by_highest(std::size_t m) const { return highest_[m] && n_ >= first_look_[m]; }

  double wager_level_;
  double least_needed_;  ///< of any place
  std::array<std::size_t, most_highest + 1> first_look_{};
  double most_wealth_ = 0;  ///< of any wager, at most
  std::size_t n_ = 0;
  std::array<Wager, longest> wagers_{};           ///< on the newest places, by their remainder
  std::array<bool, most_highest + 1> highest_{};  ///< whether the newest m are the highest of all
};

}  // namespace sqrtn::statistics
