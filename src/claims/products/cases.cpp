#include "claims/products/cases.hpp"

#include <algorithm>

namespace sqrtn::claims {
namespace {

using blas::Layout;
using blas::Op;
using blas::Triangle;

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
ProductShape square_of_few(std::size_t size) { return {size, size, 9}; }
ProductShape inner(std::size_t size) { return {1, 1, size}; }
ProductShape one_term(std::size_t size) { return {size, 1, 1}; }
ProductShape no_term(std::size_t size) { return {size, 1, 0}; }

/// Each dimension in turn around powers of two and around the block sizes of caches and kernels (multiples
/// of 16 and 24) up to 1,041, the others short; and past 2¹⁶, where a 16-bit count of blocks or of a batch
/// ends.
std::vector<ProductShape> skinny() {
  std::vector<std::size_t> sizes;
  for (std::size_t power = 32; power <= 1024; power *= 2) sizes.push_back(power);
  for (const std::size_t block : {48, 96, 192, 240, 320, 384, 448, 640, 768, 960, 1040}) sizes.push_back(block);
  std::vector<ProductShape> shapes;
  for (const std::size_t middle : sizes) {
    for (std::size_t s = middle - 1; s <= middle + 1; ++s) {
      for (const ProductShape& shape : {ProductShape{s, 9, 17}, {9, s, 17}, {9, 17, s}}) shapes.push_back(shape);
    }
  }
  for (const std::size_t s : {65535, 65536, 65537}) {
    for (const ProductShape& shape : {ProductShape{s, 2, 3}, {2, s, 3}, {2, 3, s}}) shapes.push_back(shape);
  }
  return shapes;
}

std::vector<ProductShape> fitted(Routine routine, std::vector<ProductShape> shapes) {
  for (ProductShape& shape : shapes) shape = fitted(routine, shape);
  return shapes;
}

std::vector<std::pair<double, double>> all_scalars() {
  std::vector<std::pair<double, double>> scalars;
  for (double alpha : {1, -1, 2, 0}) {
    for (double beta : {0, 1, -1, 2}) scalars.emplace_back(alpha, beta);
  }
  return scalars;
}

constexpr auto ops = {Op::none, Op::transpose};
constexpr auto layouts = {Layout::row_major, Layout::column_major};
constexpr auto triangles = {Triangle::upper, Triangle::lower};

std::vector<Form> gemm_forms() {
  std::vector<Form> forms;
  for (const Layout layout : layouts) {
    for (const Op trans_a : ops) {
      for (const Op trans_b : ops) forms.push_back({.trans_a = trans_a, .trans_b = trans_b, .layout = layout});
    }
  }
  return forms;
}

std::vector<Form> gemv_forms() {
  std::vector<Form> forms;
  for (const Layout layout : layouts) {
    for (const Op trans : ops) forms.push_back({.trans_a = trans, .layout = layout});
  }
  return forms;
}

std::vector<Form> syrk_forms() {
  std::vector<Form> forms;
  for (Form form : gemv_forms()) {
    for (const Triangle triangle : triangles) {
      form.triangle = triangle;
      forms.push_back(form);
    }
  }
  return forms;
}

std::vector<Form> trsm_forms() {
  std::vector<Form> forms;
  for (Form form : syrk_forms()) {
    for (form.side = blas::Side::left;; form.side = blas::Side::right) {
      for (const auto diagonal : {blas::Diagonal::stored, blas::Diagonal::ones}) {
        form.diagonal = diagonal;
        forms.push_back(form);
      }
      if (form.side == blas::Side::right) break;
    }
  }
  return forms;
}

std::vector<Product> make_products() {
  const std::vector<Form> plain_form{{}}, dot_form{{.trans_a = Op::transpose}},
      ger_forms{{.trans_b = Op::transpose}, {.trans_b = Op::transpose, .layout = Layout::column_major}};
  const std::vector<std::pair<double, double>> few{{1, 0}, {-1, 2}}, rounding{{1, 0}, {-0.7, 1.3}}, plain{{1, 0}},
      adding{{1, 1}, {-1, 1}, {2, 1}, {0, 1}}, few_adding{{1, 1}, {2, 1}}, rounding_adding{{1, 1}, {-0.7, 1}},
      scaling{{1, -1}, {1, 2}, {1, 0}, {1, 1}}, solving{{1, 0}, {-1, 0}, {2, 0}, {0, 0}};
  // One dimension long, the others short; the shape of a kernel that was wrong on one processor
  // (625 × 5, numpy#24903); primes.
  const std::vector<ProductShape> odd{{3, 5, 2049},  {2049, 3, 7}, {5, 2049, 3},  {1, 300, 300}, {300, 1, 300},
                                      {300, 300, 1}, {625, 5, 5},  {5, 625, 625}, {101, 103, 97}};
  // Two dimensions of several blocks beside one that is past all of them.
  std::vector<ProductShape> blocks;
  for (const std::size_t s : {257, 513, 1040}) {
    for (const ProductShape& shape : {ProductShape{s, 130, 260}, {130, s, 260}, {130, 260, s}}) blocks.push_back(shape);
  }
  const std::vector<ProductShape> odd_vectors{{625, 1, 5}, {5, 1, 625}, {2049, 1, 3}, {3, 1, 2049}, {251, 1, 239}};
  const std::vector<ProductShape> odd_ranks{{625, 5, 1}, {5, 625, 1}, {2049, 3, 1}, {3, 2049, 1}, {251, 239, 1}};
  const auto long_ones = [](Routine routine, const std::vector<ProductShape>& more) {
    return joined(fitted(routine, skinny()), more);
  };
  return {
      {Routine::gemm, "gemm", "C = αop(A)op(B) + βC", gemm_forms(), all_scalars(), few, rounding, all_up_to(8, 8, 8, 0),
       joined(around_powers(4, 6, cube), odd),
       long_ones(Routine::gemm, joined(joined(around_powers(7, 7, cube), {{2, 1, 1}, cube(257), cube(260)}), blocks))},
      {Routine::gemv, "gemv", "y = αop(A)x + βy", gemv_forms(), all_scalars(), few, rounding, all_up_to(17, 1, 17),
       joined(around_powers(5, 7, square_times_vector), odd_vectors),
       long_ones(Routine::gemv, around_powers(8, 10, square_times_vector))},
      {Routine::ger, "ger", "A = αxyᵀ + A", ger_forms, adding, few_adding, rounding_adding, all_up_to(17, 17, 1),
       joined(around_powers(5, 7, square_of_vectors), odd_ranks),
       long_ones(Routine::ger, around_powers(8, 9, square_of_vectors))},
      {Routine::dot, "dot", "xᵀy", dot_form, plain, plain, plain, all_up_to(1, 1, 130), around_powers(8, 12, inner),
       around_powers(13, 16, inner)},
      {Routine::axpy, "axpy", "y = αx + y", plain_form, adding, few_adding, rounding_adding, all_up_to(130, 1, 1),
       around_powers(8, 12, one_term), around_powers(13, 16, one_term)},
      {Routine::scal,
       "scal",
       "x = αx",
       plain_form,
       scaling,
       scaling,
       {{1, -0.7}},
       all_up_to(130, 1, 0, 0),
       around_powers(8, 12, no_term),
       around_powers(13, 16, no_term)},
      {Routine::syrk, "syrk", "C = αop(A)op(A)ᵀ + βC in one triangle", syrk_forms(), all_scalars(), few, rounding,
       fitted(Routine::syrk, all_up_to(12, 1, 8, 0)), joined(around_powers(4, 6, cube), {{9, 9, 2049}, {101, 101, 97}}),
       joined(around_powers(7, 8, square_of_few),
              {{129, 129, 257}, {513, 513, 5}, {257, 257, 300}, {7, 7, 65537}, {1040, 1040, 3}})},
      {Routine::trsm,
       "trsm",
       "B = αop(A)⁻¹B or αBop(A)⁻¹",
       trsm_forms(),
       solving,
       {{1, 0}, {-1, 0}},
       {{1, 0}, {-0.7, 0}},
       all_up_to(8, 8, 1),
       joined(around_powers(4, 5, square_of_vectors), {{63, 65, 0}, {5, 301, 0}, {301, 5, 0}}),
       {{127, 129, 0},
        {257, 9, 0},
        {9, 257, 0},
        {513, 5, 0},
        {5, 513, 0},
        {1040, 2, 0},
        {2, 1040, 0},
        {3, 65537, 0},
        {65537, 3, 0}}},
      {Routine::nrm2, "nrm2", "‖x‖", dot_form, plain, plain, plain, all_up_to(1, 1, 130), {}, {}},
  };
}

}  // namespace

const std::vector<Product>& products() {
  static const std::vector<Product> all = make_products();
  return all;
}

ProductShape fitted(Routine routine, const ProductShape& shape) {
  const auto [m, n, k] = shape;
  switch (routine) {
    case Routine::gemm:
    case Routine::trsm:
      return shape;
    case Routine::gemv:
      return {m, 1, k};
    case Routine::ger:
      return {m, n, 1};
    case Routine::dot:
    case Routine::nrm2:
      return {1, 1, k};
    case Routine::axpy:
      return {m, 1, 1};
    case Routine::scal:
      return {m, 1, 0};
    case Routine::syrk:
      return {m, m, k};
  }
  return shape;
}

}  // namespace sqrtn::claims
