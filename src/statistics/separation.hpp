#pragma once

#include <array>
#include <cstddef>
#include <optional>

/// Whether the newest observations lie apart from what was before: wagers that are fair under the null. They find large
/// steps in the fewest observations, and in short series, where sums of sequential ranks dilute.
namespace sqrtn::statistics {

/// For each place b there are two wagers, from the first observation behind it to the 24th: that nine in ten are above
/// all of the b before, or above all but an eighth of them. Under exchangeability, when c of the first i − 1 were
/// above the j-th largest of the b, the i-th is so with probability (j + c)/(b + i), whatever else is known; so what a
/// wager of 1 becomes is a martingale, and exceeds x at any look with probability ≤ 1/x (Ville). A wager on b has the
/// part 250/((b + 250)(b + 249)) of the level, which over all b is the whole.
/// Source: Ville, Étude critique de la notion de collectif (1939); Vovk, Nouretdinov and Gammerman, ICML 2003 (wagers
/// on sequential ranks).
class Separation {
 public:
  /// P(any wager of one of the two kinds becomes what is needed, at any look) ≤ level.
  explicit Separation(double level) : level_(level), least_needed_(needed(1)) {}

  /// The next observation, the n-th, below which there are all but `above` of those before.
  void add(std::size_t above, std::size_t n);

  struct Best {
    double wealth = 0, needed = 0;         ///< logarithms
    std::size_t place = 0;                 ///< b
    std::size_t earliest = 0, latest = 0;  ///< of the wagers of that kind that are less by at most 3
  };
  /// The wager with the most beyond what is needed, if any is.
  [[nodiscard]] std::optional<Best> best() const;

  /// Logarithm of what the wager of a kind, 0 or 1, on one of the newest 23 places has become.
  [[nodiscard]] double wealth_of(std::size_t kind, std::size_t place) const { return wager(kind, place).wealth; }

  /// Whether the newest of n observations would be found if they lay apart from the others, for some number of them.
  [[nodiscard]] bool able(std::size_t n) const;

 private:
  static constexpr std::size_t longest = 24, kinds = 2;
  struct Wager {
    double wealth = 0;
    std::size_t above = 0;
  };
  [[nodiscard]] double needed(std::size_t place) const;
  [[nodiscard]] const Wager& wager(std::size_t kind, std::size_t place) const { return wagers_[kind][place % longest]; }

  double level_;
  double least_needed_;     ///< of any place
  double most_wealth_ = 0;  ///< of any wager
  std::size_t n_ = 0;
  std::array<std::array<Wager, longest>, kinds> wagers_{};  ///< on the newest places, by their remainder
};

}  // namespace sqrtn::statistics
