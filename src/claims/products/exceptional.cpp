#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "claims/products/checks.hpp"
#include "claims/products/sweep.hpp"

namespace sqrtn::claims {
namespace {

using blas::Operation;
using What = blas::Argument::What;

bool has_beta(const Operation& operation) { return has_argument(operation, What::scalar, 'b'); }

/// Smallest first, so that the first failure is; those of small-matrix paths and of blocked ones.
std::vector<Choice> sizes(const Operation& operation) {
  return shapes_of(operation, {{1, 1, 1},
                               {2, 3, 4},
                               {3, 5, 7},
                               {8, 8, 8},
                               {9, 17, 5},
                               {16, 16, 16},
                               {33, 20, 19},
                               {64, 64, 64},
                               {65, 63, 130},
                               {128, 128, 128}});
}

/// Scalars that keep small integers exact.
std::vector<Scalars> exact_scalars(const Operation& operation) {
  if (has_beta(operation)) return {{1, 0}, {-1, 1}, {2, 2}};
  if (!has_argument(operation, What::scalar, 'a')) return {{1, 0}};
  return operation.operands.size() == 1 ? std::vector<Scalars>{{2, 0}, {-1, 0}} : std::vector<Scalars>{{1, 0}, {-1, 0}};
}

/// What is 0: nothing, some entries, or all of the operands but one as well.
enum class Zeros { none, some, others };

/// Integers from −2 to 2.
template <class T>
void fill_small(Instance<T>& sum, TestData& data, Zeros zeros, char but_one = 0) {
  for (Stored<T>& operand : sum.operands) {
    data.fill_integers(std::span(operand.entries), 2);
    if (zeros == Zeros::none) std::ranges::replace(operand.entries, T(0), T(1));
    if (zeros == Zeros::others && operand.placement.operand.name != but_one) std::ranges::fill(operand.entries, T(0));
  }
}

/// One NaN or infinity at one place of each operand in turn, the others clean.
template <class T>
void check_specials(const Inquiry& inquiry, const Choice& shape, std::vector<Scalars> scalars, Zeros zeros) {
  constexpr T inf = std::numeric_limits<T>::infinity();
  if (shape.k == 0) std::erase_if(scalars, [](const Scalars& s) { return s.beta == 0; });
  const std::vector<double> places =
      std::max(shape.m, shape.n) < 50 ? std::vector<double>{0, 0.6, 1} : std::vector<double>{0.6};
  for (const blas::Operand& operand : inquiry.operation.operands) {
    const Placement placement(inquiry.operation, operand, shape);
    if (placement.rows * placement.cols == 0) continue;
    // The forms share what op makes of it.
    std::string subject(1, operand.name);
    if (has_op(inquiry.operation, operand.name)) subject = fmt::format("op({})", subject);
    for (const double where : places) {
      const auto row = static_cast<std::size_t>(where * static_cast<double>(placement.rows - 1)),
                 col = static_cast<std::size_t>(where * static_cast<double>(placement.cols - 1));
      for (const T v : {std::numeric_limits<T>::quiet_NaN(), inf, -inf}) {
        const std::string note = fmt::format(" with {} at ({}, {}) of {}", v, row, col, subject);
        compare_forms<T>(inquiry, {shape}, scalars, note, [&](Instance<T>& sum) {
          fill_small(sum, inquiry.data, zeros, operand.name);
          sum.stored(operand.name)(row, col) = v;
          sum.multiply();
        });
      }
    }
  }
}

template <class T>
void check_specials(const Inquiry& inquiry, const std::vector<Scalars>& scalars, Zeros zeros) {
  const Operation& operation = inquiry.operation;
  std::vector<Choice> shapes = sizes(operation);
  // Nothing but βC: what a NaN in C becomes is seen alone.
  if (has_argument(operation, What::length, 'k')) shapes.insert(shapes.begin(), lengths_of(operation, 3, 3, 0));
  for (const Choice& shape : shapes) check_specials<T>(inquiry, shape, scalars, zeros);
}

/// No zero among the others.
template <class T>
void exceptional(const Inquiry& inquiry) {
  check_specials<T>(inquiry, exact_scalars(inquiry.operation), Zeros::none);
}

/// Zeros among the others, and nothing else, so that some meet it with every seed; for scal α = 0.
template <class T>
void zero_factor(const Inquiry& inquiry) {
  const bool scales = inquiry.operation.operands.size() == 1;
  for (const Zeros zeros : {Zeros::some, Zeros::others}) check_specials<T>(inquiry, {{scales ? 0.0 : 1.0, 0}}, zeros);
}

template <class T>
void subnormals(const Inquiry& inquiry) {
  const blas::Output& output = inquiry.operation.outputs.front();
  const blas::Term& term = output.terms.front();
  // The exponents of the factors add up to that of the smallest subnormal; split three ways.
  constexpr int smallest = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits;
  std::vector<int> of_left{smallest, smallest / 2, 0};
  if (term.right.operand == '1') of_left = {smallest};
  if (term.right.operand == term.left.operand) of_left = {smallest / 2};
  for (const Choice& shape : sizes(inquiry.operation)) {
    for (const int exponent : of_left) {
      const std::string note =
          fmt::format(" times 2^{} in {}, and results times 2^{}", exponent, term.left.operand, smallest);
      compare_forms<T>(inquiry, {shape}, exact_scalars(inquiry.operation), note, [&](Instance<T>& sum) {
        fill_small(sum, inquiry.data, Zeros::some);
        // A product that is subnormal, or of a number that is, takes some processors 150 cycles.
        if (shape.k > 32) sum.keep_terms(16, 4);
        sum.multiply();
        const int of_right = term.right.operand == term.left.operand ? exponent : smallest - exponent;
        sum.scale(exponent, of_right, smallest);
      });
    }
  }
}

/// β = 0, or −0; gemm with k = 0 included.
template <class T>
void beta_zero(const Inquiry& inquiry) {
  std::vector<Choice> shapes = up_to_medium(inquiry.operation);
  if (inquiry.operation.name == "gemm")
    shapes = joined({{{.m = 17, .n = 33, .k = 0}, {.m = 257, .n = 65, .k = 0}}, shapes});
  compare_forms<T>(inquiry, shapes, {{1, 0}, {-1, 0}, {1, -0.0}}, ", NaN in the result", [&](Instance<T>& sum) {
    sum.fill_integers(inquiry.data);
    std::ranges::fill(sum.stored(inquiry.operation.outputs.front().operand).entries,
                      std::numeric_limits<T>::quiet_NaN());
    sum.multiply();
  });
}

/// α = 0, or −0: the result is βC, NaN where C was.
template <class T>
void alpha_zero(const Inquiry& inquiry) {
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  const Operation& operation = inquiry.operation;
  const auto fill = [&](Instance<T>& sum) {
    sum.fill_integers(inquiry.data);
    for (Stored<T>& operand : sum.operands) {
      if (operand.placement.operand.name != operation.outputs.front().operand) std::ranges::fill(operand.entries, nan);
    }
  };
  std::vector<Scalars> scalars{{0, 0}, {-0.0, 0}};
  if (has_beta(operation)) scalars = {{0, 0}, {0, 1}, {0, 2}, {-0.0, 2}};
  for (const Choice& shape : joined({small_shapes(operation, true), sizes(operation), medium_shapes(operation)})) {
    compare_forms<T>(inquiry, {shape}, scalars, ", the factors hold NaN", fill);
    if (!has_beta(operation)) continue;
    compare_forms<T>(inquiry, {shape}, {{0, 2}}, ", the factors hold NaN, the result one", [&](Instance<T>& sum) {
      fill(sum);
      Stored<T>& result = sum.stored(operation.outputs.front().operand);
      result(0, result.placement.cols / 2) = nan;
    });
  }
}

/// Whatever the order of the sums.
template <class T>
void exceptional_scalars(const Inquiry& inquiry) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double inf = std::numeric_limits<double>::infinity();
  std::vector<Scalars> scalars{{nan, 1}, {inf, 1}, {-inf, 1}};
  if (has_beta(inquiry.operation)) scalars.insert(scalars.end(), {{nan, 0}, {inf, 0}, {1, nan}, {1, inf}, {-2, -inf}});
  compare_forms<T>(inquiry, sizes(inquiry.operation), scalars, ", integer inputs", [&](Instance<T>& sum) {
    fill_small(sum, inquiry.data, Zeros::none);
    // One sign, so that no order of the sums subtracts an infinity from another.
    for (Stored<T>& operand : sum.operands) {
      for (T& entry : operand.entries) entry = std::abs(entry);
    }
    sum.multiply();
  });
}

}  // namespace

template <class T>
std::vector<Check> checks_of_exceptional() {
  return {{.name = "exceptional",
           .of = routines_of_sums(),
           .statement = ": a NaN or Inf reaches the entries that depend on it, and no other",
           .source = ieee_source,
           .check = exceptional<T>},
          {.name = "subnormals",
           .of = routines_of_sums(),
           .statement = ": subnormals are kept, as operands and as results",
           .source = ieee_source,
           .check = subnormals<T>},
          {.name = "beta_zero",
           .of = {"gemm", "gemv", "syrk"},
           .statement = " with β = 0 does not read the NaN that the result held",
           .source = exact_source,
           .check = beta_zero<T>},
          {.name = "alpha_zero",
           .of = {"gemm", "gemv", "ger", "axpy", "syrk"},
           .statement = " with α = 0 reads neither factor, which hold NaN",
           .source = reference_source,
           .check = alpha_zero<T>},
          {.name = "exceptional_scalars",
           .of = {"gemm", "gemv", "ger", "axpy", "scal", "syrk"},
           .statement = " with α or β NaN or infinite is what IEEE 754 makes of the formula",
           .source = ieee_source,
           .check = exceptional_scalars<T>},
          // ger, syrk and trsm are left out: their reference skips a zero factor, and what it meets.
          {.name = "zero_factor",
           .of = {"gemm", "gemv", "dot", "scal"},
           .statement = ": 0·NaN and 0·Inf are NaN",
           .source = ieee_source,
           .check = zero_factor<T>}};
}

template std::vector<Check> checks_of_exceptional<float>();
template std::vector<Check> checks_of_exceptional<double>();

}  // namespace sqrtn::claims
