#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The routines of the BLAS as data: what each is called with, which memory that is, and what it computes. Calls,
/// references and claims follow from these rows.
/// Source: "Basic Linear Algebra Subprograms Technical Forum Standard", ch. 2; reference BLAS 3.11.
namespace sqrtn::blas {

enum class Structure { general, symmetric, hermitian, triangular, vector };

/// How a matrix lies in memory.
enum class Format {
  full,    ///< with a leading dimension; of a square structured one a triangle
  packed,  ///< the columns (row-major: rows) of a triangle, one after the other
  band     ///< its diagonals, with a leading dimension
};

/// Lengths have letters: m, n and k as among the arguments; l and u the diagonals below and above the main one;
/// s is m if the side is left, else n; 1 is 1.
struct Operand {
  char name;  ///< as among the arguments: A, B, C, x, y
  Structure structure;
  Format format;
  char rows, cols;  ///< of op(A), where a flag says what op is
};

/// What becomes of an operand before it is multiplied.
struct Factor {
  char operand;             ///< '1': ones, 'I': the identity
  bool by_flag = false;     ///< op of its own flag
  bool transposed = false;  ///< after that
  bool conjugated = false;  ///< after that
  bool absolute = false;    ///< |Re| + |Im| of each entry
};

/// scalar · left · right; the two factors change places where the side is right.
struct Term {
  char scalar;  ///< a for α, A for its conjugate, c and s of a rotation, - for −s, 1
  Factor left, right;
};

/// What one operand holds after the call: the sum of the terms, plus what it held before times a scalar.
struct Output {
  char operand;  ///< '=': what the function returns
  std::vector<Term> terms;
  char old = '0';  ///< b for β, 1, c, or 0
};

/// What is no sum of products.
enum class Reduction { none, norm, first_largest, first_smallest };

/// One argument, in Fortran's order.
struct Argument {
  enum class What { side, triangle, transpose, diagonal, length, scalar, data, leading, increment };
  What what;
  char of;  ///< the operand, the length's letter, or the scalar's
};
struct Operation {
  std::string_view name;       ///< as in claims: "gemm"
  std::string_view pattern;    ///< of its names: ? is s, d, c or z; % is s, d, sc or dz; & is s, d, cs or zd
  std::string_view types;      ///< "sdcz"
  std::string_view signature;  ///< its arguments in Fortran's order, "n alpha x incx"
  std::string_view formula;
  std::vector<Operand> operands;
  std::vector<Output> outputs;
  std::string_view transposes = "NTC";          ///< that its flags may hold
  std::string_view complex_transposes = "NTC";  ///< in complex types
  std::string_view real_scalars = "";           ///< those that are real in complex types too
  bool solves = false;                          ///< its output solves op(A)·X = α·B
  Reduction reduction = Reduction::none;
  bool lengths_of_stored = false;        ///< m and n are those of A, not of op(A)
  bool of_c_alone = false;               ///< Fortran's interface, if there is one, has other arguments
  std::vector<Argument> arguments = {};  ///< from the signature
};

/// In the order of the standard's chapters: vectors, matrices by vectors, matrices.
const std::vector<Operation>& operations();

/// "gemm" with 'd' is "dgemm", "asum" with 'c' is "scasum".
std::string name_of(const Operation& operation, char type);

const Operand& operand_of(const Operation& operation, char name);

/// Whether a flag says what op is of that operand.
bool has_op(const Operation& operation, char operand);

bool has_matrix(const Operation& operation);

/// Whether it looks for the first of the largest or smallest.
bool is_search(const Operation& operation);

/// Of a type's letter: c and z.
bool is_complex(char type);

bool has_argument(const Operation& operation, Argument::What what, char of);

}  // namespace sqrtn::blas
