#include "claims/products/trsm.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "claims/products/findings.hpp"

/// trsm against systems with solutions in integers, and by the residual of what it solved.
namespace sqrtn::claims {

using blas::Diagonal;
using blas::Op;
using blas::Side;
using blas::Triangle;
using blas::reference::Wide;

template <class T>
TriangularSystem<T>::TriangularSystem(const Form& form_, const ProductShape& shape, Inputs inputs, TestData& data)
    : form(form_),
      order(form.side == Side::left ? shape.m : shape.n),
      a(order, order, order, std::numeric_limits<T>::quiet_NaN()),
      op_a(order, order, order, T(0)),
      right(shape.m, shape.n) {
  Matrix<T> entries(order, order);
  if (inputs == Inputs::integers) {
    data.fill_integers(entries.storage(), 2);
  } else {
    data.fill(entries.storage(), inputs);
    for (T& entry : entries.storage()) entry /= 2 * std::sqrt(static_cast<T>(order));
  }
  for (std::size_t i = 0; i < order; ++i) {
    entries(i, i) = std::ldexp(T(i % 2 == 0 ? 1 : -1), static_cast<int>(i % 3) - 1);
    for (std::size_t j = 0; j < order; ++j) {
      const bool inside = form.triangle == Triangle::upper ? i < j : i > j;
      if (inside || (i == j && form.diagonal == Diagonal::stored)) a(i, j) = entries(i, j);
      T& place = form.trans_a == Op::none ? op_a(i, j) : op_a(j, i);
      place = inside ? entries(i, j) : T(0);
      if (i == j) place = form.diagonal == Diagonal::stored ? entries(i, i) : T(1);
    }
  }
}

/// op(A)·X or X·op(A), and the same of absolute values.
template <class T>
void TriangularSystem<T>::multiply(MatrixView<const T> x, MatrixView<Wide<T>> value,
                                   MatrixView<Wide<T>> magnitude) const {
  const bool left = form.side == Side::left;
  blas::reference::gemm<T>(Op::none, Op::none, 1, left ? op_a.view() : x, left ? x : op_a.view(), 0, x, value,
                           magnitude);
}

namespace {

/// Calls trsm with each scalar and padding; `judge` compares the solution with what it should be.
template <class T, class Judge>
void solve(const blas::Functions& blas, const TriangularSystem<T>& system,
           const std::vector<std::pair<double, double>>& scalars, Findings& found, Judge judge) {
  for (const std::size_t padding : {0, 3}) {
    const Matrix<T> a = stored(system.a.view(), Op::none, padding);
    for (const auto& [alpha, beta] : scalars) {
      Matrix<T> x = stored(system.right.view(), Op::none, 2 * padding);
      const Arguments<T> arguments{system.form, T(alpha), a.view(), {}, T(beta), x.view()};
      call(Routine::trsm, blas, arguments);
      judge(arguments);
      for (std::size_t i = 0; i < x.rows(); ++i) {
        for (std::size_t j = x.cols(); j < x.ld(); ++j) {
          found.compare_kept(x.view().data[i * x.ld() + j], std::numeric_limits<T>::quiet_NaN(), [&] {
            return fmt::format("{}, entry ({}, {}), in the padding", describe(Routine::trsm, arguments), i, j);
          });
        }
      }
      if (found.failed()) return;
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
void check_exact(const blas::Functions& blas, const Form& form, const ProductShape& shape,
                 const std::vector<std::pair<double, double>>& scalars, TestData& data, Findings& found,
                 int exponent = 0) {
  IntegerSystem<T> system(form, shape, data);
  const Matrix<T>& x = system.x;
  for (Matrix<T>* side : {&system.x, &system.right}) {
    for (T& entry : side->storage()) entry = std::ldexp(entry, exponent);
  }
  solve(blas, system, scalars, found, [&](const Arguments<T>& at) {
    for (std::size_t i = 0; i < shape.m; ++i) {
      for (std::size_t j = 0; j < shape.n; ++j) {
        found.compare(at.c(i, j), Wide<T>(at.alpha) * x(i, j), Wide<T>(0), [&] {
          return fmt::format("{}, integer inputs, entry ({}, {})", describe(Routine::trsm, at), i, j);
        });
      }
    }
  });
}

/// Every form of every shape whose triangle is not huge, until one fails.
template <class Check>
void for_all_systems(const Product& product, const std::vector<ProductShape>& shapes, Findings& found, Check check) {
  constexpr std::size_t largest_order = 1100;
  for (const ProductShape& shape : shapes) {
    for (const Form& form : product.forms) {
      if ((form.side == Side::left ? shape.m : shape.n) > largest_order) continue;
      if (found.failed()) return;
      check(form, shape);
    }
  }
}

/// The residual of the computed solution within the bound of substitution in any order.
template <class T>
void check_residual(const blas::Functions& blas, const Product& product, const Form& form, const ProductShape& shape,
                    Inputs inputs, TestData& data, Findings& found) {
  TriangularSystem<T> system(form, shape, inputs, data);
  data.fill(system.right.storage(), inputs);
  Matrix<Wide<T>> value(shape.m, shape.n), magnitude(shape.m, shape.n);
  const auto factor = static_cast<Wide<T>>(gamma<T>(system.order + 2) + gamma<Wide<T>>(system.order + 2));
  solve(blas, system, product.rounding_scalars, found, [&](const Arguments<T>& at) {
    system.multiply(at.c, value.view(), magnitude.view());
    for (std::size_t i = 0; i < shape.m; ++i) {
      for (std::size_t j = 0; j < shape.n; ++j) {
        const Wide<T> right = Wide<T>(at.alpha) * system.right(i, j);
        found.compare_wide(value(i, j), right, factor * (magnitude(i, j) + std::abs(right)), [&] {
          return fmt::format("{}, {} inputs, entry ({}, {}) of the solution put back in", describe(Routine::trsm, at),
                             to_string(inputs), i, j);
        });
      }
    }
  });
}

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
Outcome solve_exact(const Product& product, const blas::Functions& blas, TestData& data) {
  Findings found;
  for_all_systems(product, product.small, found, [&](const Form& form, const ProductShape& shape) {
    check_exact<T>(blas, form, shape, product.exact_scalars, data, found);
  });
  for (const auto* shapes : {&product.medium, &product.large}) {
    for_all_systems(product, *shapes, found, [&](const Form& form, const ProductShape& shape) {
      check_exact<T>(blas, form, shape, product.few_scalars, data, found);
    });
  }
  return exact_outcome(found);
}

template <class T>
Outcome solve_bound(const Product& product, const blas::Functions& blas, TestData& data) {
  Findings found;
  const auto check = [&](Inputs inputs) {
    return [&, inputs](const Form& form, const ProductShape& shape) {
      check_residual<T>(blas, product, form, shape, inputs, data, found);
    };
  };
  for_all_systems(product, product.small, found, check(Inputs::normal));
  for_all_systems(product, product.small, found, check(Inputs::positive));
  for_all_systems(product, product.medium, found, check(Inputs::normal));
  return bound_outcome(found);
}

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
  template struct TriangularSystem<T>;                                                      \
  template Outcome solve_exact<T>(const Product&, const blas::Functions&, TestData&);       \
  template Outcome solve_bound<T>(const Product&, const blas::Functions&, TestData&);       \
  template Outcome solve_alpha_zero<T>(const Product&, const blas::Functions&, TestData&);  \
  template Outcome solve_alpha_nan<T>(const Product&, const blas::Functions&, TestData&);   \
  template Outcome solve_exceptional<T>(const Product&, const blas::Functions&, TestData&); \
  template Outcome solve_subnormals<T>(const Product&, const blas::Functions&, TestData&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
