#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "claims/products/data.hpp"

/// Operands of any of the nine routines, for checks that compare one answer of a library with another.
namespace sqrtn::claims {

/// Storage as the call takes it, gaps and what is not read filled with NaN, and scalars that round.
template <class T>
struct Operands {
  Operands(const Product& product, const Form& form, const ProductShape& shape, Inputs inputs, std::size_t padding,
           TestData& data);
  [[nodiscard]] Arguments<T> arguments() { return {form, alpha, a.view(), b.view(), beta, c.view()}; }
  /// C as it was before the first call.
  void reset();

  Form form;
  T alpha, beta;
  Matrix<T> a, b, c;

 private:
  Matrix<T> before_;
};

template <class T>
bool same_bits(const Matrix<T>& x, std::span<const T> y) {
  return std::memcmp(x.storage().data(), y.data(), y.size_bytes()) == 0;
}

template <class T>
Buffer<T> copy_of(const Matrix<T>& matrix) {
  Buffer<T> copy(matrix.storage().size());
  std::ranges::copy(matrix.storage(), copy.span().begin());
  return copy;
}

/// The answer from C as it was before; the storage with its gaps.
template <class T>
Buffer<T> answer(const Product& product, const blas::Functions& blas, Operands<T>& operands) {
  operands.reset();
  call(product.routine, blas, operands.arguments());
  return copy_of(operands.c);
}

/// Which of `n_calls` calls is the first whose answer has other bits than that of a call before them, counted from 1;
/// 0 if none is.
template <class T>
int first_other_answer(const Product& product, const blas::Functions& blas, Operands<T>& operands, int n_calls) {
  const Buffer<T> first = answer(product, blas, operands);
  for (int i = 1; i <= n_calls; ++i) {
    operands.reset();
    call(product.routine, blas, operands.arguments());
    if (!same_bits<T>(operands.c, first.span())) return i;
  }
  return 0;
}

/// Shapes of every kind of path: vectors, single tiles with and without a rest, blocks; fitted.
std::vector<ProductShape> typical_shapes(Routine routine);

/// These bits (all ones: a NaN of either type) in every vector register and in the stack below: what a kernel would
/// read that forgot to set one. Vector registers on x86-64 and AArch64 only.
void fill_registers_and_stack(std::uint32_t bits);

}  // namespace sqrtn::claims
