#include "claims/routines/own_shapes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cfenv>
#include <complex>

#include "claims/area.hpp"
#include "claims/judge.hpp"
#include "claims/routines/blocks.hpp"
#include "claims/routines/routines.hpp"
#include "claims/routines/sweep.hpp"
#include "sqrtn/support/require.hpp"
#include "sqrtn/support/shape.hpp"
#include "support/environment.hpp"
#include "support/nearest.hpp"

namespace sqrtn::claims {
namespace {

using blas::Argument;
using blas::Operation;

constexpr const char* source = "Basic Linear Algebra Subprograms Technical Forum Standard, ch. 2";

/// Multiplications that are made once more, in higher precision, for each of some 30 calls in each type: seconds and a
/// minute.
constexpr double most_for_bound = 0x1p24, most_for_exact = 0x1p30;

struct OwnShape {
  const Operation& operation;
  Choice lengths;
  std::string text;  ///< "180x5120x5120"
  double work = 0;   ///< multiplications of one call, or some more

  [[nodiscard]] bool by_residues() const { return multiplies_matrices(operation); }
};

const Operation& operation_called(std::string_view name, std::string_view text) {
  const std::vector<Operation>& all = blas::operations();
  const auto found = std::ranges::find(all, name, &Operation::name);
  if (found != all.end() && !finds_rotation(*found)) return *found;
  std::vector<std::string> names;
  for (const Operation& operation : all) {
    if (!finds_rotation(operation)) names.emplace_back(operation.name);
  }
  throw std::invalid_argument(fmt::format("'{}' names no routine: {}write ROUTINE:MxNxK, the routine one of {}", text,
                                          did_you_mean(name, names), fmt::join(names, ", ")));
}

std::size_t& length_in(Choice& shape, char letter) {
  switch (letter) {
    case 'm':
      return shape.m;
    case 'n':
      return shape.n;
    case 'k':
      return shape.k;
    case 'l':
      return shape.lower;
    default:
      return shape.upper;
  }
}

void require_room(OwnShape& shape, std::string_view text) {
  double entries = 0, results = 1, longest = 1;
  for (const blas::Operand& operand : shape.operation.operands) {
    const Placement placement(shape.operation, operand, shape.lengths);
    const auto rows = static_cast<double>(placement.rows), cols = static_cast<double>(placement.cols);
    entries += rows * cols;
    longest = std::max({longest, rows, cols});
    if (operand.name == shape.operation.outputs.front().operand) results = rows * cols;
  }
  shape.work = results * longest;
  // Each entry is held as a caller's, as it was before, dense, and as what is expected; most are 16 bytes long.
  const double bytes = 6 * sizeof(std::complex<double>) * entries;
  const auto memory = static_cast<double>(physical_memory_bytes());
  require(bytes < 0.75 * (memory > 0 ? memory : 0x1p32), "'{}': to check it takes {:.2g} bytes of memory", text, bytes);
  require(shape.by_residues() || shape.work <= most_for_exact,
          "'{}': {:.2g} multiplications would be made once more to check it; at most {:.2g} are", text, shape.work,
          most_for_exact);
}

OwnShape parse_own(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  OwnShape shape{
      operation_called(text.substr(0, colon), text), {}, std::string(text.substr(std::min(colon + 1, text.size())))};
  std::vector<char> letters;
  for (const Argument& argument : shape.operation.arguments) {
    if (argument.what == Argument::What::length) letters.push_back(argument.of);
  }
  const Shape lengths = parse_shape(shape.text);
  require(lengths.size() == letters.size(), "'{}' has {} length{}; {} has {}: {}", text, lengths.size(),
          lengths.size() == 1 ? "" : "s", shape.operation.name, letters.size(), fmt::join(letters, ", "));
  for (std::size_t i = 0; i < letters.size(); ++i) {
    require(lengths[i] < std::size_t{1} << 31, "'{}': a library with 32-bit integers takes lengths below 2^31", text);
    length_in(shape.lengths, letters[i]) = lengths[i];
  }
  require_room(shape, text);
  return shape;
}

template <class T>
void exact(const Inquiry& inquiry, const OwnShape& shape) {
  if (shape.by_residues()) {
    exact_blocks<T>(inquiry, {shape.lengths}, 5);
  } else {
    exact_shapes<T>(inquiry, {shape.lengths});
  }
}

template <class T>
Claim claim_of(const OwnShape& shape, bool bound) {
  const Operation& operation = shape.operation;
  Claim claim = exact_claim(
      fmt::format("products/{}/{}/{}/{}", operation.name, scalar_name<T>, shape.text, bound ? "bound" : "exact"),
      fmt::format("{}{}", operation.formula,
                  bound ? ": |error| ≤ γ of the longest sum, entry by entry" : " is exact for integers, at this shape"),
      source);
  claim.uses_blas = true;
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    return checked<T>(shape.operation, subject, settings, id, bound, [&](const Inquiry& inquiry) {
      if (!bound) {
        exact<T>(inquiry, shape);
      } else {
        bound_shapes<T>(inquiry, {shape.lengths});
      }
    });
  };
  return claim;
}

template <class T>
void add_claims(const OwnShape& shape, std::vector<Claim>& claims) {
  if (shape.operation.types.find(blas_type<T>) == std::string_view::npos) return;
  claims.push_back(claim_of<T>(shape, false));
  if (shape.work <= most_for_bound && rounds(shape.operation)) claims.push_back(claim_of<T>(shape, true));
}

}  // namespace

std::vector<Claim> claims_of_shape(std::string_view text) {
  const OwnShape shape = parse_own(text);
  std::vector<Claim> claims;
  add_claims<float>(shape, claims);
  add_claims<double>(shape, claims);
  add_claims<std::complex<float>>(shape, claims);
  add_claims<std::complex<double>>(shape, claims);
  return claims;
}

std::optional<std::string> own_shape(std::string_view id) {
  const ProductClaim claim = product_claim(id);
  if (claim.shape.empty() || claim.shape.front() < '1' || claim.shape.front() > '9') return {};
  return fmt::format("{}:{}", claim.routine, claim.shape);
}

}  // namespace sqrtn::claims
