#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "claims/products/checks.hpp"
#include "claims/products/findings.hpp"

/// trsm against systems with solutions in integers, and by the residual of what it solved.
namespace sqrtn::claims {

using blas::Op;
using blas::Side;
using blas::Triangle;
using blas::reference::Wide;

namespace {

/// Calls trsm with each pair of scalars and padding; `judge` compares the solution with what it should be.
template <class T, class Judge>
void solve(Trial& trial, const TriangularSystem<T>& system, const std::vector<Scalars>& scalars, Judge judge) {
  for (const std::size_t padding : {0, 3}) {
    const Matrix<T> a = stored(system.a.view(), Op::none, padding);
    for (const auto& [alpha, beta] : scalars) {
      if (trial.found.failed()) return;
      Matrix<T> x = stored(system.right.view(), Op::none, 2 * padding);
      const Arguments<T> arguments{system.form, T(alpha), a.view(), {}, T(beta), x.view()};
      trial.call(arguments);
      judge(arguments);
      for (std::size_t i = 0; i < x.rows(); ++i) {
        for (std::size_t j = x.cols(); j < x.ld(); ++j) {
          trial.found.compare_kept(x(i, j), std::numeric_limits<T>::quiet_NaN(), [&] {
            return fmt::format("{}, entry ({}, {}), in the padding", trial.describe(arguments), i, j);
          });
        }
      }
    }
  }
}

/// A system and its solution in integers: every partial sum is an integer, or a half, within the digits of T.
template <class T>
struct IntegerSystem : TriangularSystem<T> {
  IntegerSystem(const Form& form, const ProductShape& shape, TestData& data)
      : TriangularSystem<T>(form, shape, Inputs::integers, data), x(shape.m, shape.n) {
    data.fill_integers(x.storage(),
                       std::ldexp(1.0, std::numeric_limits<T>::digits - 5) / static_cast<double>(this->order));
    set_right();
  }
  void set_right() {
    Matrix<Wide<T>> product(x.rows(), x.cols());
    const bool left = this->form.side == Side::left;
    const MatrixView<const T> factor = std::as_const(this->op_a).view(), solution = std::as_const(x).view();
    multiply_exactly(left ? factor : solution, left ? solution : factor, product.view());
    std::ranges::transform(product.storage(), this->right.storage().begin(),
                           [](Wide<T> entry) { return static_cast<T>(entry); });
  }
  Matrix<T> x;
};

/// Solved exactly, both sides times 2^exponent.
template <class T>
void check_exact(Trial& trial, const Form& form, const ProductShape& shape, const std::vector<Scalars>& scalars,
                 int exponent = 0) {
  IntegerSystem<T> system(form, shape, trial.data);
  for (Matrix<T>* side : {&system.x, &system.right}) {
    for (T& entry : side->storage()) entry = std::ldexp(entry, exponent);
  }
  solve(trial, system, scalars, [&](const Arguments<T>& at) {
    for_entries(at.c, [&](std::size_t i, std::size_t j) {
      trial.found.compare(at.c(i, j), Wide<T>(at.alpha) * system.x(i, j), Wide<T>(0),
                          [&] { return fmt::format("{}, integer inputs, entry ({}, {})", trial.describe(at), i, j); });
    });
  });
}

/// Every form of every shape whose triangle is not huge, until one fails.
template <class Action>
void for_all_systems(const Trial& trial, const std::vector<ProductShape>& shapes, Action action) {
  constexpr std::size_t largest_order = 1100;
  for (const ProductShape& shape : shapes) {
    for (const Form& form : trial.product.forms) {
      if ((form.side == Side::left ? shape.m : shape.n) > largest_order) continue;
      if (trial.found.failed()) return;
      action(form, shape);
    }
  }
}

/// The residual of the computed solution within the bound of substitution in any order.
template <class T>
void check_residual(Trial& trial, const Form& form, const ProductShape& shape, Inputs inputs) {
  TriangularSystem<T> system(form, shape, inputs, trial.data);
  trial.data.fill(system.right.storage(), inputs);
  Matrix<Wide<T>> value(shape.m, shape.n), magnitude(shape.m, shape.n);
  const auto factor = static_cast<Wide<T>>(gamma<T>(system.order + 2) + gamma<Wide<T>>(system.order + 2));
  solve(trial, system, trial.product.scalars.rounding, [&](const Arguments<T>& at) {
    system.multiply(at.c, value.view(), magnitude.view());
    for_entries(at.c, [&](std::size_t i, std::size_t j) {
      const Wide<T> right = Wide<T>(at.alpha) * system.right(i, j);
      trial.found.compare_wide(value(i, j), right, factor * (magnitude(i, j) + std::abs(right)), [&] {
        return fmt::format("{}, {} inputs, entry ({}, {}) of the solution put back in", trial.describe(at),
                           to_string(inputs), i, j);
      });
    });
  });
}

/// v at one place of B: the solutions in whose sums it is are not finite, the other systems exact. What lies before it
/// in its own system is left open: a library may multiply by inverted blocks.
template <class T>
void check_exceptional(Trial& trial, const Form& form, const ProductShape& shape, T v) {
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  IntegerSystem<T> system(form, shape, trial.data);
  // No zero where the triangle is: what is 0·Inf is left open.
  std::ranges::replace(system.a.storage(), T(0), T(1));
  system.set_op();
  system.set_right();
  const bool left = form.side == Side::left;
  const bool upper = (form.triangle == Triangle::upper) == (form.trans_a == Op::none);
  const std::size_t row = shape.m / 2, col = shape.n / 3;
  system.right(row, col) = v;
  solve(trial, system, {{1, 0}, {-1, 0}}, [&](const Arguments<T>& at) {
    for_entries(at.c, [&](std::size_t i, std::size_t j) {
      const auto where = [&] {
        return fmt::format("{}, {} at ({}, {}) of B, entry ({}, {})", trial.describe(at), v, row, col, i, j);
      };
      const T got = at.c(i, j);
      if (left ? j != col : i != row) {
        trial.found.compare(got, Wide<T>(at.alpha) * system.x(i, j), Wide<T>(0), where);
      } else if (left ? (upper ? i <= row : i >= row) : (upper ? j >= col : j <= col)) {
        trial.found.compare(std::isfinite(got) ? got : nan, Wide<T>(nan), Wide<T>(0), where);
      }
    });
  });
}

/// Whatever the form, every solution is `expected`.
template <class T>
void solutions_are(Trial& trial, T expected, T alpha, bool poisoned) {
  for_all_systems(trial, up_to_medium(trial.product), [&](const Form& form, const ProductShape& shape) {
    IntegerSystem<T> system(form, shape, trial.data);
    for (Matrix<T>* operand : {&system.a, &system.right}) {
      if (poisoned) std::ranges::fill(operand->storage(), std::numeric_limits<T>::quiet_NaN());
    }
    solve(trial, system, {{alpha, 0}}, [&](const Arguments<T>& at) {
      for_entries(at.c, [&](std::size_t i, std::size_t j) {
        trial.found.compare_kept(at.c(i, j), expected, [&] {
          return fmt::format("{}{}, entry ({}, {})", trial.describe(at), poisoned ? ", A and B hold NaN" : "", i, j);
        });
      });
    });
  });
}

/// Systems whose solutions are integers.
template <class T>
void exact(Trial& trial) {
  const auto check = [&](const std::vector<ProductShape>& shapes, const std::vector<Scalars>& scalars) {
    for_all_systems(trial, shapes,
                    [&](const Form& form, const ProductShape& shape) { check_exact<T>(trial, form, shape, scalars); });
  };
  check(trial.product.small, trial.product.scalars.exact);
  check(joined({trial.product.medium, trial.product.large}), trial.product.scalars.few);
}

template <class T>
void bound(Trial& trial) {
  const auto check = [&](const std::vector<ProductShape>& shapes, Inputs inputs) {
    for_all_systems(trial, shapes, [&](const Form& form, const ProductShape& shape) {
      check_residual<T>(trial, form, shape, inputs);
    });
  };
  check(trial.product.small, Inputs::normal);
  check(trial.product.small, Inputs::positive);
  check(trial.product.medium, Inputs::normal);
}

template <class T>
void alpha_zero(Trial& trial) {
  solutions_are<T>(trial, 0, 0, true);
}

template <class T>
void alpha_nan(Trial& trial) {
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  solutions_are<T>(trial, nan, nan, false);
}

template <class T>
void exceptional(Trial& trial) {
  for_all_systems(trial, up_to_medium(trial.product), [&](const Form& form, const ProductShape& shape) {
    for (const T v : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
      if (!trial.found.failed()) check_exceptional<T>(trial, form, shape, v);
    }
  });
}

/// Systems whose solutions are subnormal integers.
template <class T>
void subnormals(Trial& trial) {
  // Four of the smallest: a half of one, and that halved by a diagonal of 2, is still a number.
  constexpr int exponent = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits + 2;
  for_all_systems(trial, up_to_medium(trial.product), [&](const Form& form, const ProductShape& shape) {
    check_exact<T>(trial, form, shape, trial.product.scalars.few, exponent);
  });
}

}  // namespace

template <class T>
std::vector<Check> checks_of_trsm() {
  const std::vector<Routine> trsm{Routine::trsm};
  return {{.name = "exact",
           .of = trsm,
           .statement = " is exact where every partial sum is a small integer; gaps, the other triangle and a diagonal "
                        "of ones are not read",
           .source = exact_source,
           .check = exact<T>},
          {.name = "bound",
           .of = trsm,
           .statement = ": |op(A)X − αB| ≤ γ_{n+2}(|op(A)||X| + |αB|) entry by entry, worst case",
           .source = "Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., theorem 8.5",
           .check = bound<T>,
           .outcome = bound_outcome},
          {.name = "alpha_zero",
           .of = trsm,
           .statement = " with α = 0 is 0 and reads neither A nor B, which hold NaN",
           .source = reference_source,
           .check = alpha_zero<T>},
          {.name = "exceptional_scalars",
           .of = trsm,
           .statement = " with α = NaN is NaN",
           .source = ieee_source,
           .check = alpha_nan<T>},
          {.name = "exceptional",
           .of = trsm,
           .statement = ": a NaN or Inf in B reaches the solutions that depend on it, and no other system",
           .source = ieee_source,
           .check = exceptional<T>},
          {.name = "subnormals",
           .of = trsm,
           .statement = ": subnormals are kept, as operands and as results",
           .source = ieee_source,
           .check = subnormals<T>}};
}

template std::vector<Check> checks_of_trsm<float>();
template std::vector<Check> checks_of_trsm<double>();

}  // namespace sqrtn::claims
