#include "claims/products/cases.hpp"

#include <algorithm>

namespace sqrtn::claims {
namespace {

using blas::Layout;
using blas::Op;
using blas::Triangle;
using Forms = std::vector<Form>;
using Shapes = std::vector<ProductShape>;

constexpr auto ops = {Op::none, Op::transpose};
constexpr auto layouts = {Layout::row_major, Layout::column_major};

/// Each form with each of the values in that field.
template <class Field, class Value>
Forms with_each(const Forms& forms, Field Form::*field, std::initializer_list<Value> values) {
  Forms all;
  for (Form form : forms) {
    for (const Value value : values) {
      form.*field = value;
      all.push_back(form);
    }
  }
  return all;
}

Forms gemv_forms() { return with_each(with_each({{}}, &Form::layout, layouts), &Form::trans_a, ops); }
Forms syrk_forms() { return with_each(gemv_forms(), &Form::triangle, {Triangle::upper, Triangle::lower}); }
/// Of α·op(A)·op(B) + β·C.
ScalarSets with_beta() {
  ScalarSets sets{.exact = {}, .few = {{1, 0}, {-1, 2}}, .rounding = {{1, 0}, {-0.7, 1.3}}};
  for (const double alpha : {1, -1, 2, 0}) {
    for (const double beta : {0, 1, -1, 2}) sets.exact.push_back({alpha, beta});
  }
  return sets;
}

/// Of α·op(A)·op(B) + C.
ScalarSets adding() {
  return {.exact = {{1, 1}, {-1, 1}, {2, 1}, {0, 1}}, .few = {{1, 1}, {2, 1}}, .rounding = {{1, 1}, {-0.7, 1}}};
}

/// Of βC.
ScalarSets scaling() {
  const std::vector<Scalars> exact{{1, -1}, {1, 2}, {1, 0}, {1, 1}};
  return {.exact = exact, .few = exact, .rounding = {{1, -0.7}}};
}

/// Every shape up to these sizes, in ascending order of work, so that the first failure is small.
Shapes all_up_to(std::size_t m, std::size_t n, std::size_t k, std::size_t k_from = 1) {
  Shapes shapes;
  for (std::size_t i = 1; i <= m; ++i) {
    for (std::size_t j = 1; j <= n; ++j) {
      for (std::size_t p = k_from; p <= k; ++p) shapes.push_back({i, j, p});
    }
  }
  std::ranges::stable_sort(shapes, {}, [](const ProductShape& s) { return s.m * s.n * (s.k + 1); });
  return shapes;
}

/// What `fitted` makes of cubes of 2^e − 1, 2^e and 2^e + 1, with this k if one is given.
Shapes around_powers(Routine routine, int first, int last, std::optional<std::size_t> k = {}) {
  Shapes shapes;
  for (int e = first; e <= last; ++e) {
    const std::size_t power = std::size_t{1} << e;
    for (const std::size_t size : {power - 1, power, power + 1}) {
      shapes.push_back(fitted(routine, {size, size, k.value_or(size)}));
    }
  }
  return shapes;
}

/// Each dimension in turn of that size, the others short.
Shapes in_turn(std::size_t size, std::size_t shorter, std::size_t longer) {
  return {{size, shorter, longer}, {shorter, size, longer}, {shorter, longer, size}};
}

/// Each dimension in turn around powers of two and around the block sizes of caches and kernels (multiples
/// of 16 and 24) up to 1,041; and past 2¹⁶, where a 16-bit count of blocks or of a batch ends.
Shapes skinny(Routine routine) {
  Shapes shapes;
  for (const std::size_t middle : {32, 64, 128, 256, 512, 1024, 48, 96, 192, 240, 320, 384, 448, 640, 768, 960, 1040}) {
    for (const std::size_t size : {middle - 1, middle, middle + 1}) {
      shapes = joined({shapes, in_turn(size, 9, 17)});
    }
  }
  for (const std::size_t size : {65535, 65536, 65537}) shapes = joined({shapes, in_turn(size, 2, 3)});
  return fitted(routine, shapes);
}

Product gemm() {
  // One dimension long, the others short; the shape of a kernel that was wrong on one processor
  // (625 × 5, numpy#24903); primes.
  const Shapes odd{{3, 5, 2049},  {2049, 3, 7}, {5, 2049, 3},  {1, 300, 300}, {300, 1, 300},
                   {300, 300, 1}, {625, 5, 5},  {5, 625, 625}, {101, 103, 97}};
  // Two dimensions of several blocks beside one that is past all of them.
  const Shapes blocks = joined({in_turn(257, 130, 260), in_turn(513, 130, 260), in_turn(1040, 130, 260)});
  const Shapes few_blocks{{2, 1, 1}, {257, 257, 257}, {260, 260, 260}};
  return {.routine = Routine::gemm,
          .name = "gemm",
          .formula = "C = αop(A)op(B) + βC",
          .forms = with_each(gemv_forms(), &Form::trans_b, ops),
          .scalars = with_beta(),
          .small = all_up_to(8, 8, 8, 0),
          .medium = joined({around_powers(Routine::gemm, 4, 6), odd}),
          .large = joined({skinny(Routine::gemm), around_powers(Routine::gemm, 7, 7), few_blocks, blocks})};
}

Product gemv() {
  const Shapes odd{{625, 1, 5}, {5, 1, 625}, {2049, 1, 3}, {3, 1, 2049}, {251, 1, 239}};
  return {.routine = Routine::gemv,
          .name = "gemv",
          .formula = "y = αop(A)x + βy",
          .forms = gemv_forms(),
          .scalars = with_beta(),
          .small = all_up_to(17, 1, 17),
          .medium = joined({around_powers(Routine::gemv, 5, 7), odd}),
          .large = joined({skinny(Routine::gemv), around_powers(Routine::gemv, 8, 10)})};
}

Product ger() {
  const Shapes odd{{625, 5, 1}, {5, 625, 1}, {2049, 3, 1}, {3, 2049, 1}, {251, 239, 1}};
  return {.routine = Routine::ger,
          .name = "ger",
          .formula = "A = αxyᵀ + A",
          .forms = with_each({{.trans_b = Op::transpose}}, &Form::layout, layouts),
          .scalars = adding(),
          .small = all_up_to(17, 17, 1),
          .medium = joined({around_powers(Routine::ger, 5, 7), odd}),
          .large = joined({skinny(Routine::ger), around_powers(Routine::ger, 8, 9)})};
}

Product dot() {
  return {.routine = Routine::dot,
          .name = "dot",
          .formula = "xᵀy",
          .forms = {{.trans_a = Op::transpose}},
          .small = all_up_to(1, 1, 130),
          .medium = around_powers(Routine::dot, 8, 12),
          .large = around_powers(Routine::dot, 13, 16)};
}

Product axpy() {
  return {.routine = Routine::axpy,
          .name = "axpy",
          .formula = "y = αx + y",
          .scalars = adding(),
          .small = all_up_to(130, 1, 1),
          .medium = around_powers(Routine::axpy, 8, 12),
          .large = around_powers(Routine::axpy, 13, 16)};
}

Product scal() {
  return {.routine = Routine::scal,
          .name = "scal",
          .formula = "x = αx",
          .scalars = scaling(),
          .small = all_up_to(130, 1, 0, 0),
          .medium = around_powers(Routine::scal, 8, 12),
          .large = around_powers(Routine::scal, 13, 16)};
}

Product syrk() {
  const Shapes odd{{9, 9, 2049}, {101, 101, 97}};
  const Shapes blocks{{129, 129, 257}, {513, 513, 5}, {257, 257, 300}, {7, 7, 65537}, {1040, 1040, 3}};
  return {.routine = Routine::syrk,
          .name = "syrk",
          .formula = "C = αop(A)op(A)ᵀ + βC in one triangle",
          .forms = syrk_forms(),
          .scalars = with_beta(),
          .small = fitted(Routine::syrk, all_up_to(12, 1, 8, 0)),
          .medium = joined({around_powers(Routine::syrk, 4, 6), odd}),
          .large = joined({around_powers(Routine::syrk, 7, 8, 9), blocks})};
}

}  // namespace

const std::vector<Product>& products() {
  static const std::vector<Product> all{
      gemm(),
      gemv(),
      ger(),
      dot(),
      axpy(),
      scal(),
      syrk(),
      {.routine = Routine::trsm, .name = "trsm", .formula = "B = αop(A)⁻¹B or αBop(A)⁻¹"},
      {.routine = Routine::nrm2, .name = "nrm2", .formula = "‖x‖"}};
  return all;
}

std::vector<ProductShape> joined(std::initializer_list<Shapes> parts) {
  Shapes all;
  for (const Shapes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

ProductShape fitted(Routine routine, const ProductShape& shape) {
  const auto [m, n, k] = shape;
  switch (routine) {
    case Routine::gemv:
      return {m, 1, k};
    case Routine::ger:
      return {m, n, 1};
    case Routine::dot:
      return {1, 1, k};
    case Routine::axpy:
      return {m, 1, 1};
    case Routine::scal:
      return {m, 1, 0};
    case Routine::syrk:
      return {m, m, k};
    default:
      return shape;
  }
}

std::vector<ProductShape> fitted(Routine routine, std::vector<ProductShape> shapes) {
  for (ProductShape& shape : shapes) shape = fitted(routine, shape);
  return shapes;
}

}  // namespace sqrtn::claims
