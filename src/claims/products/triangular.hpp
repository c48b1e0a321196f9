#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "claims/products/data.hpp"
#include "claims/products/findings.hpp"

/// What the checks of trsm share: calls over scalars and paddings, and systems with solutions in integers.
namespace sqrtn::claims {

/// Calls trsm with each scalar and padding; `judge` compares the solution with what it should be.
template <class T, class Judge>
void solve(const blas::Functions& blas, const TriangularSystem<T>& system,
           const std::vector<std::pair<double, double>>& scalars, Findings& found, Judge judge) {
  for (const std::size_t padding : {0, 3}) {
    const Matrix<T> a = stored(system.a.view(), blas::Op::none, padding);
    for (const auto& [alpha, beta] : scalars) {
      Matrix<T> x = stored(system.right.view(), blas::Op::none, 2 * padding);
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
    Matrix<blas::reference::Wide<T>> product(x.rows(), x.cols());
    const bool left = this->form.side == blas::Side::left;
    const MatrixView<const T> factor = std::as_const(this->op_a).view(), solution = std::as_const(x).view();
    multiply_exactly(left ? factor : solution, left ? solution : factor, product.view());
    std::ranges::transform(product.storage(), this->right.storage().begin(),
                           [](blas::reference::Wide<T> entry) { return static_cast<T>(entry); });
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
        found.compare(at.c(i, j), blas::reference::Wide<T>(at.alpha) * x(i, j), blas::reference::Wide<T>(0), [&] {
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
      if ((form.side == blas::Side::left ? shape.m : shape.n) > largest_order) continue;
      if (found.failed()) return;
      check(form, shape);
    }
  }
}

}  // namespace sqrtn::claims
