#include <algorithm>
#include <array>
#include <iterator>

#include "blas/operations/describe.hpp"

namespace sqrtn::blas::described {
namespace {

/// y = α·A·x + β·y.
std::vector<Operation> matrix_by_vector() {
  const auto of = [](std::string_view name, std::string_view pattern, std::string_view types,
                     std::string_view arguments, Operand a) {
    return Operation{
        name, pattern, types, arguments, "y = αAx + βy", {a, x, y}, {sum('y', {{'a', plain('A'), plain('x')}}, 'b')}};
  };
  const std::vector<Output> general_sum{sum('y', {{'a', op('A'), plain('x')}}, 'b')};
  return {
      {.name = "gemv",
       .pattern = "?gemv",
       .types = all_types,
       .signature = "trans m n alpha A lda x incx beta y incy",
       .formula = "y = αop(A)x + βy",
       .operands = {matrix('A', 'm', 'n'), x, y_of_m},
       .outputs = general_sum,
       .lengths_of_stored = true},
      {.name = "gbmv",
       .pattern = "?gbmv",
       .types = all_types,
       .signature = "trans m n kl ku alpha A lda x incx beta y incy",
       .formula = "y = αop(A)x + βy",
       .operands = {matrix('A', 'm', 'n', band), x, y_of_m},
       .outputs = general_sum,
       .lengths_of_stored = true},
      of("symv", "?symv", all_types, "uplo n alpha A lda x incx beta y incy", square('A', symmetric)),
      of("sbmv", "?sbmv", all_types, "uplo n k alpha A lda x incx beta y incy", square('A', symmetric, band)),
      of("spmv", "?spmv", all_types, "uplo n alpha A x incx beta y incy", square('A', symmetric, packed)),
      of("hemv", "?hemv", complex_types, "uplo n alpha A lda x incx beta y incy", square('A', hermitian)),
      of("hbmv", "?hbmv", complex_types, "uplo n k alpha A lda x incx beta y incy", square('A', hermitian, band)),
      of("hpmv", "?hpmv", complex_types, "uplo n alpha A x incx beta y incy", square('A', hermitian, packed)),
  };
}

/// x = op(A)·x and op(A)·x = b of a triangle.
std::vector<Operation> triangle_by_vector() {
  std::vector<Operation> rows;
  static constexpr std::array<std::array<std::string_view, 2>, 6> names{{{"trmv", "?trmv"},
                                                                         {"tbmv", "?tbmv"},
                                                                         {"tpmv", "?tpmv"},
                                                                         {"trsv", "?trsv"},
                                                                         {"tbsv", "?tbsv"},
                                                                         {"tpsv", "?tpsv"}}};
  for (const bool solves : {false, true}) {
    for (const Format format : {full, band, packed}) {
      const auto& [name, pattern] = names.at((solves ? 3U : 0U) + (format == full ? 0U : format == band ? 1U : 2U));
      rows.push_back({.name = name,
                      .pattern = pattern,
                      .types = all_types,
                      .signature = format == full   ? "uplo trans diag n A lda x incx"
                                   : format == band ? "uplo trans diag n k A lda x incx"
                                                    : "uplo trans diag n A x incx",
                      .formula = solves ? "op(A)x = b" : "x = op(A)x",
                      .operands = {square('A', triangular, format), x},
                      .outputs = {sum('x', {{'1', op('A'), plain('x')}})},
                      .solves = solves});
    }
  }
  return rows;
}

/// A = α·x·yᵀ + A and its like.
std::vector<Operation> updates_by_vectors() {
  const std::vector<Term> square_of_x{{'a', plain('x'), transposed(plain('x'))}};
  const std::vector<Term> hermitian_square{{'a', plain('x'), adjoint(plain('x'))}};
  const std::vector<Term> both{{'a', plain('x'), transposed(plain('y'))}, {'a', plain('y'), transposed(plain('x'))}};
  const std::vector<Term> hermitian_both{{'a', plain('x'), adjoint(plain('y'))},
                                         {'A', plain('y'), adjoint(plain('x'))}};
  const std::string_view general = "m n alpha x incx y incy A lda", one = "uplo n alpha x incx A lda",
                         one_packed = "uplo n alpha x incx A", two = "uplo n alpha x incx y incy A lda",
                         two_packed = "uplo n alpha x incx y incy A";
  const auto ger = [&](std::string_view name, std::string_view pattern, std::string_view types, Factor right) {
    return Operation{name,
                     pattern,
                     types,
                     general,
                     right.conjugated ? "A = αxyᴴ + A" : "A = αxyᵀ + A",
                     {x_of_m, y, matrix('A', 'm', 'n')},
                     {sum('A', {{'a', plain('x'), right}}, '1')}};
  };
  const auto symmetric_update = [&](std::string_view name, std::string_view pattern, Format format,
                                    const std::vector<Term>& terms) {
    const bool is_two = terms.size() == 2;
    Operation row{name,
                  pattern,
                  all_types,
                  format == packed ? (is_two ? two_packed : one_packed) : (is_two ? two : one),
                  is_two ? "A = αxyᵀ + αyxᵀ + A" : "A = αxxᵀ + A",
                  {x},
                  {sum('A', terms, '1')}};
    if (is_two) row.operands.push_back(y);
    row.operands.push_back(square('A', symmetric, format));
    return row;
  };
  const auto hermitian_update = [&](std::string_view name, std::string_view pattern, Format format,
                                    const std::vector<Term>& terms) {
    Operation row = symmetric_update(name, pattern, format, terms);
    row.types = complex_types;
    row.formula = terms.size() == 2 ? "A = αxyᴴ + ᾱyxᴴ + A" : "A = αxxᴴ + A, α real";
    row.operands.back().structure = hermitian;
    if (terms.size() == 1) row.real_scalars = "a";
    return row;
  };
  return {
      ger("ger", "?ger", real_types, transposed(plain('y'))),
      ger("geru", "?geru", complex_types, transposed(plain('y'))),
      ger("gerc", "?gerc", complex_types, adjoint(plain('y'))),
      symmetric_update("syr", "?syr", full, square_of_x),
      symmetric_update("spr", "?spr", packed, square_of_x),
      symmetric_update("syr2", "?syr2", full, both),
      symmetric_update("spr2", "?spr2", packed, both),
      hermitian_update("her", "?her", full, hermitian_square),
      hermitian_update("hpr", "?hpr", packed, hermitian_square),
      hermitian_update("her2", "?her2", full, hermitian_both),
      hermitian_update("hpr2", "?hpr2", packed, hermitian_both),
  };
}

}  // namespace

std::vector<Operation> level_2() {
  std::vector<Operation> rows = matrix_by_vector();
  std::ranges::move(triangle_by_vector(), std::back_inserter(rows));
  std::ranges::move(updates_by_vectors(), std::back_inserter(rows));
  return rows;
}

}  // namespace sqrtn::blas::described
