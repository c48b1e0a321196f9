#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "blas/operations.hpp"

/// The words in which routines are described, and the lists that they make, one a level of the BLAS.
namespace sqrtn::blas::described {

using enum Structure;
using enum Format;

inline constexpr std::string_view all_types = "sdcz", real_types = "sd", complex_types = "cz";

inline constexpr Operand x{'x', vector, full, 'n', '1'}, y{'y', vector, full, 'n', '1'};
inline constexpr Operand x_of_m{'x', vector, full, 'm', '1'}, y_of_m{'y', vector, full, 'm', '1'};

inline constexpr Factor ones{'1'}, identity{'I'};
constexpr Factor plain(char operand) { return {operand}; }
constexpr Factor op(char operand) { return {operand, true}; }
constexpr Factor part(Factor::Part part, char operand) { return {.operand = operand, .part = part}; }
constexpr Factor transposed(Factor factor) {
  factor.transposed = true;
  return factor;
}
constexpr Factor adjoint(Factor factor) {
  factor.transposed = factor.conjugated = true;
  return factor;
}
constexpr Operand matrix(char name, char rows, char cols, Format format = full) {
  return {name, general, format, rows, cols};
}
constexpr Operand square(char name, Structure structure, Format format = full, char order = 'n') {
  return {name, structure, format, order, order};
}
inline Output sum(char operand, std::vector<Term> terms, char old = '0') { return {operand, std::move(terms), old}; }

inline Operand in_half(Operand operand, Dtype half) {
  operand.half = half;
  return operand;
}

/// Vectors; vectors and a matrix; matrices; those of 16-bit operands.
std::vector<Operation> level_1();
std::vector<Operation> level_2();
std::vector<Operation> level_3();
std::vector<Operation> halves();

}  // namespace sqrtn::blas::described
