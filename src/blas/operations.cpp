#include "blas/operations.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace sqrtn::blas {
namespace {

using enum Structure;
using enum Format;

constexpr std::string_view all_types = "sdcz", real_types = "sd", complex_types = "cz";

constexpr Operand x{'x', vector, full, 'n', '1'}, y{'y', vector, full, 'n', '1'};
constexpr Operand x_of_m{'x', vector, full, 'm', '1'}, y_of_m{'y', vector, full, 'm', '1'};

constexpr Factor ones{'1'}, identity{'I'};
constexpr Factor plain(char operand) { return {operand}; }
constexpr Factor op(char operand) { return {operand, true}; }
constexpr Factor absolute(char operand) { return {.operand = operand, .absolute = true}; }
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
Output sum(char operand, std::vector<Term> terms, char old = '0') { return {operand, std::move(terms), old}; }

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
      {.name = "rot",
       .pattern = "&rot",
       .types = all_types,
       .signature = "n x incx y incy c s",
       .formula = "x, y = cx + sy, cy − sx",
       .operands = {x, y},
       .outputs = {sum('x', {{'s', plain('y'), ones}}, 'c'), sum('y', {{'-', plain('x'), ones}}, 'c')},
       .real_scalars = "cs"},
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
       {sum('=', {{'1', transposed(absolute('x')), ones}})}},
      {"sum", "%sum", real_types, "n x incx", "s = Σ xᵢ", {x}, {sum('=', {{'1', transposed(plain('x')), ones}})}},
      {.name = "nrm2",
       .pattern = "%nrm2",
       .types = all_types,
       .signature = "n x incx",
       .formula = "s = √(xᴴx)",
       .operands = {x},
       .outputs = {sum('=', {})},
       .reduction = Reduction::norm},
      {.name = "iamax",
       .pattern = "i?amax",
       .types = all_types,
       .signature = "n x incx",
       .formula = "i = the first of the largest |Re xᵢ| + |Im xᵢ|",
       .operands = {x},
       .outputs = {sum('=', {})},
       .reduction = Reduction::first_largest},
      {.name = "iamin",
       .pattern = "i?amin",
       .types = all_types,
       .signature = "n x incx",
       .formula = "i = the first of the smallest |Re xᵢ| + |Im xᵢ|",
       .operands = {x},
       .outputs = {sum('=', {})},
       .reduction = Reduction::first_smallest},
  };
}

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
      of("symv", "?symv", real_types, "uplo n alpha A lda x incx beta y incy", square('A', symmetric)),
      of("sbmv", "?sbmv", real_types, "uplo n k alpha A lda x incx beta y incy", square('A', symmetric, band)),
      of("spmv", "?spmv", real_types, "uplo n alpha A x incx beta y incy", square('A', symmetric, packed)),
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
                  real_types,
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

/// C = α·op(A)·op(B) + β·C and its like.
std::vector<Operation> of_matrices() {
  const Operand c = matrix('C', 'm', 'n');
  const std::vector<Output> by_side{sum('C', {{'a', plain('A'), plain('B')}}, 'b')};
  const std::string_view sided = "side uplo m n alpha A lda B ldb beta C ldc";
  const std::string_view one = "uplo trans n k alpha A lda beta C ldc";
  const std::string_view two = "uplo trans n k alpha A lda B ldb beta C ldc";
  const std::string_view triangular_by = "side uplo transa diag m n alpha A lda B ldb";
  const Operand tall_a = matrix('A', 'n', 'k'), tall_b = matrix('B', 'n', 'k');
  return {
      {"gemm",
       "?gemm",
       all_types,
       "transa transb m n k alpha A lda B ldb beta C ldc",
       "C = αop(A)op(B) + βC",
       {matrix('A', 'm', 'k'), matrix('B', 'k', 'n'), c},
       {sum('C', {{'a', op('A'), op('B')}}, 'b')}},
      {.name = "gemm3m",
       .pattern = "?gemm3m",
       .types = complex_types,
       .signature = "transa transb m n k alpha A lda B ldb beta C ldc",
       .formula = "C = αop(A)op(B) + βC by three real products",
       .operands = {matrix('A', 'm', 'k'), matrix('B', 'k', 'n'), c},
       .outputs = {sum('C', {{'a', op('A'), op('B')}}, 'b')}},
      {.name = "gemmt",
       .pattern = "?gemmt",
       .types = all_types,
       .signature = "uplo transa transb n k alpha A lda B ldb beta C ldc",
       .formula = "a triangle of C = αop(A)op(B) + βC",
       .operands = {tall_a, matrix('B', 'k', 'n'), square('C', symmetric)},
       .outputs = {sum('C', {{'a', op('A'), op('B')}}, 'b')}},
      {.name = "geadd",
       .pattern = "?geadd",
       .types = all_types,
       .signature = "m n alpha A lda beta C ldc",
       .formula = "C = αA + βC",
       .operands = {matrix('A', 'm', 'n'), c},
       .outputs = {sum('C', {{'a', plain('A'), identity}}, 'b')}},
      {.name = "omatcopy",
       .pattern = "?omatcopy",
       .types = all_types,
       .signature = "trans m n alpha A lda B ldb",
       .formula = "B = αop(A)",
       .operands = {matrix('A', 'm', 'n'), matrix('B', 'm', 'n')},
       .outputs = {sum('B', {{'a', op('A'), identity}})},
       .lengths_of_stored = true,
       .of_c_alone = true},
      {"symm",
       "?symm",
       all_types,
       sided,
       "C = αAB + βC or αBA + βC, A = Aᵀ",
       {square('A', symmetric, full, 's'), matrix('B', 'm', 'n'), c},
       by_side},
      {"hemm",
       "?hemm",
       complex_types,
       sided,
       "C = αAB + βC or αBA + βC, A = Aᴴ",
       {square('A', hermitian, full, 's'), matrix('B', 'm', 'n'), c},
       by_side},
      {.name = "syrk",
       .pattern = "?syrk",
       .types = all_types,
       .signature = one,
       .formula = "C = αop(A)op(A)ᵀ + βC",
       .operands = {tall_a, square('C', symmetric)},
       .outputs = {sum('C', {{'a', op('A'), transposed(op('A'))}}, 'b')},
       .complex_transposes = "NT"},
      {.name = "herk",
       .pattern = "?herk",
       .types = complex_types,
       .signature = one,
       .formula = "C = αop(A)op(A)ᴴ + βC, α and β real",
       .operands = {tall_a, square('C', hermitian)},
       .outputs = {sum('C', {{'a', op('A'), adjoint(op('A'))}}, 'b')},
       .complex_transposes = "NC",
       .real_scalars = "ab"},
      {.name = "syr2k",
       .pattern = "?syr2k",
       .types = all_types,
       .signature = two,
       .formula = "C = αop(A)op(B)ᵀ + αop(B)op(A)ᵀ + βC",
       .operands = {tall_a, tall_b, square('C', symmetric)},
       .outputs = {sum('C', {{'a', op('A'), transposed(op('B'))}, {'a', op('B'), transposed(op('A'))}}, 'b')},
       .complex_transposes = "NT"},
      {.name = "her2k",
       .pattern = "?her2k",
       .types = complex_types,
       .signature = two,
       .formula = "C = αop(A)op(B)ᴴ + ᾱop(B)op(A)ᴴ + βC, β real",
       .operands = {tall_a, tall_b, square('C', hermitian)},
       .outputs = {sum('C', {{'a', op('A'), adjoint(op('B'))}, {'A', op('B'), adjoint(op('A'))}}, 'b')},
       .complex_transposes = "NC",
       .real_scalars = "b"},
      {"trmm",
       "?trmm",
       all_types,
       triangular_by,
       "B = αop(A)B or αBop(A)",
       {square('A', triangular, full, 's'), matrix('B', 'm', 'n')},
       {sum('B', {{'a', op('A'), plain('B')}})}},
      {.name = "trsm",
       .pattern = "?trsm",
       .types = all_types,
       .signature = triangular_by,
       .formula = "op(A)X = αB or Xop(A) = αB",
       .operands = {square('A', triangular, full, 's'), matrix('B', 'm', 'n')},
       .outputs = {sum('B', {{'a', op('A'), plain('B')}})},
       .solves = true},
  };
}

constexpr std::array<std::pair<std::string_view, Argument>, 25> words{{
    {"side", {Argument::What::side, 'A'}},        {"uplo", {Argument::What::triangle, 'A'}},
    {"trans", {Argument::What::transpose, 'A'}},  {"transa", {Argument::What::transpose, 'A'}},
    {"transb", {Argument::What::transpose, 'B'}}, {"diag", {Argument::What::diagonal, 'A'}},
    {"m", {Argument::What::length, 'm'}},         {"n", {Argument::What::length, 'n'}},
    {"k", {Argument::What::length, 'k'}},         {"kl", {Argument::What::length, 'l'}},
    {"ku", {Argument::What::length, 'u'}},        {"alpha", {Argument::What::scalar, 'a'}},
    {"beta", {Argument::What::scalar, 'b'}},      {"c", {Argument::What::scalar, 'c'}},
    {"s", {Argument::What::scalar, 's'}},         {"A", {Argument::What::data, 'A'}},
    {"B", {Argument::What::data, 'B'}},           {"C", {Argument::What::data, 'C'}},
    {"x", {Argument::What::data, 'x'}},           {"y", {Argument::What::data, 'y'}},
    {"lda", {Argument::What::leading, 'A'}},      {"ldb", {Argument::What::leading, 'B'}},
    {"ldc", {Argument::What::leading, 'C'}},      {"incx", {Argument::What::increment, 'x'}},
    {"incy", {Argument::What::increment, 'y'}},
}};

std::vector<Argument> parsed(std::string_view signature) {
  std::vector<Argument> arguments;
  std::istringstream text{std::string(signature)};
  for (std::string word; text >> word;) {
    const auto found = std::ranges::find(words, std::string_view(word), [](const auto& row) { return row.first; });
    if (found == words.end()) throw std::logic_error("no argument of a BLAS is called " + word);
    arguments.push_back(found->second);
  }
  return arguments;
}

}  // namespace

const std::vector<Operation>& operations() {
  static const std::vector<Operation> all = [] {
    std::vector<Operation> rows;
    for (std::vector<Operation> part :
         {of_vectors(), matrix_by_vector(), triangle_by_vector(), updates_by_vectors(), of_matrices()}) {
      std::ranges::move(part, std::back_inserter(rows));
    }
    for (Operation& row : rows) row.arguments = parsed(row.signature);
    return rows;
  }();
  return all;
}

std::string name_of(const Operation& operation, char type) {
  std::string name(operation.pattern);
  const std::size_t at = name.find_first_of("?%&");
  const char real = type == 'c' ? 's' : 'd';
  const bool real_first = is_complex(type) && name[at] == '%', real_second = is_complex(type) && name[at] == '&';
  name[at] = type;
  if (real_first) name.insert(at, 1, real);
  if (real_second) name.insert(at + 1, 1, real);
  return name;
}

const Operand& operand_of(const Operation& operation, char name) {
  return *std::ranges::find(operation.operands, name, &Operand::name);
}

bool has_op(const Operation& operation, char operand) {
  const auto is_op = [=](const Factor& factor) { return factor.operand == operand && factor.by_flag; };
  return std::ranges::any_of(operation.outputs, [&](const Output& output) {
    return std::ranges::any_of(output.terms, [&](const Term& term) { return is_op(term.left) || is_op(term.right); });
  });
}

bool has_matrix(const Operation& operation) {
  return std::ranges::any_of(operation.operands, [](const Operand& o) { return o.structure != Structure::vector; });
}

bool is_search(const Operation& operation) {
  return operation.reduction == Reduction::first_largest || operation.reduction == Reduction::first_smallest;
}

bool is_complex(char type) { return type == 'c' || type == 'z'; }

bool has_argument(const Operation& operation, Argument::What what, char of) {
  return std::ranges::any_of(operation.arguments,
                             [=](const Argument& argument) { return argument.what == what && argument.of == of; });
}

}  // namespace sqrtn::blas
