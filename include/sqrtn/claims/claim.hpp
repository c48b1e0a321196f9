#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sqrtn/claims/subject.hpp"
#include "sqrtn/statistics/design.hpp"
#include "sqrtn/statistics/hypothesis.hpp"

/// A claim is one law, stated with its source, what it can resolve and how it is judged. Claims are
/// values: a program runs them, prints them, or hands them to a test framework.
namespace sqrtn::claims {

enum class Verdict {
  pass,
  fail,
  inconclusive,  ///< too little data or power to mean anything; fails a run
  skipped,       ///< with a reason, counted
};

/// In the order of Verdict.
inline constexpr std::array<std::string_view, 4> verdict_words{"pass", "fail", "inconclusive", "skipped"};
std::string_view to_string(Verdict verdict);

/// What a claim promises to those who use what it is about.
enum class ClaimClass {
  values,      ///< finite inputs give the right answer, whatever came before
  memory,      ///< nothing outside the operands is read or written
  process,     ///< threads, floating-point state and the like are left alone
  exceptions,  ///< NaN, Inf, α = 0 and underflow behave as IEEE 754 and the reference say
};

/// In the order of ClaimClass.
inline constexpr std::array<std::string_view, 4> class_words{"values", "memory", "process", "exceptions"};

/// What to think of a library, by the worst class of claim that it broke; the later the worse.
enum class Word {
  right,
  differs,  ///< exceptions: right for finite data
  unsafe,   ///< memory or process
  wrong,    ///< values
};

/// In the order of Word.
inline constexpr std::array<std::string_view, 4> word_words{"right", "differs", "unsafe", "wrong"};
std::string_view to_string(Word word);
Word word_of(ClaimClass broken);

/// What checking a claim found. Unset fields have no meaning for that claim (an exact one has no p).
struct Outcome {
  Verdict verdict = Verdict::inconclusive;
  std::string reason;      ///< what was wrong and where; empty for a pass
  bool at_random = false;  ///< failed, and held or failed elsewhere when it was judged again with the same seed
  std::string program;     ///< in C, that shows what was wrong without sqrtn; empty: none
  std::string accepted;    ///< why this finding is known and does not count for a run's verdict; empty: it does
  std::optional<std::size_t> n_samples;
  std::optional<double> statistic, p_value, observed, expected;
  std::optional<statistics::Interval> confidence_interval;
  std::optional<double> time_s;  ///< filled in by run()
};

/// Seed of the run, scale of the design and threads.
struct Settings {
  std::uint64_t seed = 1;
  unsigned threads = 0;  ///< 0: all available
  /// Multiplies every effect size; 1 to 10, 1 as stated. The sanitizer presets use a larger one:
  /// n_samples follows as 1/effect². The error rates stay, but that claims which lean on the central
  /// limit theorem have their alpha within 1 % at 1 and within a factor 1.5 at 10; what would be farther off is judged
  /// by its exact law or by the saddlepoint's.
  double effect_scale = 1;
  /// A first look at a library: by one interface, without long operands, where all routines are called together in
  /// one type, and values of the nine routines of networks at no more forms than of the others. What is left out is
  /// skipped.
  bool quick = false;
};

/// Of a quick run: a ninth of the samples.
inline constexpr double quick_effect_scale = 3;

struct Claim {
  std::string id;         ///< "initialisers/he_normal/f32/ars/scale"; '/' separates, no spaces
  std::string statement;  ///< one line of mathematics
  std::string source;     ///< paper and equation, or "laws.md §2"
  std::string engine;     ///< "ars", "philox" or empty
  ClaimClass claim_class = ClaimClass::values;
  bool uses_blas = false;
  /// Statistical claims: all three set. Exact ones: none.
  std::optional<double> alpha, power, effect_size;
  std::function<Outcome(const Subject&, const Settings&)> check;
};

/// A claim and what it found.
struct Result {
  Claim claim;
  Outcome outcome;
};

/// All claims, in the order of the layers: generator, products, initialisers (entry by entry, then as whole
/// matrices), layers, network, chains, reuse.
/// `effect_scale` is that of the settings they will be checked with.
std::vector<Claim> all_claims(const Settings& settings);
std::vector<Claim> generator_claims(const Settings& settings);
std::vector<Claim> product_claims(const Settings& settings);
std::vector<Claim> initialiser_claims(const Settings& settings);
std::vector<Claim> structured_claims(const Settings& settings);
std::vector<Claim> layer_claims(const Settings& settings);
std::vector<Claim> network_claims(const Settings& settings);
std::vector<Claim> chain_claims(const Settings& settings);
std::vector<Claim> reuse_claims(const Settings& settings);  ///< one weight, many rows or layers

/// Checks one claim and times it. Exceptions of the check pass through.
Result run(const Claim& claim, const Subject& subject, const Settings& settings);

/// The verdict on a run: fail if any claim failed, else inconclusive if any was, else pass. Empty: skipped.
/// Failures of the class exceptions count only where it is `strict`.
Verdict overall(const std::vector<Result>& results, bool strict = false);

/// The word for what the claims are about; none where nothing passed or failed.
std::optional<Word> word_of(const std::vector<Result>& results);

/// One line for people: verdict, id, observed and expected, p-value, interval, n_samples, effect.
std::string describe(const Result& result);

}  // namespace sqrtn::claims
