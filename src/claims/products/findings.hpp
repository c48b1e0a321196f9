#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "claims/judge.hpp"
#include "sqrtn/blas/reference.hpp"

/// How results are compared with what they should be, and what a claim makes of it.
namespace sqrtn::claims {

/// γ_n = n·u/(1 − n·u), u the unit roundoff of T.
template <class T>
long double gamma(std::size_t n) {
  const long double nu = static_cast<long double>(n) * std::numeric_limits<T>::epsilon() / 2;
  return nu / (1 - nu);
}

/// What a sweep has found so far: the worst ratio of error to bound, and the first failure.
struct Findings {
  std::size_t n_compared = 0, n_wrong = 0;
  double worst = 0;
  std::string reason;
  std::string program;  ///< in C, that shows the first failure; empty: none was written

  [[nodiscard]] bool failed() const { return n_wrong > 0; }

  /// Holds |got − expected| ≤ bound; a bound of 0 asks for equality, and where NaN or an infinity is
  /// expected, for that. `where` is called on failure.
  template <class T, class Where>
  void compare(T got, blas::reference::Wide<T> expected, blas::reference::Wide<T> bound, Where where) {
    compare_wide<blas::reference::Wide<T>>(got, expected, bound, where);
  }
  /// The same of what was computed in higher precision.
  template <class Wide, class Where>
  void compare_wide(Wide got, Wide expected, Wide bound, Where where) {
    ++n_compared;
    if (got == expected || (std::isnan(got) && std::isnan(expected))) return;
    const Wide error = std::abs(got - expected);
    const Wide ratio = error / bound;
    if (ratio <= 1 && std::isfinite(expected)) {
      worst = std::max(worst, static_cast<double>(ratio));
    } else {
      fail([&] { return fmt::format("{}: got {}, expected {}", where(), got, expected); });
    }
  }
  /// Holds got = expected, where NaN is as good as NaN and 0 as −0.
  template <class T, class Where>
  void compare_kept(T got, T expected, Where where) {
    compare_wide<T>(got, expected, T(0), where);
  }

  /// `text` makes the reason of the first failure.
  template <class Text>
  void fail(Text text) {
    worst = std::numeric_limits<double>::infinity();
    if (n_wrong++ == 0) reason = text();
  }
};

inline Outcome exact_outcome(const Findings& found) {
  Outcome outcome = exact_outcome(found.reason, found.n_compared);
  outcome.program = found.program;
  outcome.observed = static_cast<double>(found.n_wrong);
  outcome.expected = 0;
  return outcome;
}

inline Outcome bound_outcome(const Findings& found) {
  Outcome outcome = exact_outcome(found);
  outcome.observed = found.worst;
  outcome.expected = 1;
  return outcome;
}

}  // namespace sqrtn::claims
