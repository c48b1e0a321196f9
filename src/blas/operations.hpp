#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/dtype.hpp"

/// The routines of the BLAS as data: what each is called with, which memory that is, and what it computes. Calls,
/// references and claims follow from these rows.
/// Source: "Basic Linear Algebra Subprograms Technical Forum Standard", ch. 2; reference BLAS 3.11.
namespace sqrtn::blas {

enum class Structure {
  general,
  symmetric,
  hermitian,
  triangular,
  vector,
  rotation  ///< of rotm: a flag of −1, 0, 1 or −2, h₁₁, h₂₁, h₁₂ and h₂₂, of which it says which are read
};

/// How a matrix lies in memory.
enum class Format {
  full,    ///< with a leading dimension; of a square structured one a triangle
  packed,  ///< the columns (row-major: rows) of a triangle, one after the other
  band     ///< its diagonals, with a leading dimension
};

/// Lengths have letters: m, n and k as among the arguments; l and u the diagonals below and above the main one;
/// s is m if the side is left, else n; 1 and 5 are that.
struct Operand {
  char name;  ///< as among the arguments: A, B, C, x, y
  Structure structure;
  Format format;
  char rows, cols;                 ///< of op(A), where a flag says what op is
  char over = ' ';                 ///< the operand in whose memory it lies, with a leading dimension of its own
  std::optional<Dtype> half = {};  ///< of its elements, bf16 or f16; none: the type of the call, in which all is added
};

/// What becomes of an operand before it is multiplied.
struct Factor {
  char operand;                                                         ///< '1': ones, 'I': the identity
  bool by_flag = false;                                                 ///< op of its own flag
  bool transposed = false;                                              ///< after that
  bool conjugated = false;                                              ///< after that
  enum class Part { whole, size, real, imaginary } part = Part::whole;  ///< of each entry; size is |Re| + |Im|
};

/// scalar · left · right; the two factors change places where the side is right.
struct Term {
  char scalar;  ///< a for α, A for its conjugate, o for what is added; c and s of a rotation, - for −s, S for −s̄;
                ///< p, r, q and t for h₁₁, h₂₁, h₁₂ and h₂₂ of one; 1
  Factor left, right;
};

/// What one operand holds after the call: the sum of the terms, plus what it held before times a scalar.
struct Output {
  char operand;  ///< '=': what the function returns
  std::vector<Term> terms;
  char old = '0';  ///< b for β, 1, c, p, t, or 0
};

/// What is no sum of products.
enum class Reduction {
  none,
  norm,
  first_largest,  ///< its index
  first_smallest,
  largest,
  smallest,
  plane_rotation,    ///< of two numbers, the one that makes the second 0
  modified_rotation  ///< the same without square roots
};

/// How several products are asked for at once.
enum class Batch {
  none,
  addresses,  ///< groups of products of one shape, each operand by its address
  strided     ///< products of one shape, operands at equal distances
};

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
  bool by_sign = false;         ///< the largest number, not that of the largest size
  bool adds_in_double = false;  ///< products of singles, which double holds exactly
  bool returns_double = false;
  Batch batch = Batch::none;               ///< C's columns are shared out among the products of one call
  bool lengths_of_stored = false;          ///< m and n are those of A, not of op(A)
  bool of_c_alone = false;                 ///< Fortran's interface, if there is one, has other arguments
  bool gained_flags = false;               ///< newer libraries take two more under the same name
  std::optional<Dtype> half_scalars = {};  ///< likewise of α and β
  bool may_add_in_half = false;            ///< it is not said whether sums have more digits than results
  std::vector<Argument> arguments = {};    ///< from the signature
};

/// In the order of the standard's chapters: vectors, matrices by vectors, matrices; then those of 16-bit operands.
const std::vector<Operation>& operations();

/// "gemm" with 'd' is "dgemm", "asum" with 'c' is "scasum"; "dsdot" is what it is.
std::string name_of(const Operation& operation, char type);

const Operand& operand_of(const Operation& operation, char name);

/// Whether a flag says what op is of that operand.
bool has_op(const Operation& operation, char operand);

bool has_matrix(const Operation& operation);

/// Whether it looks for the largest or smallest, and whether it returns the place of the first of them.
bool is_search(const Operation& operation);
bool returns_index(const Operation& operation);
/// Whether a function of that type returns a complex number: dotu does, asum does not.
bool returns_complex(const Operation& operation, char type);

/// Whether it finds a rotation rather than do something to all entries of vectors or matrices.
bool finds_rotation(const Operation& operation);

/// Whether the operand is read or written by an address of its own, not in another one's memory.
inline bool has_memory(const Operand& operand) { return operand.over == ' '; }

/// Whether some operand has elements of 16 bits.
bool has_halves(const Operation& operation);

/// Of a type's letter: c and z.
bool is_complex(char type);

bool has_argument(const Operation& operation, Argument::What what, char of);

}  // namespace sqrtn::blas
