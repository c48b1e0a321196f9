#include <algorithm>
#include <cmath>
#include <limits>

#include "claims/products/checks.hpp"
#include "claims/products/triangular.hpp"

namespace sqrtn::claims {

using blas::Op;
using blas::Side;
using blas::Triangle;
using blas::reference::Wide;

namespace {

/// v at one place of B: the solutions in whose sums it is are not finite, the other systems exact.
template <class T>
void check_exceptional(const blas::Functions& blas, const Form& form, const ProductShape& shape, T v, TestData& data,
                       Findings& found) {
  IntegerSystem<T> system(form, shape, data);
  for (Matrix<T>* factor : {&system.a, &system.op_a}) {
    // No zero where the triangle is: what is 0·Inf is left open.
    for (std::size_t i = 0; i < system.order; ++i) {
      for (std::size_t j = 0; j < system.order; ++j) {
        const bool inside =
            (factor == &system.a || form.trans_a == Op::none) == (form.triangle == Triangle::upper) ? i < j : i > j;
        if (inside && (*factor)(i, j) == 0) (*factor)(i, j) = 1;
      }
    }
  }
  system.set_right();
  const bool left = form.side == Side::left;
  const bool upper = (form.triangle == Triangle::upper) == (form.trans_a == Op::none);
  const std::size_t row = shape.m / 2, col = shape.n / 3;
  system.right(row, col) = v;
  solve(blas, system, {{1, 0}, {-1, 0}}, found, [&](const Arguments<T>& at) {
    for (std::size_t i = 0; i < shape.m; ++i) {
      for (std::size_t j = 0; j < shape.n; ++j) {
        const auto where = [&] {
          return fmt::format("{}, {} at ({}, {}) of B, entry ({}, {})", describe(Routine::trsm, at), v, row, col, i, j);
        };
        if (left ? j != col : i != row) {
          found.compare(at.c(i, j), Wide<T>(at.alpha) * system.x(i, j), Wide<T>(0), where);
        } else if (left ? (upper ? i <= row : i >= row) : (upper ? j >= col : j <= col)) {
          const T got = at.c(i, j);
          found.compare(std::isfinite(got) ? got : std::numeric_limits<T>::quiet_NaN(),
                        std::numeric_limits<Wide<T>>::quiet_NaN(), Wide<T>(0), where);
        }
      }
    }
  });
}

/// Whatever the form, every solution is `expected`.
template <class T>
Outcome solutions_are(T expected, T alpha, bool poisoned, const Product& product, const blas::Functions& blas,
                      TestData& data) {
  Findings found;
  for (const auto* shapes : {&product.small, &product.medium}) {
    for_all_systems(product, *shapes, found, [&](const Form& form, const ProductShape& shape) {
      IntegerSystem<T> system(form, shape, data);
      for (Matrix<T>* operand : {&system.a, &system.right}) {
        if (poisoned) std::ranges::fill(operand->storage(), std::numeric_limits<T>::quiet_NaN());
      }
      solve(blas, system, {{alpha, 0}}, found, [&](const Arguments<T>& at) {
        for (std::size_t i = 0; i < shape.m; ++i) {
          for (std::size_t j = 0; j < shape.n; ++j) {
            found.compare_kept(at.c(i, j), expected, [&] {
              return fmt::format("{}{}, entry ({}, {})", describe(Routine::trsm, at),
                                 poisoned ? ", A and B hold NaN" : "", i, j);
            });
          }
        }
      });
    });
  }
  return exact_outcome(found);
}

}  // namespace

template <class T>
Outcome solve_alpha_zero(const Product& product, const blas::Functions& blas, TestData& data) {
  return solutions_are<T>(0, 0, true, product, blas, data);
}

template <class T>
Outcome solve_alpha_nan(const Product& product, const blas::Functions& blas, TestData& data) {
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  return solutions_are<T>(nan, nan, false, product, blas, data);
}

template <class T>
Outcome solve_exceptional(const Product& product, const blas::Functions& blas, TestData& data) {
  Findings found;
  for (const auto* shapes : {&product.small, &product.medium}) {
    for_all_systems(product, *shapes, found, [&](const Form& form, const ProductShape& shape) {
      for (const T v : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
        if (!found.failed()) check_exceptional<T>(blas, form, shape, v, data, found);
      }
    });
  }
  return exact_outcome(found);
}

template <class T>
Outcome solve_subnormals(const Product& product, const blas::Functions& blas, TestData& data) {
  // Four of the smallest: a half of one, and that halved by a diagonal of 2, is still a number.
  constexpr int exponent = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits + 2;
  Findings found;
  for (const auto* shapes : {&product.small, &product.medium}) {
    for_all_systems(product, *shapes, found, [&](const Form& form, const ProductShape& shape) {
      check_exact<T>(blas, form, shape, product.few_scalars, data, found, exponent);
    });
  }
  return exact_outcome(found);
}

#define SQRTN_INSTANTIATE(T)                                                                \
  template Outcome solve_alpha_zero<T>(const Product&, const blas::Functions&, TestData&);  \
  template Outcome solve_alpha_nan<T>(const Product&, const blas::Functions&, TestData&);   \
  template Outcome solve_exceptional<T>(const Product&, const blas::Functions&, TestData&); \
  template Outcome solve_subnormals<T>(const Product&, const blas::Functions&, TestData&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
