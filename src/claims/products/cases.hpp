#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sqrtn/blas/products.hpp"

/// Which products are judged, and at which shapes and scalars. Every product is taken as a case of
/// C = α·op(A)·op(B) + β·C, so that one reference, one error bound and one comparison serve all. A
/// vector is a matrix of one column whose leading dimension is the stride. syrk has B = Aᵀ. trsm and nrm2, which are
/// none, have names here and nothing else.
namespace sqrtn::claims {

struct ProductShape {
  std::size_t m, n, k;  ///< C m × n, inner dimension k
};

enum class Routine { gemm, gemv, ger, dot, axpy, scal, syrk, trsm, nrm2 };

/// One of the ways to ask for the same product.
struct Form {
  blas::Op trans_a = blas::Op::none, trans_b = blas::Op::none;
  blas::Layout layout = blas::Layout::row_major;
  std::optional<blas::Triangle> triangle = {};  ///< of C that syrk writes
};

struct Scalars {
  double alpha, beta;
};

/// Those of a routine that has neither stay as they are here.
struct ScalarSets {
  std::vector<Scalars> exact{{1, 0}};     ///< keep integers exact
  std::vector<Scalars> few{{1, 0}};       ///< of these, for large shapes
  std::vector<Scalars> rounding{{1, 0}};  ///< do not
};

/// One routine and where it is looked at.
struct Product {
  Routine routine;
  std::string_view name, formula;
  std::vector<Form> forms{{}};
  ScalarSets scalars = {};
  std::vector<ProductShape> small = {};   ///< exhaustive, in ascending size
  std::vector<ProductShape> medium = {};  ///< around the block sizes of kernels, odd and skinny
  std::vector<ProductShape> large = {};   ///< around the block sizes of caches
};

/// All nine, in the order of Routine.
const std::vector<Product>& products();

/// One list after the other.
std::vector<ProductShape> joined(std::initializer_list<std::vector<ProductShape>> parts);
inline std::vector<ProductShape> up_to_medium(const Product& product) {
  return joined({product.small, product.medium});
}

/// The shape with the dimensions that the routine has not set to what they must be.
ProductShape fitted(Routine routine, const ProductShape& shape);
std::vector<ProductShape> fitted(Routine routine, std::vector<ProductShape> shapes);

/// The arguments of one call, as gemm takes them.
template <class T>
struct Arguments {
  Form form;
  T alpha;
  MatrixView<const T> a, b;
  T beta;
  MatrixView<T> c;
};

/// Whether the library has the routine.
template <class T>
bool has(Routine routine, const blas::Functions& blas);

/// The columns [first, last) of C that the call may write in row i.
template <class T>
std::pair<std::size_t, std::size_t> written(const Arguments<T>& arguments, Routine routine, std::size_t i) {
  if (routine != Routine::syrk) return {0, arguments.c.cols};
  if (arguments.form.triangle == blas::Triangle::upper) return {i, arguments.c.cols};
  return {0, i + 1};
}

/// Calls the routine of which `arguments` are a case of gemm.
template <class T>
void call(Routine routine, const blas::Functions& blas, const Arguments<T>& arguments);

/// 's' or 'd', with which BLAS begins the names of a type's routines.
template <class T>
constexpr char type_letter = sizeof(T) == sizeof(float) ? 's' : 'd';

/// "sgemm row-major m=3 n=2 k=5 trans_a=T trans_b=N lda=7 ldb=8 ldc=5 alpha=-1 beta=2": what the
/// library is handed, enough to repeat it.
template <class T>
std::string describe(Routine routine, const Arguments<T>& arguments);

}  // namespace sqrtn::claims
