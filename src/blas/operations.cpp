#include "blas/operations.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "blas/operations/describe.hpp"

namespace sqrtn::blas {
namespace {

constexpr std::array<std::pair<std::string_view, Argument>, 35> words{{
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
    {"incy", {Argument::What::increment, 'y'}},   {"sb", {Argument::What::scalar, 'o'}},
    {"param", {Argument::What::data, 'H'}},       {"a", {Argument::What::data, 'a'}},
    {"b", {Argument::What::data, 'b'}},           {"cosine", {Argument::What::data, 'c'}},
    {"sine", {Argument::What::data, 's'}},        {"d1", {Argument::What::data, 'd'}},
    {"d2", {Argument::What::data, 'e'}},          {"x1", {Argument::What::data, 'x'}},
    {"y1", {Argument::What::scalar, 'y'}},
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
         {described::level_1(), described::level_2(), described::level_3(), described::halves()}) {
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
  if (at == std::string::npos) return name;
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
  return std::ranges::any_of(operation.operands, [](const Operand& o) {
    return o.structure != Structure::vector && o.structure != Structure::rotation;
  });
}

bool returns_index(const Operation& operation) {
  return operation.reduction == Reduction::first_largest || operation.reduction == Reduction::first_smallest;
}

bool returns_complex(const Operation& operation, char type) {
  return is_complex(type) && operation.outputs.front().operand == '=' && operation.pattern.front() == '?';
}

bool is_search(const Operation& operation) {
  return returns_index(operation) || operation.reduction == Reduction::largest ||
         operation.reduction == Reduction::smallest;
}

bool finds_rotation(const Operation& operation) {
  return operation.reduction == Reduction::plane_rotation || operation.reduction == Reduction::modified_rotation;
}

bool has_halves(const Operation& operation) {
  return std::ranges::any_of(operation.operands, [](const Operand& o) { return o.half.has_value(); });
}

bool is_complex(char type) { return type == 'c' || type == 'z'; }

bool has_argument(const Operation& operation, Argument::What what, char of) {
  return std::ranges::any_of(operation.arguments,
                             [=](const Argument& argument) { return argument.what == what && argument.of == of; });
}

}  // namespace sqrtn::blas
