#include "blas/fortran.hpp"

#include <cstdint>
#include <utility>

namespace sqrtn::blas {
namespace {

constexpr int row_major = 101;

using Integer = std::int64_t;

/// A number as a caller of Fortran passes it, by address. It has 64 bits, and those of a function that reads 32 come
/// first on every machine here.
struct Number {
  Integer value;
  operator const Integer*() const { return &value; }  // NOLINT(google-explicit-constructor): in place of &
};

/// Fortran passes everything by address, characters with their lengths after all else.
/// Source: "Basic Linear Algebra Subprograms Technical Forum Standard", annex A; gfortran's manual,
/// "Argument passing conventions".
template <class T>
struct Fortran {
  void (*gemm)(const char* trans_a, const char* trans_b, const Integer* m, const Integer* n, const Integer* k,
               const T* alpha, const T* a, const Integer* lda, const T* b, const Integer* ldb, const T* beta, T* c,
               const Integer* ldc, std::size_t, std::size_t) = nullptr;
  void (*gemv)(const char* trans, const Integer* m, const Integer* n, const T* alpha, const T* a, const Integer* lda,
               const T* x, const Integer* incx, const T* beta, T* y, const Integer* incy, std::size_t) = nullptr;
  void (*ger)(const Integer* m, const Integer* n, const T* alpha, const T* x, const Integer* incx, const T* y,
              const Integer* incy, T* a, const Integer* lda) = nullptr;
  T (*dot)(const Integer* n, const T* x, const Integer* incx, const T* y, const Integer* incy) = nullptr;
  T (*nrm2)(const Integer* n, const T* x, const Integer* incx) = nullptr;
  void (*axpy)(const Integer* n, const T* alpha, const T* x, const Integer* incx, T* y, const Integer* incy) = nullptr;
  void (*scal)(const Integer* n, const T* alpha, T* x, const Integer* incx) = nullptr;
  void (*syrk)(const char* uplo, const char* trans, const Integer* n, const Integer* k, const T* alpha, const T* a,
               const Integer* lda, const T* beta, T* c, const Integer* ldc, std::size_t, std::size_t) = nullptr;
  void (*trsm)(const char* side, const char* uplo, const char* trans, const char* diag, const Integer* m,
               const Integer* n, const T* alpha, const T* a, const Integer* lda, T* b, const Integer* ldb, std::size_t,
               std::size_t, std::size_t, std::size_t) = nullptr;
};

/// The functions of the one library that a process loads.
template <class T>
Fortran<T> fortran;

const char* letter(bool condition, const char* yes, const char* no) { return condition ? yes : no; }
const char* transposed(int trans) { return letter(trans == 111, "N", "T"); }

/// The same of the transposed matrix.
int flipped(int layout, int trans) { return layout == row_major ? (trans == 111 ? 112 : 111) : trans; }
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
    fortran<T>.gemm(transposed(trans_a), transposed(trans_b), Number{m}, Number{n}, Number{k}, &alpha, a, Number{lda},
                    b, Number{ldb}, &beta, c, Number{ldc}, 1, 1);
  };
  f.gemv = [](int layout, int trans, int m, int n, T alpha, const T* a, int lda, const T* x, int incx, T beta, T* y,
              int incy) {
    if (layout == row_major) std::swap(m, n);
    fortran<T>.gemv(transposed(flipped(layout, trans)), Number{m}, Number{n}, &alpha, a, Number{lda}, x, Number{incx},
                    &beta, y, Number{incy}, 1);
  };
  f.ger = [](int layout, int m, int n, T alpha, const T* x, int incx, const T* y, int incy, T* a, int lda) {
    if (layout == row_major) {  // Aᵀ + y·xᵀ
      std::swap(m, n);
      std::swap(x, y);
      std::swap(incx, incy);
    }
    fortran<T>.ger(Number{m}, Number{n}, &alpha, x, Number{incx}, y, Number{incy}, a, Number{lda});
  };
}

template <class T>
void add_triangular(Functions& table) {
  FunctionsFor<T>& f = table.of<T>();
  if (fortran<T>.syrk != nullptr) {
    f.syrk = [](int layout, int uplo, int trans, int n, int k, T alpha, const T* a, int lda, T beta, T* c, int ldc) {
      fortran<T>.syrk(triangle(layout, uplo), transposed(flipped(layout, trans)), Number{n}, Number{k}, &alpha, a,
                      Number{lda}, &beta, c, Number{ldc}, 1, 1);
    };
  }
  if (fortran<T>.trsm != nullptr) {
    f.trsm = [](int layout, int side, int uplo, int trans, int diag, int m, int n, T alpha, const T* a, int lda, T* b,
                int ldb) {
      const bool left = (side == 141) != (layout == row_major);
      if (layout == row_major) std::swap(m, n);
      fortran<T>.trsm(letter(left, "L", "R"), triangle(layout, uplo), transposed(trans), letter(diag == 132, "U", "N"),
                      Number{m}, Number{n}, &alpha, a, Number{lda}, b, Number{ldb}, 1, 1, 1, 1);
    };
  }
}

template <class T>
void add_vector_products(Functions& table) {
  FunctionsFor<T>& f = table.of<T>();
  f.dot = [](int n, const T* x, int incx, const T* y, int incy) {
    return fortran<T>.dot(Number{n}, x, Number{incx}, y, Number{incy});
  };
  f.nrm2 = [](int n, const T* x, int incx) { return fortran<T>.nrm2(Number{n}, x, Number{incx}); };
  f.axpy = [](int n, T alpha, const T* x, int incx, T* y, int incy) {
    fortran<T>.axpy(Number{n}, &alpha, x, Number{incx}, y, Number{incy});
  };
  f.scal = [](int n, T alpha, T* x, int incx) { fortran<T>.scal(Number{n}, &alpha, x, Number{incx}); };
}

template <class T>
void add(const SymbolLookup& symbols, const Naming& naming, FoundFunctions& all) {
  const auto look_up = [&]<class Function>(Function*& function, const char* name) {
    constexpr char type = sizeof(T) == sizeof(float) ? 's' : 'd';
    const std::string symbol = naming.fortran(type + std::string(name));
    function = reinterpret_cast<Function*>(symbols(symbol));
    if (function != nullptr) all.found.emplace_back(symbol, reinterpret_cast<const void*>(function));
  };
  Fortran<T>& f = fortran<T>;
  look_up(f.gemm, "gemm");
  look_up(f.gemv, "gemv");
  look_up(f.ger, "ger");
  look_up(f.dot, "dot");
  look_up(f.nrm2, "nrm2");
  look_up(f.axpy, "axpy");
  look_up(f.scal, "scal");
  look_up(f.syrk, "syrk");
  look_up(f.trsm, "trsm");
  add_matrix_products<T>(all.functions);
  add_vector_products<T>(all.functions);
  add_triangular<T>(all.functions);
}

}  // namespace

FoundFunctions fortran_functions(const SymbolLookup& look_up, const Naming& naming) {
  FoundFunctions all;
  add<float>(look_up, naming, all);
  add<double>(look_up, naming, all);
  return all;
}

bool returns_float(const SymbolLookup& look_up, const Naming& naming) {
  // Read as a float, the double 9 is 0: the two share the register, and the low half of 9 is zero.
  using Dot = float(const Integer*, const float*, const Integer*, const float*, const Integer*);
  auto* dot = reinterpret_cast<Dot*>(look_up(naming.fortran("sdot")));
  const float three = 3;
  return dot == nullptr || dot(Number{1}, &three, Number{1}, &three, Number{1}) == 9;
}

}  // namespace sqrtn::blas
