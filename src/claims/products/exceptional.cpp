#include <cmath>
#include <limits>

#include "claims/products/checks.hpp"
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
std::vector<Scalars> scalars_of(Routine routine) {
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
Problem<T> small_integers(const Trial& trial, const ProductShape& shape, bool zeros) {
  const Routine routine = trial.product.routine;
  Problem<T> problem(trial.product, fitted(routine, shape), Inputs::integers, trial.data);
  for (Matrix<T>* matrix : {&problem.a, &problem.b, &problem.c}) {
    for (T& entry : matrix->storage()) {
      entry = std::fmod(entry, T(3));
      if (entry == 0 && !zeros) entry = 1;
    }
  }
  if (routine == Routine::axpy) std::ranges::fill(problem.b.storage(), T(1));
  if (routine == Routine::syrk) problem.b = stored(std::as_const(problem.a).view(), Op::transpose, 0);
  problem.multiply();
  return problem;
}

/// Puts v into A at (i, p); the products that it meets become v·b, whatever else is added to them.
template <class T>
void put_into_a(Problem<T>& problem, Routine routine, std::size_t i, std::size_t p, T v) {
  problem.a(i, p) = v;
  const bool both = routine == Routine::syrk;
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
void for_each_operand(Routine routine, Problem<T>& problem, T v, double where, Check check) {
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
  put_into_a(problem, routine, i, p, v);
  check(note("op(A)", i, p));
  put_into_a(problem, routine, i, p, old);
  problem.multiply();
  if (routine == Routine::axpy || routine == Routine::syrk) return;
  old = problem.b(p, j);
  put_into_b(problem, p, j, v);
  check(note("op(B)", p, j));
  problem.b(p, j) = old;
  problem.multiply();
}

/// One NaN or infinity in one operand.
template <class T>
void check_specials(Trial& trial, const std::vector<Scalars>& scalars, bool zeros) {
  constexpr T inf = std::numeric_limits<T>::infinity();
  const Routine routine = trial.product.routine;
  std::vector<ProductShape> shapes = sizes();
  // Nothing but βC: what a NaN in C becomes is seen alone.
  if (routine == Routine::gemm || routine == Routine::syrk) shapes.insert(shapes.begin(), {3, 3, 0});
  for (const ProductShape& shape : shapes) {
    Problem<T> problem = small_integers<T>(trial, shape, zeros);
    std::vector<Scalars> reading = scalars;
    if (shape.k == 0) std::erase_if(reading, [](const Scalars& s) { return s.beta == 0; });
    const std::vector<double> places = shape.m < 50 ? std::vector<double>{0, 0.6, 1} : std::vector<double>{0.6};
    for (const T v : {std::numeric_limits<T>::quiet_NaN(), inf, -inf}) {
      for (const double where : places) {
        for_each_operand(routine, problem, v, where,
                         [&](std::string note) { check_shape(trial, problem, reading, {.note = std::move(note)}); });
      }
    }
  }
}

/// No zero among the others.
template <class T>
void exceptional(Trial& trial) {
  check_specials<T>(trial, scalars_of(trial.product.routine), false);
}

/// Zeros among the others; for scal α = 0.
template <class T>
void zero_factor(Trial& trial) {
  check_specials<T>(trial, {{1, 0}}, true);
}

template <class T>
void subnormals(Trial& trial) {
  const Routine routine = trial.product.routine;
  // The exponents of A and B add up to that of the smallest subnormal; split three ways.
  const int smallest = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits;
  for (const ProductShape& shape : sizes()) {
    for (const int of_a : {smallest, smallest / 2, 0}) {
      if (trial.found.failed()) return;
      if (of_a != smallest && (routine == Routine::axpy || routine == Routine::scal)) continue;
      if (of_a != smallest / 2 && routine == Routine::syrk) continue;
      Problem<T> problem = small_integers<T>(trial, shape, true);
      const int of_b = routine == Routine::syrk ? smallest / 2 : smallest - of_a;
      for (T& entry : problem.a.storage()) entry = std::ldexp(entry, of_a);
      for (T& entry : problem.b.storage()) entry = std::ldexp(entry, of_b);
      for (T& entry : problem.c.storage()) entry = std::ldexp(entry, smallest);
      for (Wide<T>& entry : problem.value.storage()) entry = std::ldexp(entry, of_a + of_b);
      check_shape(trial, problem, scalars_of(routine),
                  {.note = fmt::format(" times 2^{} in A, 2^{} in B and 2^{} in C", of_a, of_b, smallest)});
    }
  }
}

/// β = 0, or −0; gemm with k = 0 included.
template <class T>
void beta_zero(Trial& trial) {
  const Product& product = trial.product;
  std::vector<ProductShape> shapes = up_to_medium(product);
  if (product.routine == Routine::gemm) shapes = joined({{{17, 33, 0}, {257, 65, 0}}, shapes});
  check_shapes<T>(trial, shapes, {{1, 0}, {-1, 0}, {1, -0.0}}, {.poison_c = true});
}

/// α = 0, or −0: the result is βC, NaN where C was.
template <class T>
void alpha_zero(Trial& trial) {
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  const Product& product = trial.product;
  const bool has_beta = product.routine != Routine::ger && product.routine != Routine::axpy;
  std::vector<Scalars> scalars{{0, 1}, {-0.0, 1}};
  if (has_beta) scalars = {{0, 0}, {0, 1}, {0, 2}, {-0.0, 2}};
  for (const ProductShape& shape : joined({product.small, sizes(), product.medium})) {
    if (trial.found.failed()) return;
    Problem<T> problem(product, fitted(product.routine, shape), Inputs::integers, trial.data);
    std::ranges::fill(problem.a.storage(), nan);
    std::ranges::fill(problem.b.storage(), nan);
    check_shape(trial, problem, scalars, {.note = ", A and B hold NaN"});
    if (!has_beta) continue;
    problem.c(0, problem.shape.n / 2) = nan;
    check_shape(trial, problem, {{0, 2}}, {.note = ", A and B hold NaN, C holds one"});
  }
}

/// Whatever the order of the sums.
template <class T>
void exceptional_scalars(Trial& trial) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double inf = std::numeric_limits<double>::infinity();
  const Routine routine = trial.product.routine;
  std::vector<Scalars> scalars{{nan, 1}, {inf, 1}, {-inf, 1}};
  if (routine == Routine::scal) scalars = {{1, nan}, {1, inf}, {1, -inf}};
  if (routine == Routine::gemm || routine == Routine::gemv || routine == Routine::syrk) {
    scalars.insert(scalars.end(), {{nan, 0}, {inf, 0}, {1, nan}, {1, inf}, {-2, -inf}});
  }
  for (const ProductShape& shape : sizes()) {
    if (trial.found.failed()) return;
    // One sign, so that no order of the sums subtracts an infinity from another.
    Problem<T> problem = small_integers<T>(trial, shape, false);
    for (Matrix<T>* matrix : {&problem.a, &problem.b, &problem.c}) {
      for (T& entry : matrix->storage()) entry = std::abs(entry);
    }
    problem.multiply();
    check_shape(trial, problem, scalars);
  }
}

}  // namespace

template <class T>
std::vector<Check> checks_of_exceptional() {
  using enum Routine;
  return {{.name = "exceptional",
           .of = routines_of_sums,
           .statement = ": a NaN or Inf reaches the entries that depend on it, and no other",
           .source = ieee_source,
           .check = exceptional<T>},
          {.name = "subnormals",
           .of = routines_of_sums,
           .statement = ": subnormals are kept, as operands and as results",
           .source = ieee_source,
           .check = subnormals<T>},
          {.name = "beta_zero",
           .of = {gemm, gemv, syrk},
           .statement = " with β = 0 does not read the NaN that the result held",
           .source = exact_source,
           .check = beta_zero<T>},
          {.name = "alpha_zero",
           .of = {gemm, gemv, ger, axpy, syrk},
           .statement = " with α = 0 reads neither factor, which hold NaN",
           .source = reference_source,
           .check = alpha_zero<T>},
          {.name = "exceptional_scalars",
           .of = {gemm, gemv, ger, axpy, scal, syrk},
           .statement = " with α or β NaN or infinite is what IEEE 754 makes of the formula",
           .source = ieee_source,
           .check = exceptional_scalars<T>},
          // ger, syrk and trsm are left out: their reference skips a zero factor, and what it meets.
          {.name = "zero_factor",
           .of = {gemm, gemv, dot, scal},
           .statement = ": 0·NaN and 0·Inf are NaN",
           .source = ieee_source,
           .check = zero_factor<T>}};
}

template std::vector<Check> checks_of_exceptional<float>();
template std::vector<Check> checks_of_exceptional<double>();

}  // namespace sqrtn::claims
