#include <algorithm>
#include <iterator>

#include "blas/operations/describe.hpp"

namespace sqrtn::blas::described {
namespace {

/// Of one vector or two.
std::vector<Operation> of_vectors() {
  const Term product{'1', transposed(plain('x')), plain('y')};
  return {
      {"swap",
       "?swap",
       all_types,
       "n x incx y incy",
       "x ↔ y",
       {x, y},
       {sum('x', {{'1', plain('y'), ones}}), sum('y', {{'1', plain('x'), ones}})}},
      {"copy", "?copy", all_types, "n x incx y incy", "y = x", {x, y}, {sum('y', {{'1', plain('x'), ones}})}},
      {"scal", "?scal", all_types, "n alpha x incx", "x = αx", {x}, {sum('x', {{'a', plain('x'), ones}})}},
      {.name = "rscal",
       .pattern = "&scal",
       .types = complex_types,
       .signature = "n alpha x incx",
       .formula = "x = αx, α real",
       .operands = {x},
       .outputs = {sum('x', {{'a', plain('x'), ones}})},
       .real_scalars = "a"},
      {"axpy",
       "?axpy",
       all_types,
       "n alpha x incx y incy",
       "y = αx + y",
       {x, y},
       {sum('y', {{'a', plain('x'), ones}}, '1')}},
      {"axpby",
       "?axpby",
       all_types,
       "n alpha x incx beta y incy",
       "y = αx + βy",
       {x, y},
       {sum('y', {{'a', plain('x'), ones}}, 'b')}},
      {.name = "axpyc",
       .pattern = "?axpyc",
       .types = complex_types,
       .signature = "n alpha x incx y incy",
       .formula = "y = αx̄ + y",
       .operands = {x, y},
       .outputs = {sum('y', {{'a', {.operand = 'x', .conjugated = true}, ones}}, '1')}},
      {"dot", "?dot", real_types, "n x incx y incy", "s = xᵀy", {x, y}, {sum('=', {product})}},
      {"dotu", "?dotu", complex_types, "n x incx y incy", "s = xᵀy", {x, y}, {sum('=', {product})}},
      {"dotc",
       "?dotc",
       complex_types,
       "n x incx y incy",
       "s = xᴴy",
       {x, y},
       {sum('=', {{'1', adjoint(plain('x')), plain('y')}})}},
      {"asum",
       "%asum",
       all_types,
       "n x incx",
       "s = Σ |Re xᵢ| + |Im xᵢ|",
       {x},
       {sum('=', {{'1', transposed(part(Factor::Part::size, 'x')), ones}})}},
      {"sum",
       "%sum",
       all_types,
       "n x incx",
       "s = Σ Re xᵢ + Im xᵢ",
       {x},
       {sum('=', {{'1', transposed(part(Factor::Part::real, 'x')), ones},
                  {'1', transposed(part(Factor::Part::imaginary, 'x')), ones}})}},
      {.name = "nrm2",
       .pattern = "%nrm2",
       .types = all_types,
       .signature = "n x incx",
       .formula = "s = √(xᴴx)",
       .operands = {x},
       .outputs = {sum('=', {})},
       .reduction = Reduction::norm},
  };
}

/// Products of singles, added in double.
std::vector<Operation> sums_in_double() {
  const Term product{'1', transposed(plain('x')), plain('y')};
  return {
      {.name = "dsdot",
       .pattern = "dsdot",
       .types = "s",
       .signature = "n x incx y incy",
       .formula = "s = xᵀy in double",
       .operands = {x, y},
       .outputs = {sum('=', {product})},
       .adds_in_double = true,
       .returns_double = true},
      {.name = "sdsdot",
       .pattern = "sdsdot",
       .types = "s",
       .signature = "n sb x incx y incy",
       .formula = "s = b + xᵀy in double, rounded once",
       .operands = {x, y},
       .outputs = {sum('=', {product, {'o', ones, ones}})},
       .adds_in_double = true},
  };
}

std::vector<Operation> searches() {
  const auto of = [](std::string_view name, std::string_view pattern, std::string_view formula, Reduction reduction) {
    return Operation{.name = name,
                     .pattern = pattern,
                     .types = all_types,
                     .signature = "n x incx",
                     .formula = formula,
                     .operands = {x},
                     .outputs = {sum('=', {})},
                     .reduction = reduction};
  };
  const auto by_sign = [&of](std::string_view name, std::string_view pattern, std::string_view formula,
                             Reduction reduction) {
    Operation row = of(name, pattern, formula, reduction);
    row.types = real_types;
    row.by_sign = true;
    return row;
  };
  return {
      of("iamax", "i?amax", "i = the first of the largest |Re xᵢ| + |Im xᵢ|", Reduction::first_largest),
      of("iamin", "i?amin", "i = the first of the smallest |Re xᵢ| + |Im xᵢ|", Reduction::first_smallest),
      by_sign("imax", "i?max", "i = the first of the largest xᵢ", Reduction::first_largest),
      by_sign("imin", "i?min", "i = the first of the smallest xᵢ", Reduction::first_smallest),
      of("amax", "%amax", "s = max |Re xᵢ| + |Im xᵢ|", Reduction::largest),
      of("amin", "%amin", "s = min |Re xᵢ| + |Im xᵢ|", Reduction::smallest),
      by_sign("max", "?max", "s = max xᵢ", Reduction::largest),
      by_sign("min", "?min", "s = min xᵢ", Reduction::smallest),
  };
}

/// What turns two vectors, and what finds by how much.
std::vector<Operation> rotations() {
  const Operand h{'H', rotation, full, '5', '1'};
  const auto number = [](char name) { return Operand{name, vector, full, '1', '1'}; };
  const auto turned = [](char sine, char minus_sine) {
    return std::vector<Output>{sum('x', {{sine, plain('y'), ones}}, 'c'),
                               sum('y', {{minus_sine, plain('x'), ones}}, 'c')};
  };
  return {
      {.name = "rot",
       .pattern = "&rot",
       .types = all_types,
       .signature = "n x incx y incy c s",
       .formula = "x, y = cx + sy, cy − sx",
       .operands = {x, y},
       .outputs = turned('s', '-'),
       .real_scalars = "cs"},
      {.name = "crot",
       .pattern = "?rot",
       .types = complex_types,
       .signature = "n x incx y incy c s",
       .formula = "x, y = cx + sy, cy − s̄x, c real",
       .operands = {x, y},
       .outputs = turned('s', 'S'),
       .real_scalars = "c"},
      {.name = "rotm",
       .pattern = "?rotm",
       .types = real_types,
       .signature = "n x incx y incy param",
       .formula = "x, y = h₁₁x + h₁₂y, h₂₁x + h₂₂y",
       .operands = {x, y, h},
       .outputs = {sum('x', {{'q', plain('y'), ones}}, 'p'), sum('y', {{'r', plain('x'), ones}}, 't')}},
      {.name = "rotg",
       .pattern = "?rotg",
       .types = all_types,
       .signature = "a b cosine sine",
       .formula = "c, s that turn (a, b) to (r, 0)",
       .operands = {number('a'), number('b'), number('c'), number('s')},
       .outputs = {sum('a', {}), sum('b', {}), sum('c', {}), sum('s', {})},
       .reduction = Reduction::plane_rotation},
      {.name = "rotmg",
       .pattern = "?rotmg",
       .types = real_types,
       .signature = "d1 d2 x1 y1 param",
       .formula = "H that turns (√d₁x₁, √d₂y₁) to (·, 0)",
       .operands = {number('d'), number('e'), number('x'), h},
       .outputs = {sum('d', {}), sum('e', {}), sum('x', {}), sum('H', {})},
       .reduction = Reduction::modified_rotation},
  };
}

}  // namespace

std::vector<Operation> level_1() {
  std::vector<Operation> rows = of_vectors();
  for (std::vector<Operation> part : {sums_in_double(), searches(), rotations()}) {
    std::ranges::move(part, std::back_inserter(rows));
  }
  return rows;
}

}  // namespace sqrtn::blas::described
