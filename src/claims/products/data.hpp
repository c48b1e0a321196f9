#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sqrtn/blas/reference.hpp"
#include "sqrtn/random/stream.hpp"
#include "sqrtn/support/tensor.hpp"

/// Entries for the claims about products.
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

}  // namespace sqrtn::claims
