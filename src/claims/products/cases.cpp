#include "claims/products/cases.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "claims/products/nine.hpp"

namespace sqrtn::claims {
namespace {

struct Cases {
  std::string_view name;
  int first_power, last_power;  ///< cubes of 2^e − 1, 2^e and 2^e + 1
  Lengths odd;
  int last_large_power = 0;
  Lengths blocks = {};
  bool is_skinny = false;  ///< each dimension in turn is long, the others short
};

/// Each dimension in turn of that size, the others short.
Lengths in_turn(std::size_t size, std::size_t shorter, std::size_t longer) {
  return {{size, shorter, longer}, {shorter, size, longer}, {shorter, longer, size}};
}

/// Two dimensions of several blocks beside one that is past all of them.
Lengths several_blocks() {
  Lengths all{{2, 1, 1}, {257, 257, 257}, {260, 260, 260}};
  for (const std::size_t size : {257, 513, 1040}) std::ranges::copy(in_turn(size, 130, 260), std::back_inserter(all));
  return all;
}

std::vector<Cases> all_cases() {
  // One dimension long, the others short; the shape of a kernel that was wrong on one processor (625 × 5, numpy#24903);
  // primes.
  const Lengths of_gemm{{3, 5, 2049},  {2049, 3, 7}, {5, 2049, 3},  {1, 300, 300}, {300, 1, 300},
                        {300, 300, 1}, {625, 5, 5},  {5, 625, 625}, {101, 103, 97}};
  const Lengths of_gemv{{625, 1, 5}, {5, 1, 625}, {2049, 1, 3}, {3, 1, 2049}, {251, 1, 239}};
  const Lengths of_ger{{625, 5, 1}, {5, 625, 1}, {2049, 3, 1}, {3, 2049, 1}, {251, 239, 1}};
  const Lengths of_syrk{{9, 9, 2049}, {101, 101, 97}};
  const Lengths of_trsm{{63, 65, 1}, {5, 301, 1}, {301, 5, 1}};
  const Lengths syrk_blocks{{127, 127, 9},   {128, 128, 9}, {129, 129, 9},   {255, 255, 9},
                            {256, 256, 9},   {257, 257, 9}, {129, 129, 257}, {513, 513, 5},
                            {257, 257, 300}, {7, 7, 65537}, {1040, 1040, 3}};
  const Lengths trsm_blocks{{127, 129, 1}, {257, 9, 1},  {9, 257, 1},   {513, 5, 1},  {5, 513, 1},
                            {1040, 2, 1},  {2, 1040, 1}, {3, 65537, 1}, {65537, 3, 1}};
  return {{"gemm", 4, 6, of_gemm, 7, several_blocks(), true},
          {"gemv", 5, 7, of_gemv, 10, {}, true},
          {"ger", 5, 7, of_ger, 9, {}, true},
          {"dot", 8, 12, {}, 16},
          {"axpy", 8, 12, {}, 16},
          {"scal", 8, 12, {}, 16},
          {"syrk", 4, 6, of_syrk, 6, syrk_blocks},
          {"trsm", 4, 5, of_trsm, 5, trsm_blocks}};
}

const Cases& cases_of(const blas::Operation& operation) {
  static const std::vector<Cases> all = all_cases();
  return *std::ranges::find(all, operation.name, &Cases::name);
}

void add(std::vector<Choice>& shapes, const blas::Operation& operation, const Lengths& lengths) {
  std::ranges::move(shapes_of(operation, lengths), std::back_inserter(shapes));
}

void add_powers(std::vector<Choice>& shapes, const blas::Operation& operation, int first, int last) {
  for (int e = first; e <= last; ++e) {
    const std::size_t power = std::size_t{1} << e;
    for (const std::size_t size : {power - 1, power, power + 1}) add(shapes, operation, {{size, size, size}});
  }
}

/// Around powers of two and around the block sizes of caches and kernels (multiples of 16 and 24) up to 1,041; and past
/// 2¹⁶, where a 16-bit count of blocks or of a batch ends.
void add_skinny(std::vector<Choice>& shapes, const blas::Operation& operation) {
  for (const std::size_t middle : {32, 64, 128, 256, 512, 1024, 48, 96, 192, 240, 320, 384, 448, 640, 768, 960, 1040}) {
    for (const std::size_t size : {middle - 1, middle, middle + 1}) add(shapes, operation, in_turn(size, 9, 17));
  }
  for (const std::size_t size : {65535, 65536, 65537}) add(shapes, operation, in_turn(size, 2, 3));
}

}  // namespace

ScalarSets scalars_of(const blas::Operation& operation) {
  using What = blas::Argument::What;
  const std::vector<Scalars> alphas{{1, 0}, {-1, 0}, {2, 0}, {0, 0}};
  if (!has_argument(operation, What::scalar, 'a')) return {{{1, 0}}, {{1, 0}}, {{1, 0}}};
  if (!has_argument(operation, What::scalar, 'b')) {
    const std::vector<Scalars> few{{1, 0}, {operation.solves ? -1.0 : 2.0, 0}};
    return {alphas, has_matrix(operation) ? few : alphas, {{1, 0}, {-0.7, 0}}};
  }
  ScalarSets sets{.exact = {}, .few = {{1, 0}, {-1, 2}}, .rounding = {{1, 0}, {-0.7, 1.3}}};
  for (const Scalars& one : alphas) {
    for (const double beta : {0, 1, -1, 2}) sets.exact.push_back({one.alpha, beta});
  }
  return sets;
}

std::vector<Choice> shapes_of(const blas::Operation& operation, const Lengths& lengths) {
  std::vector<Choice> shapes;
  for (const auto& [m, n, k] : lengths) shapes.push_back(lengths_of(operation, m, n, k));
  return shapes;
}

std::vector<Choice> medium_shapes(const blas::Operation& operation) {
  const Cases& cases = cases_of(operation);
  std::vector<Choice> shapes;
  add_powers(shapes, operation, cases.first_power, cases.last_power);
  add(shapes, operation, cases.odd);
  return shapes;
}

std::vector<Choice> blocked_shapes(const blas::Operation& operation) {
  const Cases& cases = cases_of(operation);
  std::vector<Choice> shapes;
  if (cases.is_skinny) add_skinny(shapes, operation);
  add_powers(shapes, operation, cases.last_power + 1, cases.last_large_power);
  add(shapes, operation, cases.blocks);
  return shapes;
}

std::vector<Choice> joined(std::initializer_list<std::vector<Choice>> parts) {
  std::vector<Choice> all;
  for (const std::vector<Choice>& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace sqrtn::claims
