#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "sqrtn/statistics/hypothesis.hpp"

/// Is the new one slower? Sequential verdicts over many cases from paired log ratios, exact whatever the noise.
///
/// Model: one observation is d = θ + s·c, the contrast of a block of two runs whose order was drawn by a fair coin:
/// θ = ln(new/old) is what is asked for, c is whatever the machine did (heavy-tailed, drifting, autocorrelated),
/// and s = ±1 is the coin. So, given all that went before, d > θ with probability at most ½, and the number of
/// d above a threshold t ≥ θ is at most Binomial(n, ½): the sign test needs no law of the noise.
/// The same holds, coin or not, where each side's times vary by a law of their own and θ is the median of d: that
/// is why the blocks are of two. Larger ones with all their orders would tell a plain effect in fewer runs, but by
/// ranks, which call it slower where NEW only varies more.
/// Assumes: the noise does not know which of the two runs, or ran before (heat, a clock that one of them leaves lower
/// for the other, or work that one leaves running, is carried over and counted as its own), and the runs of both take
/// about equally long, or the noise goes by the place in the block and not by the clock. θ is ln of the ratio of the
/// medians where both sides' noise has one law.
namespace sqrtn::statistics {

/// The declared looks: 6 observations, then the next whole number or a tenth more, up to 2,000. Data between
/// two looks decide nothing, so looking again and again spends no more than was counted.
const std::vector<std::size_t>& sequential_looks();

/// The one-sided sign test at every look. A look at n observations rejects "the median is at most t" if fewer than
/// rank(n) of them are ≤ t. Half of the error rate is for the plainest effect, all observations beyond t, from the
/// first look on at which 2⁻ⁿ ≤ tail/2; the rest goes to all looks at one nominal level as Pocock has it, where the
/// rank is the largest k with P(Binomial(n, ½) < k) ≤ nominal.
class SequentialSignTest {
 public:
  /// The test of that tail, kept: finding the level takes some 50 ms. Safe beside other threads.
  static const SequentialSignTest& of(double tail);
  /// Takes the largest nominal level at which a fair coin is rejected at any look with probability ≤ tail;
  /// exact, by recursion over the walks that no earlier look has stopped (Armitage, McPherson and Rowe, J. R.
  /// Statist. Soc. A 132 (1969) 235). Throws: std::invalid_argument unless tail is in [1e-12, ½).
  explicit SequentialSignTest(double tail);

  [[nodiscard]] double nominal() const { return nominal_; }
  /// P(a fair coin is rejected at any look): at most the tail.
  [[nodiscard]] double crossing_probability() const;
  /// 0 if n is not a look, or too few to reject anything.
  [[nodiscard]] std::size_t rank(std::size_t n_samples) const;
  /// The first look that can reject anything.
  [[nodiscard]] std::size_t least() const;
  /// [x₍k₎, x₍n+1−k₎]: at all looks together, each end is on the wrong side of the median with probability
  /// ≤ tail. nullopt if rank(n) is 0. Throws: std::invalid_argument if a value is NaN.
  [[nodiscard]] std::optional<Interval> interval(std::span<const double> sample) const;

 private:
  double nominal_ = 0;
  std::vector<std::size_t> ranks_;  ///< one a look
};

enum class Change { unresolved, same, slower, faster };

struct ChangeSettings {
  double alpha = 1e-6;       ///< of each of the words slower and faster, over all cases of a run
  double min_effect = 0.02;  ///< the smallest one worth a word: the band is |θ| ≤ ln(1 + min_effect)
};

/// The fewest observations of a case after which it can be called slower, or faster, in a family of so many.
std::size_t least_observations(std::size_t n_cases, const ChangeSettings& settings);

/// One case as it stands. `same` was given exactly if `interval` lies inside the band and refutes no suspicion,
/// `slower` or `faster` if it lies beyond and so did that of the observations that raised the suspicion, at the level
/// of the family.
struct CaseChange {
  Change change = Change::unresolved;
  Change suspected = Change::unresolved;  ///< slower or faster: its later observations are to confirm that
  bool refuted = false;                   ///< suspected, but the fresh observations lie on this side of the band
  std::vector<double> screened;           ///< log ratios
  std::vector<double> confirming;         ///< those after the suspicion
  std::optional<Interval> interval;       ///< of θ: of the fresh observations once these gave the word
  bool dropped = false;                   ///< takes no more observations, for a reason of the caller's
  [[nodiscard]] bool decided() const { return change != Change::unresolved || refuted; }
  /// Whether a θ above `limit` is excluded: it has a word (be it slower), or the interval ends below and nothing is
  /// suspected.
  [[nodiscard]] bool bounded_by(double limit) const;
  /// Whether more observations can decide it: no if it is decided or the last look is behind.
  [[nodiscard]] bool open() const;
  /// Those that the interval and the median stand on.
  [[nodiscard]] const std::vector<double>& judged() const;
};

/// Verdicts over a family of cases. With a = √alpha and h = number of cases less those that have the word
/// (rounded up to two binary digits):
/// - same: both ends inside the band, each at tail a/h. Holm's step-down: wrong anywhere with probability ≤ a.
/// - slower (faster): the low end above (the high end below) the band at tail a/h makes a suspect; its
///   observations start anew, and the low end of those must again be above, at tail a. A case whose θ is not
///   beyond the band is suspected with probability ≤ a/h, and given that, confirmed with probability ≤ a: the
///   word is wrong anywhere with probability ≤ a² = alpha, by Holm's argument (before the first wrong word all
///   given ones are right, so h counts every case that could still be wronged).
/// Holds for any dependence between cases. Source: Holm, Scand. J. Statist. 6 (1979) 65; over looks:
/// Bartroff and Song, J. Statist. Plann. Inference 153 (2014) 100.
class PairedChanges {
 public:
  /// Throws: std::invalid_argument for alpha outside [1e-12, 0.25) or a min_effect that is not in (0, 10].
  PairedChanges(std::size_t n_cases, const ChangeSettings& settings);

  /// One more observation of an open case. Throws: std::invalid_argument unless it is finite.
  void add(std::size_t index, double log_ratio);
  /// Takes no more observations of that case.
  void drop(std::size_t index);
  /// Gives what words can be given; to be called after each block. Costs nothing between two looks.
  void look();
  [[nodiscard]] std::vector<std::size_t> open_cases() const;
  /// How many more observations it would take until the case is bounded by `limit`, if its later ones spread as its
  /// earlier ones: the ends of an interval come closer to the median as 1/√n. 0 if it is; nullopt if none would do,
  /// as for a median beyond the band by nothing. An estimate, on which no error rate stands.
  [[nodiscard]] std::optional<std::size_t> wanting(std::size_t index, double limit) const;
  [[nodiscard]] const std::vector<CaseChange>& cases() const { return cases_; }

 private:
  bool screen(CaseChange& c);
  bool confirm(CaseChange& c);
  [[nodiscard]] double divisor(Change word) const;

  double level_, band_;
  std::vector<CaseChange> cases_;
};

}  // namespace sqrtn::statistics
