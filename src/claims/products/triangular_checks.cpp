#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "claims/products/checks.hpp"
#include "claims/products/triangular.hpp"

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

#define SQRTN_INSTANTIATE(T)                                                          \
  template struct TriangularSystem<T>;                                                \
  template Outcome solve_exact<T>(const Product&, const blas::Functions&, TestData&); \
  template Outcome solve_bound<T>(const Product&, const blas::Functions&, TestData&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
