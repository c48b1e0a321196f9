#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "claims/products/checks.hpp"
#include "claims/products/sweep.hpp"

/// trsm against systems with solutions in integers, and by the residual of what it solved.
namespace sqrtn::claims {
namespace {

/// Systems of integers, as `change` leaves them.
template <class T, class Change>
void solve_exactly(const Inquiry& inquiry, const std::vector<Choice>& shapes, const std::vector<Scalars>& scalars,
                   Change change) {
  compare_forms<T>(inquiry, shapes, scalars, ", integer inputs", [&](Instance<T>& system) {
    system.fill_integers(inquiry.data);
    change(system);
  });
}

template <class T>
void leave(Instance<T>&) {}

/// Systems whose solutions are integers.
template <class T>
void exact(const Inquiry& inquiry) {
  const blas::Operation& operation = inquiry.operation;
  const ScalarSets scalars = scalars_of(operation);
  solve_exactly<T>(inquiry, small_shapes(operation, true), scalars.exact, leave<T>);
  solve_exactly<T>(inquiry, joined({medium_shapes(operation), blocked_shapes(operation)}), scalars.few, leave<T>);
}

/// The residual of the computed solution within the bound of substitution in any order.
template <class T>
void bound(const Inquiry& inquiry) {
  const auto within = [&](const std::vector<Choice>& shapes, Inputs inputs) {
    const std::string note = fmt::format(", {} inputs", to_string(inputs));
    for_forms<T>(
        inquiry, shapes, [&](Instance<T>& system) { system.fill(inquiry.data, inputs); },
        [&](Instance<T>& instance, const blas::Interface& interface) {
          compare_each(instance, interface, scalars_of(inquiry.operation).rounding, false, note, inquiry.found);
        });
  };
  within(small_shapes(inquiry.operation, true), Inputs::normal);
  within(small_shapes(inquiry.operation, true), Inputs::positive);
  within(medium_shapes(inquiry.operation), Inputs::normal);
}

template <class T>
void alpha_zero(const Inquiry& inquiry) {
  compare_forms<T>(inquiry, up_to_medium(inquiry.operation), {{0, 0}}, ", A and B hold NaN", [](Instance<T>& system) {
    for (Stored<T>& operand : system.operands) std::ranges::fill(operand.entries, std::numeric_limits<T>::quiet_NaN());
  });
}

template <class T>
void alpha_nan(const Inquiry& inquiry) {
  solve_exactly<T>(inquiry, up_to_medium(inquiry.operation), {{std::numeric_limits<double>::quiet_NaN(), 0}}, leave<T>);
}

/// Systems whose solutions are subnormal integers.
template <class T>
void subnormals(const Inquiry& inquiry) {
  // Four of the smallest: a half of one, and that halved by a diagonal of 2, is still a number.
  constexpr int exponent = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits + 2;
  solve_exactly<T>(inquiry, up_to_medium(inquiry.operation), scalars_of(inquiry.operation).few,
                   [](Instance<T>& system) {
                     for (std::vector<T>* side : {&system.solution, &system.stored('B').entries}) {
                       for (T& entry : *side) entry = std::ldexp(entry, exponent);
                     }
                   });
}

/// What a call leaves that had v at (row, col) of B.
template <class T>
void check_exceptional(Instance<T>& instance, const blas::Interface& interface, T v, Findings& found) {
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  Stored<T>& b = instance.stored('B');
  const std::size_t row = b.placement.rows / 2, col = b.placement.cols / 3;
  b.memory[*b.placement.place(row, col)] = v;
  instance.call(interface);
  const bool left = instance.choice.side == 'l', upper = is_upper(instance.choice);
  for (std::size_t i = 0; i < b.placement.rows; ++i) {
    for (std::size_t j = 0; j < b.placement.cols; ++j) {
      const auto where = [&] {
        return fmt::format("{}, {} at ({}, {}) of B, entry ({}, {})", instance.describe(interface), v, row, col, i, j);
      };
      const T got = std::exchange(b.memory[*b.placement.place(i, j)], nan);
      if (left ? j != col : i != row) {
        found.compare_kept(got, instance.scalar('a') * instance.solution[i * b.placement.cols + j], where);
      } else if (left ? (upper ? i <= row : i >= row) : (upper ? j >= col : j <= col)) {
        found.compare_kept(std::isfinite(got) ? got : nan, nan, where);
      }
    }
  }
  for (std::size_t at = 0; at < b.memory.size(); ++at) {
    found.compare_kept(b.memory[at], nan, [&] { return instance.describe(interface) + ", between the entries of B"; });
  }
}

/// A NaN or Inf at one place of B: the solutions in whose sums it is are not finite, the other systems exact. What lies
/// before it in its own system is left open: a library may multiply by inverted blocks.
template <class T>
void exceptional(const Inquiry& inquiry) {
  const auto fill = [&](Instance<T>& system) {
    system.fill_integers(inquiry.data);
    // No zero where the triangle is: what is 0·Inf is left open.
    std::ranges::replace(system.stored('A').entries, T(0), T(1));
    system.stored('A').store();
    system.stored('B').entries = system.solution;
    system.stored('B').entries = system.template expected<T>(inquiry.operation.outputs.front()).value;
  };
  for_forms<T>(inquiry, up_to_medium(inquiry.operation), fill,
               [&](Instance<T>& instance, const blas::Interface& interface) {
                 for (const T v : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
                   for (const T alpha : {1, -1}) {
                     if (inquiry.found.failed()) return;
                     instance.restore();
                     instance.set_scalars(alpha, 0);
                     check_exceptional(instance, interface, v, inquiry.found);
                   }
                 }
               });
}

}  // namespace

template <class T>
std::vector<Check> checks_of_trsm() {
  const std::vector<std::string_view> trsm{"trsm"};
  return {{.name = "exact",
           .of = trsm,
           .statement = " is exact where every partial sum is a small integer; gaps, the other triangle and a diagonal "
                        "of ones are not read",
           .source = exact_source,
           .check = exact<T>},
          {.name = "bound",
           .of = trsm,
           .statement = ": |op(A)X − αB| ≤ γ_{n+2}(|op(A)||X| + |αB|) entry by entry, worst case",
           .source = "Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., theorem 8.5",
           .check = bound<T>,
           .outcome = bound_outcome},
          {.name = "alpha_zero",
           .of = trsm,
           .statement = " with α = 0 is 0 and reads neither A nor B, which hold NaN",
           .source = reference_source,
           .check = alpha_zero<T>},
          {.name = "exceptional_scalars",
           .of = trsm,
           .statement = " with α = NaN is NaN",
           .source = ieee_source,
           .check = alpha_nan<T>},
          {.name = "exceptional",
           .of = trsm,
           .statement = ": a NaN or Inf in B reaches the solutions that depend on it, and no other system",
           .source = ieee_source,
           .check = exceptional<T>},
          {.name = "subnormals",
           .of = trsm,
           .statement = ": subnormals are kept, as operands and as results",
           .source = ieee_source,
           .check = subnormals<T>}};
}

template std::vector<Check> checks_of_trsm<float>();
template std::vector<Check> checks_of_trsm<double>();

}  // namespace sqrtn::claims
