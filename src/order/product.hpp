#pragma once

#include <functional>
#include <string>

#include "sqrtn/blas/functions.hpp"
#include "sqrtn/support/tensor.hpp"

/// The order in which a library adds, read from its answers alone.
namespace sqrtn::order {

/// What is asked for.
struct Request {
  std::string routine = "gemm";
  std::size_t m = 1, n = 1, k = 1;  ///< of C = A·B, or of what is C, A and B in the other routines

  /// As it was asked for: "gemm:512x512x512".
  [[nodiscard]] std::string to_text() const;
};

/// Reads gemm:MxNxK, gemv:MxK (rows of the matrix lie together), gemvt:MxK (its columns do), dot:K and syrk:NxK.
/// Throws: std::invalid_argument for another routine, a shape of fewer or more sizes, sizes above 2¹⁶, or operands and
/// result of more than 2²⁶ elements.
Request parse_request(const std::string& text);

/// C = α·A·B + β·C by one library's routine: each entry the sum over l of a(i, l)·b(l, j).
template <class T>
struct Product {
  std::size_t m = 0, n = 0, k = 0;
  /// a m × k, b k × n, c m × n, row-major without padding.
  std::function<void(const MatrixView<const T>& a, const MatrixView<const T>& b, T alpha, T beta,
                     const MatrixView<T>& c)>
      call;
  std::size_t unseen = 0;  ///< entries of the routine's result that are not in C: those of syrk near the diagonal
  bool has_beta = true;    ///< whether there are α and β
};

/// The routine of that library. syrk's C is the block of its result above the diagonal whose rows are the first half
/// and whose columns are the second.
/// Throws: std::invalid_argument if the library has no such routine.
template <class T>
Product<T> product_of(const blas::Functions& functions, const Request& request);

}  // namespace sqrtn::order
