#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "claims/products/cases.hpp"
#include "sqrtn/blas/reference.hpp"
#include "sqrtn/random/stream.hpp"

/// Operands for the claims about products, and what the product should be.
namespace sqrtn::claims {

enum class Inputs {
  integers,    ///< as large as sums in any order, times α and β, stay exact
  normal,      ///< N(0,1)
  positive,    ///< U(0,1): rounding errors do not average out
  cancelling,  ///< terms in pairs a·b and −a·b(1 + 2u): the result is as small as the rounding errors
  scaled,      ///< U(−1,1)·2^e, e uniform up to ±30 (double ±300)
};
std::string_view to_string(Inputs inputs);

/// Numbered streams from one on; each fill takes the next, so that no two fills share a bit.
class TestData {
 public:
  TestData(std::uint64_t seed, std::string_view claim_id)
      : stream_{random::Engine::ars, seed, random::stream_of(claim_id), 0} {}
  /// Integers in [−largest, largest].
  template <class T>
  void fill_integers(std::span<T> out, double largest);
  template <class T>
  void fill(std::span<T> out, Inputs inputs);

 private:
  random::Stream next();
  random::Stream stream_;
};

/// action(i, j) for each entry, row by row.
template <class T, class Action>
void for_entries(const MatrixView<T>& matrix, Action action) {
  for (std::size_t i = 0; i < matrix.rows; ++i) {
    for (std::size_t j = 0; j < matrix.cols; ++j) action(i, j);
  }
}

/// A·B of integers so small that T holds each partial sum: whatever the order, the result is exact.
template <class T>
void multiply_exactly(MatrixView<const T> a, MatrixView<const T> b, MatrixView<blas::reference::Wide<T>> value);

/// A, B and C without transposition or padding, and A·B with its magnitude |A|·|B| from the reference.
template <class T>
struct Problem {
  Problem(const Product& product, const ProductShape& shape, Inputs inputs, TestData& data);
  /// Value of the A and B of now and, unless they are integers, magnitude.
  void multiply();
  ProductShape shape;
  Inputs inputs;
  Matrix<T> a, b, c;
  Matrix<blas::reference::Wide<T>> value, magnitude;
};

/// The matrix as op stores it, with `padding` NaN after each row.
template <class T>
Matrix<T> stored(MatrixView<const T> matrix, blas::Op op, std::size_t padding);

}  // namespace sqrtn::claims
