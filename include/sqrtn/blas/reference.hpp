#pragma once

#include "sqrtn/blas/products.hpp"

/// The products as plain loops in higher precision, as the yardstick for a library.
namespace sqrtn::blas::reference {

/// A type with at least 11 more bits than T: double for float, long double for double.
template <class T>
struct WideOf;
template <>
struct WideOf<float> {
  using type = double;
};
template <>
struct WideOf<double> {
  using type = long double;
};
template <class T>
using Wide = typename WideOf<T>::type;

/// value = α·op(A)·op(B) + β·C and magnitude = |α|·|op(A)|·|op(B)| + |β|·|C|, entry by entry, each in
/// Wide<T>; magnitude is what a componentwise error bound multiplies. Either may be empty (data
/// nullptr) if not wanted. **Shapes** as gemm; value and magnitude m × n.
/// The BLAS's own rules: β = 0 reads no C, α = 0 or k = 0 reads neither A nor B.
/// Error: relative to magnitude at most k·u(Wide<T>).
template <class T>
void gemm(Op trans_a, Op trans_b, T alpha, MatrixView<const T> a, MatrixView<const T> b, T beta, MatrixView<const T> c,
          MatrixView<Wide<T>> value, MatrixView<Wide<T>> magnitude);

/// As gemm with one column: value and magnitude have y's size. For an empty x, y itself, as the BLAS.
template <class T>
void gemv(Op trans, T alpha, MatrixView<const T> a, VectorView<const T> x, T beta, VectorView<const T> y,
          VectorView<Wide<T>> value, VectorView<Wide<T>> magnitude);

/// A + α·x·yᵀ and |A| + |α|·|x|·|yᵀ|. **Shapes** all m × n.
template <class T>
void ger(T alpha, VectorView<const T> x, VectorView<const T> y, MatrixView<const T> a, MatrixView<Wide<T>> value,
         MatrixView<Wide<T>> magnitude);

template <class T>
struct Scalar {
  Wide<T> value = 0;      ///< the result
  Wide<T> magnitude = 0;  ///< Σ of the absolute values of what was added (nrm2: the result)
};

template <class T>
Scalar<T> dot(VectorView<const T> x, VectorView<const T> y);

/// Wide<T> has the exponents for every square, so it neither overflows nor underflows.
template <class T>
Scalar<T> nrm2(VectorView<const T> x);

/// axpy and scal need no loop of their own here: each entry is one or two roundings of
/// α·xᵢ + yᵢ in Wide<T>. syrk is gemm with B = Aᵀ; trsm is judged by its residual, another gemm.

}  // namespace sqrtn::blas::reference
