#pragma once

#include "sqrtn/blas/functions.hpp"
#include "sqrtn/support/tensor.hpp"

namespace sqrtn::blas {

enum class Op { none, transpose };
enum class Triangle { upper, lower };
enum class Diagonal { stored, ones };
enum class Side { left, right };

/// The products, row-major, through one library's functions. Views carry shapes and leading
/// dimensions; op(A) is A or Aᵀ. T is float or double.
/// `layout` is how the library is asked, not how the operands lie: column_major asks for the transposed
/// product, Cᵀ = α·op(B)ᵀ·op(A)ᵀ + β·Cᵀ, which is the same memory.
/// Throws: std::invalid_argument if shapes do not fit, a dimension, ld or stride exceeds 2³¹ − 1, or
/// the table has no such function.
/// Empty operands follow the BLAS: nothing is touched if the result is empty. With an empty inner
/// dimension gemm gives βC, and gemv leaves y as it is, whatever β.

enum class Layout { row_major, column_major };

/// C = α·op(A)·op(B) + β·C. **Shapes** op(A) m × k, op(B) k × n, C m × n.
template <class T>
void gemm(const Functions& blas, Op trans_a, Op trans_b, T alpha, const MatrixView<const T>& a,
          const MatrixView<const T>& b, T beta, const MatrixView<T>& c, Layout layout = Layout::row_major);

/// y = α·op(A)·x + β·y. **Shapes** A m × n; x has n entries and y m, or the reverse for Aᵀ.
template <class T>
void gemv(const Functions& blas, Op trans, T alpha, const MatrixView<const T>& a, const VectorView<const T>& x, T beta,
          const VectorView<T>& y, Layout layout = Layout::row_major);

/// A = A + α·x·yᵀ. **Shapes** A m × n, x m, y n.
template <class T>
void ger(const Functions& blas, T alpha, const VectorView<const T>& x, const VectorView<const T>& y,
         const MatrixView<T>& a, Layout layout = Layout::row_major);

/// C = α·op(A)·op(A)ᵀ + β·C in one triangle, diagonal included; the other is neither read nor written.
/// **Shapes** op(A) n × k, C n × n.
template <class T>
void syrk(const Functions& blas, Triangle triangle, Op trans, T alpha, const MatrixView<const T>& a, T beta,
          const MatrixView<T>& c, Layout layout = Layout::row_major);

/// B = α·op(A)⁻¹·B (left) or α·B·op(A)⁻¹ (right), by substitution; of A only the triangle is read, and
/// its diagonal only if it is `stored`. **Shapes** B m × n; A m × m (left) or n × n (right).
template <class T>
void trsm(const Functions& blas, Side side, Triangle triangle, Op trans, Diagonal diagonal, T alpha,
          const MatrixView<const T>& a, const MatrixView<T>& b, Layout layout = Layout::row_major);

/// xᵀy; 0 for empty vectors. **Shapes** both n.
template <class T>
T dot(const Functions& blas, const VectorView<const T>& x, const VectorView<const T>& y);

/// √(xᵀx), without needless overflow or underflow; 0 for an empty vector.
template <class T>
T nrm2(const Functions& blas, const VectorView<const T>& x);

/// y = α·x + y. **Shapes** both n.
template <class T>
void axpy(const Functions& blas, T alpha, const VectorView<const T>& x, const VectorView<T>& y);

/// x = α·x.
template <class T>
void scal(const Functions& blas, T alpha, const VectorView<T>& x);

}  // namespace sqrtn::blas
