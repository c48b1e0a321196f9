#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "sqrtn/blas/reference.hpp"
#include "sqrtn/claims/claim.hpp"

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

  [[nodiscard]] bool failed() const { return n_wrong > 0; }

  /// Holds |got − expected| ≤ bound; a bound of 0 asks for equality. `where` is called on failure.
  template <class T, class Where>
  void compare(T got, blas::reference::Wide<T> expected, blas::reference::Wide<T> bound, Where where) {
    ++n_compared;
    const blas::reference::Wide<T> error = std::abs(got - expected);
    const blas::reference::Wide<T> ratio = error == 0 ? 0 : error / bound;
    if (ratio <= 1) {
      worst = std::max(worst, static_cast<double>(ratio));
      return;
    }
    worst = std::numeric_limits<double>::infinity();
    if (n_wrong++ == 0) reason = fmt::format("{}: got {}, expected {}", where(), got, expected);
  }
};

inline Outcome exact_outcome(const Findings& found) {
  Outcome outcome;
  outcome.verdict = found.failed() ? Verdict::fail : Verdict::pass;
  outcome.reason = found.reason;
  outcome.n_samples = found.n_compared;
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
