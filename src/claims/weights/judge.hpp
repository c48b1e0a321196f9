#pragma once

#include <optional>
#include <string>
#include <vector>

#include "claims/weights/candidates.hpp"
#include "claims/weights/expected.hpp"
#include "claims/weights/lines.hpp"
#include "claims/weights/picture.hpp"
#include "claims/weights/ratio.hpp"

/// What one tensor of unknown origin is.
namespace sqrtn::claims::weights {

/// What is said of a tensor.
enum class Word {
  draw,        ///< of one rule; all others that are listed give the same deviation
  undecided,   ///< of one of several laws or rules, which so few values do not tell apart
  no_rule,     ///< a draw of a known law, of no rule's deviation
  located,     ///< a draw about another centre than 0
  structured,  ///< constant, identity, Dirac, orthogonal
  no_draw,     ///< no law holds: trained, or from elsewhere
  broken       ///< not finite, not initialised, or read as another type
};
inline constexpr std::string_view word_words[] = {"draw",       "undecided", "no rule", "located",
                                                  "structured", "no draw",   "broken"};

enum class Outcome { holds, fails, inconclusive };
inline constexpr std::string_view outcome_words[] = {"holds", "fails", "inconclusive"};

/// What became of the rule that a user asserted.
struct Assertion {
  std::string rule;
  Outcome outcome = Outcome::holds;
  Test failed = Test::none;  ///< of the law's tests
  double p_value = 1;        ///< an upper bound, times the number of tests
  std::optional<Ratio> ratio;
};

/// Laws that hold, each with the rules whose deviation is in its interval.
struct Fitting {
  LawFit law;
  std::vector<Match> matches;
};

struct Judged {
  std::string name;
  Dtype dtype = Dtype::f32;
  Shape shape;
  std::size_t count = 0;
  Word word = Word::no_draw;
  FoundStructure structure;
  std::vector<Fitting> laws;     ///< that hold
  std::vector<LawFit> rejected;  ///< the others of mean 0, with what they failed
  std::optional<LocatedFit> located;
  std::optional<Ratio> ratio;  ///< where no rule fits
  std::vector<Finding> findings;
  std::optional<Assertion> assertion;
  double mean = 0, stddev = 0, kurtosis = 0;  ///< stddev: √(mean of squares) about 0
  /// Standard errors by which kurtosis, and the spread of row and column norms, are off the nearest law: to be shown.
  double kurtosis_errors = 0, row_errors = 0, column_errors = 0;
  double effect = 0;  ///< on the variance of a normal law, that so many values find with power 1 − 1e-6; ∞: none
  std::optional<Picture> picture;  ///< of those that were asked for

  /// Whether something is wrong that no rule and no training explains.
  [[nodiscard]] bool is_wrong() const;
};

/// The law that was found, with its rule's deviation where there is one rule, else with the estimated one; without a
/// name, with mean and deviation of the values, where none was.
BelievedLaw believed_law(const Judged& judged);

/// What is kept of a tensor to compare it with others.
struct Trace {
  std::uint64_t hash = 0;
  std::size_t count = 0;
  bool is_random = false;  ///< not constant, identity …: those are alike by right
  std::vector<statistics::Anchor> anchors;
};

struct Inspected {
  Judged judged;
  Trace trace;
};

/// Judges one tensor at level alpha, which it divides among its tests. `expected`: null for none.
Inspected inspect(const StoredTensor& tensor, const Expected* expected, double alpha, unsigned threads = 1,
                  const std::function<void(std::size_t values)>& progress = {});

/// Tensors that repeat each other: equal (negated, with other signs, permuted), or with a run of values in common, as
/// two draws from one stream at an offset have; also such runs within one tensor. At least 32 values long, which chance
/// brings with probability below 1e-60 in half types, whose values agree at a rate below 1 in 100. The finding goes to
/// the later.
void find_repetitions(const std::vector<StoredTensor>& tensors, std::vector<Inspected>& inspected);

}  // namespace sqrtn::claims::weights
