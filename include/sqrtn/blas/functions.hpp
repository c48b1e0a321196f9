#pragma once

namespace sqrtn::blas {

/// The CBLAS entry points in use under their standard names without the prefix. Their integers have 32 bits, and are
/// passed on in 64 to a library that takes those.
/// A plain table, so that a call costs one indirect call and a test can replace one entry.
/// Enumerations as integers: row-major 101, column-major 102; no transpose 111, transpose 112; upper 121,
/// lower 122; diagonal as stored 131, of ones 132; left 141, right 142.
/// syrk and trsm may be missing from a library that has the others.
/// Source: "Basic Linear Algebra Subprograms Technical Forum Standard", annex B.
template <class T>
struct FunctionsFor {
  void (*gemm)(int layout, int trans_a, int trans_b, int m, int n, int k, T alpha, const T* a, int lda, const T* b,
               int ldb, T beta, T* c, int ldc) = nullptr;
  void (*gemv)(int layout, int trans, int m, int n, T alpha, const T* a, int lda, const T* x, int incx, T beta, T* y,
               int incy) = nullptr;
  void (*ger)(int layout, int m, int n, T alpha, const T* x, int incx, const T* y, int incy, T* a, int lda) = nullptr;
  T (*dot)(int n, const T* x, int incx, const T* y, int incy) = nullptr;
  T (*nrm2)(int n, const T* x, int incx) = nullptr;
  void (*axpy)(int n, T alpha, const T* x, int incx, T* y, int incy) = nullptr;
  void (*scal)(int n, T alpha, T* x, int incx) = nullptr;
  void (*syrk)(int layout, int uplo, int trans, int n, int k, T alpha, const T* a, int lda, T beta, T* c,
               int ldc) = nullptr;
  void (*trsm)(int layout, int side, int uplo, int trans, int diag, int m, int n, T alpha, const T* a, int lda, T* b,
               int ldb) = nullptr;
};

struct Functions {
  FunctionsFor<float> f32;
  FunctionsFor<double> f64;

  template <class T>
  [[nodiscard]] const FunctionsFor<T>& of() const {
    if constexpr (sizeof(T) == sizeof(float))
      return f32;
    else
      return f64;
  }
  template <class T>
  [[nodiscard]] FunctionsFor<T>& of() {
    if constexpr (sizeof(T) == sizeof(float))
      return f32;
    else
      return f64;
  }
};

}  // namespace sqrtn::blas
