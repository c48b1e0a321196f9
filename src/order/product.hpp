#pragma once

#include <functional>
#include <string>

#include "sqrtn/blas/interface.hpp"
#include "sqrtn/support/tensor.hpp"

/// The order in which a library adds, read from its answers alone.
namespace sqrtn::order {

/// What is asked for.
struct Request {
  std::string routine = "gemm";
  std::string flags = {};           ///< letters in the order of the routine's arguments; empty: the usual ones
  bool column_major = false;        ///< how operands and result lie
  bool bfloat16 = false;            ///< factors are bfloat16, added in float, as by sbgemm; the name does not tell it
  std::size_t m = 1, n = 1, k = 1;  ///< of C = A·B, or of what is C, A and B in the other routines

  /// As it was asked for: "gemm:512x512x512", "gemm/TN/column:512x512x512".
  [[nodiscard]] std::string to_text() const;
};

/// Its flags, also where they are the usual ones: "NN".
std::string flags_of(const Request& request);

/// The forms of a request, for help.
std::string request_forms();

/// Reads gemm:MxNxK, gemv:MxK (of op(A)), dot:K, symm:MxN and syrk:NxK, with the BLAS's flags behind the name where
/// they are not the usual ones, as gemm/TN, gemv/T, symm/RL, syrk/LN, and "/column" where matrices lie by columns.
/// Throws: std::invalid_argument for another routine or flag, a shape of fewer or more sizes, sizes above 2¹⁶, or
/// operands and result of more than 2²⁶ elements.
Request parse_request(const std::string& text);

/// Entries of its result: of syrk those of a triangle.
std::size_t entries_of(const Request& request);

/// What is symmetric: a factor, whose rows and columns cannot be chosen one by one, or C, since B is A's transpose.
enum class Symmetric { none, a, b, c };

inline bool has_symmetric_factor(Symmetric which) { return which == Symmetric::a || which == Symmetric::b; }

/// C = α·A·B + β·C by one library's routine: each entry the sum over l of a(i, l)·b(l, j).
template <class T>
struct Product {
  std::size_t m = 0, n = 0, k = 0;
  /// a m × k, b k × n, c m × n.
  std::function<void(const MatrixView<const T>& a, const MatrixView<const T>& b, T alpha, T beta,
                     const MatrixView<T>& c)>
      call;
  bool has_beta = true;  ///< whether there are α and β
  Symmetric symmetric = Symmetric::none;
  bool upper = true;      ///< of a symmetric C: which triangle the routine computes
  bool bfloat16 = false;  ///< factors are rounded to it: they are to be such numbers already

  /// Whether C's entry (i, j) is computed.
  [[nodiscard]] bool has(std::size_t i, std::size_t j) const {
    return symmetric != Symmetric::c || (upper ? i <= j : j <= i);
  }
};

/// Whether the library has that routine in the type, s or d, by this interface; with factors of bfloat16 in s alone.
bool has_routine(const blas::Interface& interface, const Request& request, char type);

/// That routine; `interface` must outlive it. syrk does not look at b.
/// Throws: std::invalid_argument if the library has no such routine.
template <class T>
Product<T> product_of(const blas::Interface& interface, const Request& request);

/// Mirrors the upper triangle of the factor that is symmetric, or makes b the transpose of a.
template <class T>
void make_symmetric(Symmetric which, const MatrixView<T>& a, const MatrixView<T>& b) {
  if (which == Symmetric::c) {
    for (std::size_t l = 0; l < b.rows; ++l) {
      for (std::size_t j = 0; j < b.cols; ++j) b(l, j) = a(j, l);
    }
  } else if (which != Symmetric::none) {
    const MatrixView<T>& x = which == Symmetric::a ? a : b;
    for (std::size_t i = 0; i < x.rows; ++i) {
      for (std::size_t j = 0; j < i; ++j) x(i, j) = x(j, i);
    }
  }
}

}  // namespace sqrtn::order
