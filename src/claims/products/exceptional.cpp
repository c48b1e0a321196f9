#include "claims/products/exceptional.hpp"

#include <cmath>
#include <limits>
#include <string_view>

#include "claims/products/sweep.hpp"

namespace sqrtn::claims {

using blas::Op;
using blas::reference::Wide;

namespace {

/// Smallest first, so that the first failure is; those of small-matrix paths and of blocked ones.
const std::vector<ProductShape>& sizes() {
  static const std::vector<ProductShape> all{{1, 1, 1},    {2, 3, 4},    {3, 5, 7},    {8, 8, 8},     {9, 17, 5},
                                             {16, 16, 16}, {33, 20, 19}, {64, 64, 64}, {65, 63, 130}, {128, 128, 128}};
  return all;
}

/// Scalars that keep small integers exact; those of the routines that have none are 1.
std::vector<std::pair<double, double>> scalars_of(Routine routine) {
  switch (routine) {
    case Routine::gemm:
    case Routine::gemv:
    case Routine::syrk:
      return {{1, 0}, {-1, 1}, {2, 2}};
    case Routine::ger:
    case Routine::axpy:
      return {{1, 1}, {-1, 1}};
    case Routine::scal:
      return {{1, 2}, {1, -1}};
    default:
      return {{1, 0}};
  }
}

/// Integers from −2 to 2, with or without zeros among them.
template <class T>
Problem<T> small_integers(const Product& product, const ProductShape& shape, bool zeros, TestData& data) {
  Problem<T> problem(product, shape, Inputs::integers, data);
  for (Matrix<T>* matrix : {&problem.a, &problem.b, &problem.c}) {
    for (T& entry : matrix->storage()) {
      entry = std::fmod(entry, T(3));
      if (entry == 0 && !zeros) entry = 1;
    }
  }
  if (product.routine == Routine::axpy) std::ranges::fill(problem.b.storage(), T(1));
  if (product.routine == Routine::syrk) problem.b = stored(std::as_const(problem.a).view(), Op::transpose, 0);
  problem.multiply();
  return problem;
}

/// Puts v into A at (i, p); the products that it meets become v·b, whatever else is added to them.
template <class T>
void put_into_a(Problem<T>& problem, const Product& product, std::size_t i, std::size_t p, T v) {
  problem.a(i, p) = v;
  const bool both = product.routine == Routine::syrk;
  if (both) problem.b(p, i) = v;
  for (std::size_t j = 0; j < problem.shape.n; ++j) problem.value(i, j) = Wide<T>(v) * problem.b(p, j);
  for (std::size_t j = 0; both && j < problem.shape.m; ++j) problem.value(j, i) = Wide<T>(problem.a(j, p)) * v;
}

template <class T>
void put_into_b(Problem<T>& problem, std::size_t p, std::size_t j, T v) {
  problem.b(p, j) = v;
  for (std::size_t i = 0; i < problem.shape.m; ++i) problem.value(i, j) = Wide<T>(problem.a(i, p)) * v;
}

/// v at one place of each operand in turn, the others clean; `check` gets a note of where it is.
template <class T, class Check>
void for_each_operand(const Product& product, Problem<T>& problem, T v, double where, Check check) {
  const auto place = [where](std::size_t size) {
    return static_cast<std::size_t>(where * static_cast<double>(size - std::min<std::size_t>(size, 1)));
  };
  const std::size_t i = place(problem.shape.m), j = place(problem.shape.n), p = place(problem.shape.k);
  const auto note = [v](const char* matrix, std::size_t row, std::size_t column) {
    return fmt::format(" with {} at ({}, {}) of {}", v, row, column, matrix);
  };
  T old = std::exchange(problem.c(i, j), v);
  check(note("C", i, j));
  problem.c(i, j) = old;
  if (problem.shape.k == 0) return;
  old = problem.a(i, p);
  put_into_a(problem, product, i, p, v);
  check(note("op(A)", i, p));
  put_into_a(problem, product, i, p, old);
  problem.multiply();
  if (product.routine == Routine::axpy || product.routine == Routine::syrk) return;
  old = problem.b(p, j);
  put_into_b(problem, p, j, v);
  check(note("op(B)", p, j));
  problem.b(p, j) = old;
  problem.multiply();
}

template <class T>
Outcome check_specials(const Product& product, const blas::Functions& blas,
                       const std::vector<std::pair<double, double>>& scalars, bool zeros, TestData& data) {
  constexpr T inf = std::numeric_limits<T>::infinity();
  Findings found;
  std::vector<ProductShape> shapes = sizes();
  // Nothing but βC: what a NaN in C becomes is seen alone.
  if (product.routine == Routine::gemm || product.routine == Routine::syrk) shapes.insert(shapes.begin(), {3, 3, 0});
  for (const ProductShape& shape : shapes) {
    Problem<T> problem = small_integers<T>(product, fitted(product.routine, shape), zeros, data);
    std::vector<std::pair<double, double>> reading = scalars;
    if (shape.k == 0) std::erase_if(reading, [](const auto& pair) { return pair.second == 0; });
    const std::vector<double> places = shape.m < 50 ? std::vector<double>{0, 0.6, 1} : std::vector<double>{0.6};
    for (const T v : {std::numeric_limits<T>::quiet_NaN(), inf, -inf}) {
      for (const double where : places) {
        for_each_operand(product, problem, v, where, [&](std::string note) {
          if (!found.failed()) check_shape(blas, product, problem, reading, {.note = std::move(note)}, found);
        });
      }
    }
  }
  return exact_outcome(found);
}

}  // namespace

template <class T>
Outcome exceptional_scalars(const Product& product, const blas::Functions& blas, TestData& data) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  std::vector<std::pair<double, double>> scalars{{nan, 1}, {inf, 1}, {-inf, 1}};
  if (product.routine == Routine::scal) scalars = {{1, nan}, {1, inf}, {1, -inf}};
  if (product.routine == Routine::gemm || product.routine == Routine::gemv || product.routine == Routine::syrk) {
    scalars.insert(scalars.end(), {{nan, 0}, {inf, 0}, {1, nan}, {1, inf}, {-2, -inf}});
  }
  Findings found;
  for (const ProductShape& shape : sizes()) {
    if (found.failed()) break;
    // One sign, so that no order of the sums subtracts an infinity from another.
    Problem<T> problem = small_integers<T>(product, fitted(product.routine, shape), false, data);
    for (Matrix<T>* matrix : {&problem.a, &problem.b, &problem.c}) {
      for (T& entry : matrix->storage()) entry = std::abs(entry);
    }
    problem.multiply();
    check_shape(blas, product, problem, scalars, {}, found);
  }
  return exact_outcome(found);
}

template <class T>
Outcome alpha_zero(const Product& product, const blas::Functions& blas, TestData& data) {
  Findings found;
  const bool has_beta = product.routine != Routine::ger && product.routine != Routine::axpy;
  const std::vector<std::pair<double, double>> scalars =
      has_beta ? std::vector<std::pair<double, double>>{{0, 0}, {0, 1}, {0, 2}, {-0.0, 2}}
               : std::vector<std::pair<double, double>>{{0, 1}, {-0.0, 1}};
  const Sweep sweep{.note = ", A and B hold NaN"};
  for (const std::vector<ProductShape>& shapes : {product.small, sizes(), product.medium}) {
    for (const ProductShape& shape : shapes) {
      if (found.failed()) return exact_outcome(found);
      Problem<T> problem(product, fitted(product.routine, shape), Inputs::integers, data);
      for (Matrix<T>* matrix : {&problem.a, &problem.b}) {
        std::ranges::fill(matrix->storage(), std::numeric_limits<T>::quiet_NaN());
      }
      check_shape(blas, product, problem, scalars, sweep, found);
      if (!has_beta || found.failed()) continue;
      problem.c(0, problem.shape.n / 2) = std::numeric_limits<T>::quiet_NaN();
      check_shape(blas, product, problem, {{0, 2}}, {.note = ", A and B hold NaN, C holds one"}, found);
    }
  }
  return exact_outcome(found);
}

template <class T>
Outcome exceptional(const Product& product, const blas::Functions& blas, TestData& data) {
  return check_specials<T>(product, blas, scalars_of(product.routine), false, data);
}

template <class T>
Outcome zero_factor(const Product& product, const blas::Functions& blas, TestData& data) {
  return check_specials<T>(product, blas, {{1, 0}}, true, data);
}

template <class T>
Outcome subnormals(const Product& product, const blas::Functions& blas, TestData& data) {
  Findings found;
  // The exponents of A and B add up to that of the smallest subnormal; split three ways.
  const int smallest = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits;
  for (const ProductShape& shape : sizes()) {
    for (const int of_a : {smallest, smallest / 2, 0}) {
      if (found.failed()) return exact_outcome(found);
      if (of_a != smallest && (product.routine == Routine::axpy || product.routine == Routine::scal)) continue;
      if (of_a != smallest / 2 && product.routine == Routine::syrk) continue;
      Problem<T> problem = small_integers<T>(product, fitted(product.routine, shape), true, data);
      const int of_b = product.routine == Routine::syrk ? smallest / 2 : smallest - of_a;
      for (T& entry : problem.a.storage()) entry = std::ldexp(entry, of_a);
      for (T& entry : problem.b.storage()) entry = std::ldexp(entry, of_b);
      for (T& entry : problem.c.storage()) entry = std::ldexp(entry, smallest);
      for (Wide<T>& entry : problem.value.storage()) entry = std::ldexp(entry, of_a + of_b);
      check_shape(blas, product, problem, scalars_of(product.routine),
                  {.note = fmt::format(" times 2^{} in A, 2^{} in B and 2^{} in C", of_a, of_b, smallest)}, found);
    }
  }
  return exact_outcome(found);
}

#define SQRTN_INSTANTIATE(T)                                                                  \
  template Outcome exceptional_scalars<T>(const Product&, const blas::Functions&, TestData&); \
  template Outcome alpha_zero<T>(const Product&, const blas::Functions&, TestData&);          \
  template Outcome exceptional<T>(const Product&, const blas::Functions&, TestData&);         \
  template Outcome zero_factor<T>(const Product&, const blas::Functions&, TestData&);         \
  template Outcome subnormals<T>(const Product&, const blas::Functions&, TestData&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
