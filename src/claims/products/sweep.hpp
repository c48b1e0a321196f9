#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "claims/products/checks.hpp"

/// Calls over shapes, forms, paddings and scalars, each compared entry by entry with what it should be.
namespace sqrtn::claims {

/// How a sweep looks at its cases.
struct Sweep {
  Inputs inputs = Inputs::integers;
  bool exact = true;
  bool poison_c = false;  ///< C holds NaN before the call
  std::string note = {};  ///< what else is told of a failure
};

/// α·(AB)ᵢⱼ + β·cᵢⱼ in the arithmetic of `Real`; α = 0 leaves out the first term, and C is read only where it is.
template <class Real, class T>
Real expected_entry(const Problem<T>& problem, const Arguments<T>& arguments, bool reads_c, std::size_t i,
                    std::size_t j) {
  const Real alpha = arguments.alpha, beta = arguments.beta;
  const Real product = alpha != 0 ? alpha * static_cast<Real>(problem.value(i, j)) : Real(0);
  return product + (reads_c ? beta * Real(problem.c(i, j)) : Real(0));
}

/// Whether row i of C is what it should be in columns [first, last), where T holds that and each term of it.
template <class T>
bool is_exact(const Problem<T>& problem, const Arguments<T>& arguments, bool reads_c, std::size_t i, std::size_t first,
              std::size_t last) {
  bool exact = true;
  for (std::size_t j = first; j < last; ++j) {
    const T expected = expected_entry<T>(problem, arguments, reads_c, i, j), got = arguments.c(i, j);
    exact &= got == expected || (std::isnan(got) && std::isnan(expected));
  }
  return exact;
}

/// One call, compared entry by entry with what it should be, rows that are exact at once. What the call may not
/// write, the padding of C among it, must still be as it was.
template <class T>
void check_call(Trial& trial, const Problem<T>& problem, const Arguments<T>& arguments, const Sweep& sweep) {
  using Wide = blas::reference::Wide<T>;
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  trial.call(arguments);
  Findings& found = trial.found;
  const Routine routine = trial.product.routine;
  const MatrixView<T> c = arguments.c;
  const Wide alpha = arguments.alpha, beta = arguments.beta;
  const bool reads_c = beta != 0 || routine == Routine::scal;
  const std::size_t n_roundings = problem.shape.k + 2;
  const auto factor = sweep.exact ? 0 : static_cast<Wide>(gamma<T>(n_roundings) + gamma<Wide>(n_roundings));
  for (std::size_t i = 0; i < c.rows; ++i) {
    const auto where = [&](std::size_t j) {
      return fmt::format("{}, {} inputs{}, entry ({}, {})", trial.describe(arguments), to_string(sweep.inputs),
                         sweep.note, i, j);
    };
    const auto keeps = [&](std::size_t from, std::size_t to) {
      for (std::size_t j = from; j < to; ++j) {
        found.compare_kept(c(i, j), j >= c.cols || sweep.poison_c ? nan : problem.c(i, j), [&] {
          return where(j) + (j < c.cols ? ", in the triangle that is not used" : ", in the padding");
        });
      }
    };
    const auto [first, last] = written(arguments, routine, i);
    keeps(0, first);
    if (sweep.exact && is_exact(problem, arguments, reads_c, i, first, last)) {
      found.n_compared += last - first;
    } else {
      for (std::size_t j = first; j < last; ++j) {
        const Wide expected = expected_entry<Wide>(problem, arguments, reads_c, i, j);
        const Wide old = problem.c(i, j);
        const Wide bound = factor * (std::abs(alpha) * problem.magnitude(i, j) + std::abs(beta * old));
        found.compare(c(i, j), expected, bound, [&] { return where(j); });
      }
    }
    keeps(last, c.ld);
  }
}

/// All scalars, forms and paddings of one shape, until one fails.
template <class T>
void check_shape(Trial& trial, const Problem<T>& problem, const std::vector<Scalars>& scalars,
                 const Sweep& sweep = {}) {
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  for (const std::size_t padding : {0, 1}) {
    for (const Form& form : trial.product.forms) {
      const Matrix<T> a = stored(problem.a.view(), form.trans_a, padding);
      const Matrix<T> b = stored(problem.b.view(), form.trans_b, 2 * padding);
      for (const auto& [alpha, beta] : scalars) {
        if (trial.found.failed()) return;
        Matrix<T> c = stored(problem.c.view(), blas::Op::none, 3 * padding);
        if (sweep.poison_c) std::ranges::fill(c.storage(), nan);
        check_call<T>(trial, problem, {form, T(alpha), a.view(), b.view(), T(beta), c.view()}, sweep);
      }
    }
  }
}

template <class T>
void check_shapes(Trial& trial, const std::vector<ProductShape>& shapes, const std::vector<Scalars>& scalars,
                  const Sweep& sweep = {}) {
  for (const ProductShape& shape : shapes) {
    if (trial.found.failed()) return;
    check_shape(trial, Problem<T>(trial.product, shape, sweep.inputs, trial.data), scalars, sweep);
  }
}

}  // namespace sqrtn::claims
