#include "blas/fortran.hpp"

#include <utility>

namespace sqrtn::blas {
namespace {

constexpr int row_major = 101;

/// Fortran passes everything by address, characters with their lengths after all else.
/// Source: "Basic Linear Algebra Subprograms Technical Forum Standard", annex A; gfortran's manual,
/// "Argument passing conventions".
template <class T>
struct Fortran {
  void (*gemm)(const char* trans_a, const char* trans_b, const int* m, const int* n, const int* k, const T* alpha,
               const T* a, const int* lda, const T* b, const int* ldb, const T* beta, T* c, const int* ldc, std::size_t,
               std::size_t) = nullptr;
  void (*gemv)(const char* trans, const int* m, const int* n, const T* alpha, const T* a, const int* lda, const T* x,
               const int* incx, const T* beta, T* y, const int* incy, std::size_t) = nullptr;
  void (*ger)(const int* m, const int* n, const T* alpha, const T* x, const int* incx, const T* y, const int* incy,
              T* a, const int* lda) = nullptr;
  T (*dot)(const int* n, const T* x, const int* incx, const T* y, const int* incy) = nullptr;
  T (*nrm2)(const int* n, const T* x, const int* incx) = nullptr;
  void (*axpy)(const int* n, const T* alpha, const T* x, const int* incx, T* y, const int* incy) = nullptr;
  void (*scal)(const int* n, const T* alpha, T* x, const int* incx) = nullptr;
  void (*syrk)(const char* uplo, const char* trans, const int* n, const int* k, const T* alpha, const T* a,
               const int* lda, const T* beta, T* c, const int* ldc, std::size_t, std::size_t) = nullptr;
  void (*trsm)(const char* side, const char* uplo, const char* trans, const char* diag, const int* m, const int* n,
               const T* alpha, const T* a, const int* lda, T* b, const int* ldb, std::size_t, std::size_t, std::size_t,
               std::size_t) = nullptr;
};

/// The functions of the one library that a process loads.
template <class T>
Fortran<T> fortran;

const char* letter(bool condition, const char* yes, const char* no) { return condition ? yes : no; }
const char* transposed(int trans) { return letter(trans == 111, "N", "T"); }

/// The same of the transposed matrix.
int flipped(int layout, int trans) { return layout == row_major ? 223 - trans : trans; }
const char* triangle(int layout, int uplo) { return letter((uplo == 121) != (layout == row_major), "U", "L"); }

template <class T>
void add_matrix_products(Functions& table) {
  FunctionsFor<T>& f = table.of<T>();
  f.gemm = [](int layout, int trans_a, int trans_b, int m, int n, int k, T alpha, const T* a, int lda, const T* b,
              int ldb, T beta, T* c, int ldc) {
    if (layout == row_major) {  // Cᵀ = op(B)ᵀ·op(A)ᵀ
      std::swap(trans_a, trans_b);
      std::swap(m, n);
      std::swap(a, b);
      std::swap(lda, ldb);
    }
    fortran<T>.gemm(transposed(trans_a), transposed(trans_b), &m, &n, &k, &alpha, a, &lda, b, &ldb, &beta, c, &ldc, 1,
                    1);
  };
  f.gemv = [](int layout, int trans, int m, int n, T alpha, const T* a, int lda, const T* x, int incx, T beta, T* y,
              int incy) {
    if (layout == row_major) std::swap(m, n);
    fortran<T>.gemv(transposed(flipped(layout, trans)), &m, &n, &alpha, a, &lda, x, &incx, &beta, y, &incy, 1);
  };
  f.ger = [](int layout, int m, int n, T alpha, const T* x, int incx, const T* y, int incy, T* a, int lda) {
    if (layout == row_major) {  // Aᵀ + y·xᵀ
      std::swap(m, n);
      std::swap(x, y);
      std::swap(incx, incy);
    }
    fortran<T>.ger(&m, &n, &alpha, x, &incx, y, &incy, a, &lda);
  };
}

template <class T>
void add_triangular(Functions& table) {
  FunctionsFor<T>& f = table.of<T>();
  if (fortran<T>.syrk != nullptr) {
    f.syrk = [](int layout, int uplo, int trans, int n, int k, T alpha, const T* a, int lda, T beta, T* c, int ldc) {
      fortran<T>.syrk(triangle(layout, uplo), transposed(flipped(layout, trans)), &n, &k, &alpha, a, &lda, &beta, c,
                      &ldc, 1, 1);
    };
  }
  if (fortran<T>.trsm != nullptr) {
    f.trsm = [](int layout, int side, int uplo, int trans, int diag, int m, int n, T alpha, const T* a, int lda, T* b,
                int ldb) {
      const bool left = (side == 141) != (layout == row_major);
      if (layout == row_major) std::swap(m, n);
      fortran<T>.trsm(letter(left, "L", "R"), triangle(layout, uplo), transposed(trans), letter(diag == 132, "U", "N"),
                      &m, &n, &alpha, a, &lda, b, &ldb, 1, 1, 1, 1);
    };
  }
}

template <class T>
void add_vector_products(Functions& table) {
  FunctionsFor<T>& f = table.of<T>();
  f.dot = [](int n, const T* x, int incx, const T* y, int incy) { return fortran<T>.dot(&n, x, &incx, y, &incy); };
  f.nrm2 = [](int n, const T* x, int incx) { return fortran<T>.nrm2(&n, x, &incx); };
  f.axpy = [](int n, T alpha, const T* x, int incx, T* y, int incy) {
    fortran<T>.axpy(&n, &alpha, x, &incx, y, &incy);
  };
  f.scal = [](int n, T alpha, T* x, int incx) { fortran<T>.scal(&n, &alpha, x, &incx); };
}

template <class T>
void add(const LoadedLibrary& library, const std::string& prefix, FortranFunctions& all) {
  const auto look_up = [&]<class Function>(Function*& function, const char* name, bool needed = true) {
    const std::string symbol = prefix + name + '_';
    function = library.symbol<Function>(symbol.c_str());
    if (function != nullptr) all.found.emplace_back(symbol, reinterpret_cast<const void*>(function));
    if (function == nullptr && needed) all.missing.append(all.missing.empty() ? "" : ", ").append(symbol);
  };
  Fortran<T>& f = fortran<T>;
  look_up(f.gemm, "gemm");
  look_up(f.gemv, "gemv");
  look_up(f.ger, "ger");
  look_up(f.dot, "dot");
  look_up(f.nrm2, "nrm2");
  look_up(f.axpy, "axpy");
  look_up(f.scal, "scal");
  look_up(f.syrk, "syrk", false);
  look_up(f.trsm, "trsm", false);
  add_matrix_products<T>(all.functions);
  add_vector_products<T>(all.functions);
  add_triangular<T>(all.functions);
}

}  // namespace

FortranFunctions fortran_functions(const LoadedLibrary& library) {
  FortranFunctions all;
  add<float>(library, "s", all);
  add<double>(library, "d", all);
  return all;
}

bool returns_float(const LoadedLibrary& library) {
  // Read as a float, the double 9 is 0: the two share the register, and the low half of 9 is zero.
  auto* dot = library.symbol<float(const int*, const float*, const int*, const float*, const int*)>("sdot_");
  const int one = 1;
  const float three = 3;
  return dot == nullptr || dot(&one, &three, &one, &three, &one) == 9;
}

}  // namespace sqrtn::blas
