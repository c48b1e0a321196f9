#include "product_cases.hpp"

#include <algorithm>

namespace sqrtn::claims {
namespace {

using blas::Op;

/// Every shape up to these sizes, in ascending order of work, so that the first failure is small.
std::vector<ProductShape> all_up_to(std::size_t m, std::size_t n, std::size_t k, std::size_t k_from = 1) {
  std::vector<ProductShape> shapes;
  for (std::size_t i = 1; i <= m; ++i) {
    for (std::size_t j = 1; j <= n; ++j) {
      for (std::size_t p = k_from; p <= k; ++p) shapes.push_back({i, j, p});
    }
  }
  std::ranges::stable_sort(shapes, {}, [](const ProductShape& s) { return s.m * s.n * (s.k + 1); });
  return shapes;
}

/// `make` of 2^e − 1, 2^e and 2^e + 1.
template <class Make>
std::vector<ProductShape> around_powers(int first, int last, Make make) {
  std::vector<ProductShape> shapes;
  for (int e = first; e <= last; ++e) {
    for (std::size_t size = (std::size_t{1} << e) - 1; size <= (std::size_t{1} << e) + 1; ++size) {
      shapes.push_back(make(size));
    }
  }
  return shapes;
}

std::vector<ProductShape> joined(std::vector<ProductShape> left, const std::vector<ProductShape>& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

ProductShape cube(std::size_t size) { return {size, size, size}; }
ProductShape square_times_vector(std::size_t size) { return {size, 1, size}; }
ProductShape square_of_vectors(std::size_t size) { return {size, size, 1}; }
ProductShape inner(std::size_t size) { return {1, 1, size}; }
ProductShape one_term(std::size_t size) { return {size, 1, 1}; }
ProductShape no_term(std::size_t size) { return {size, 1, 0}; }

std::vector<std::pair<double, double>> all_scalars() {
  std::vector<std::pair<double, double>> scalars;
  for (double alpha : {1, -1, 2, 0}) {
    for (double beta : {0, 1, -1, 2}) scalars.emplace_back(alpha, beta);
  }
  return scalars;
}

std::vector<Product> make_products() {
  const std::vector<Op> fixed{Op::none}, turned{Op::transpose}, both{Op::none, Op::transpose};
  const std::vector<std::pair<double, double>> few{{1, 0}, {-1, 2}}, rounding{{1, 0}, {-0.7, 1.3}}, plain{{1, 0}},
      adding{{1, 1}, {-1, 1}, {2, 1}, {0, 1}}, few_adding{{1, 1}, {2, 1}}, rounding_adding{{1, 1}, {-0.7, 1}},
      scaling{{1, -1}, {1, 2}, {1, 0}, {1, 1}};
  // One dimension long, the others short; the shape of a kernel that was wrong on one processor
  // (625 × 5, numpy#24903); primes.
  const std::vector<ProductShape> odd{{3, 5, 2049},  {2049, 3, 7}, {5, 2049, 3},  {1, 300, 300}, {300, 1, 300},
                                      {300, 300, 1}, {625, 5, 5},  {5, 625, 625}, {101, 103, 97}};
  const std::vector<ProductShape> odd_vectors{{625, 1, 5}, {5, 1, 625}, {2049, 1, 3}, {3, 1, 2049}, {251, 1, 239}};
  const std::vector<ProductShape> odd_ranks{{625, 5, 1}, {5, 625, 1}, {2049, 3, 1}, {3, 2049, 1}, {251, 239, 1}};
  return {
      {Routine::gemm, "gemm", "C = αop(A)op(B) + βC", both, both, all_scalars(), few, rounding, all_up_to(8, 8, 8),
       joined(around_powers(4, 6, cube), odd), joined(around_powers(7, 8, cube), {{251, 241, 239}, cube(260)})},
      {Routine::gemv, "gemv", "y = αop(A)x + βy", both, fixed, all_scalars(), few, rounding, all_up_to(17, 1, 17),
       joined(around_powers(5, 7, square_times_vector), odd_vectors), around_powers(8, 10, square_times_vector)},
      {Routine::ger, "ger", "A = αxyᵀ + A", fixed, turned, adding, few_adding, rounding_adding, all_up_to(17, 17, 1),
       joined(around_powers(5, 7, square_of_vectors), odd_ranks), around_powers(8, 9, square_of_vectors)},
      {Routine::dot, "dot", "xᵀy", turned, fixed, plain, plain, plain, all_up_to(1, 1, 130),
       around_powers(8, 12, inner), around_powers(13, 15, inner)},
      {Routine::axpy, "axpy", "y = αx + y", fixed, fixed, adding, few_adding, rounding_adding, all_up_to(130, 1, 1),
       around_powers(8, 12, one_term), around_powers(13, 15, one_term)},
      {Routine::scal,
       "scal",
       "x = αx",
       fixed,
       fixed,
       scaling,
       scaling,
       {{1, -0.7}},
       all_up_to(130, 1, 0, 0),
       around_powers(8, 12, no_term),
       around_powers(13, 15, no_term)},
  };
}

template <class T>
VectorView<T> column(MatrixView<T> matrix) {
  return {matrix.data, matrix.rows, matrix.ld};
}

}  // namespace

const std::vector<Product>& products() {
  static const std::vector<Product> all = make_products();
  return all;
}

template <class T>
void call(Routine routine, const blas::Functions& blas, const Arguments<T>& at) {
  switch (routine) {
    case Routine::gemm:
      return blas::gemm(blas, at.trans_a, at.trans_b, at.alpha, at.a, at.b, at.beta, at.c);
    case Routine::gemv:
      return blas::gemv(blas, at.trans_a, at.alpha, at.a, column(at.b), at.beta, column(at.c));
    case Routine::ger:
      return blas::ger(blas, at.alpha, column(at.a), column(at.b), at.c);
    case Routine::dot:
      at.c(0, 0) = blas::dot(blas, column(at.a), column(at.b));
      return;
    case Routine::axpy:
      return blas::axpy(blas, at.alpha, column(at.a), column(at.c));
    case Routine::scal:
      return blas::scal(blas, at.beta, column(at.c));
  }
}

template <class T>
std::string describe(const Product& product, const Arguments<T>& at) {
  const std::size_t k = at.trans_a == Op::none ? at.a.cols : at.a.rows;
  const auto letter = [](Op op) { return op == Op::none ? 'N' : 'T'; };
  const char type = sizeof(T) == sizeof(float) ? 's' : 'd';
  switch (product.routine) {
    case Routine::gemm:
      return fmt::format("{}gemm m={} n={} k={} trans_a={} trans_b={} lda={} ldb={} ldc={} alpha={} beta={}", type,
                         at.c.rows, at.c.cols, k, letter(at.trans_a), letter(at.trans_b), at.a.ld, at.b.ld, at.c.ld,
                         at.alpha, at.beta);
    case Routine::gemv:
      return fmt::format("{}gemv m={} n={} trans={} lda={} incx={} incy={} alpha={} beta={}", type, at.a.rows,
                         at.a.cols, letter(at.trans_a), at.a.ld, at.b.ld, at.c.ld, at.alpha, at.beta);
    case Routine::ger:
      return fmt::format("{}ger m={} n={} incx={} incy={} lda={} alpha={}", type, at.c.rows, at.c.cols, at.a.ld,
                         at.b.ld, at.c.ld, at.alpha);
    case Routine::dot:
      return fmt::format("{}dot n={} incx={} incy={}", type, k, at.a.ld, at.b.ld);
    case Routine::axpy:
      return fmt::format("{}axpy n={} incx={} incy={} alpha={}", type, at.c.rows, at.a.ld, at.c.ld, at.alpha);
    case Routine::scal:
      return fmt::format("{}scal n={} incx={} alpha={}", type, at.c.rows, at.c.ld, at.beta);
  }
  return {};
}

#define SQRTN_INSTANTIATE(T)                                                   \
  template void call<T>(Routine, const blas::Functions&, const Arguments<T>&); \
  template std::string describe<T>(const Product&, const Arguments<T>&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
