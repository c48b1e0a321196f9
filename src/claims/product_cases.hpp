#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sqrtn/blas/products.hpp"

/// Which products are judged, and at which shapes and scalars. Every product is taken as a case of
/// C = α·op(A)·op(B) + β·C, so that one reference, one error bound and one comparison serve all. A
/// vector is a matrix of one column whose leading dimension is the stride.
namespace sqrtn::claims {

struct ProductShape {
  std::size_t m, n, k;  ///< C m × n, inner dimension k
};

enum class Routine { gemm, gemv, ger, dot, axpy, scal };

/// One routine and where it is looked at. The sets of (α, β): those that keep integers exact, a few
/// of them for large shapes, and ones that round.
struct Product {
  Routine routine;
  std::string_view name, formula;
  std::vector<blas::Op> trans_a, trans_b;
  std::vector<std::pair<double, double>> exact_scalars, few_scalars, rounding_scalars;
  std::vector<ProductShape> small;   ///< exhaustive, in ascending size
  std::vector<ProductShape> medium;  ///< around the block sizes of kernels, odd and skinny
  std::vector<ProductShape> large;   ///< around the block sizes of caches
};

const std::vector<Product>& products();

/// The arguments of one call, as gemm takes them.
template <class T>
struct Arguments {
  blas::Op trans_a, trans_b;
  T alpha;
  MatrixView<const T> a, b;
  T beta;
  MatrixView<T> c;
};

/// Calls the routine of which `arguments` are a case of gemm.
template <class T>
void call(Routine routine, const blas::Functions& blas, const Arguments<T>& arguments);

/// "sgemm m=3 n=2 k=5 trans_a=T trans_b=N lda=7 ldb=8 ldc=5 alpha=-1 beta=2", enough to repeat it.
template <class T>
std::string describe(const Product& product, const Arguments<T>& arguments);

}  // namespace sqrtn::claims
