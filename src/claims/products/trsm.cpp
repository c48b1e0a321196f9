#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "claims/products/checks.hpp"
#include "claims/routines/comparison.hpp"

/// trsm against systems with solutions in integers, and by the residual of what it solved.
namespace sqrtn::claims {
namespace {

/// Of op(A).
bool is_upper(const Choice& choice) { return (choice.triangle == 'U') == (choice.transpose_a == 'N'); }

std::vector<Choice> small_systems(const blas::Operation& operation) { return small_shapes(operation, true); }

std::vector<Choice> systems(std::initializer_list<std::array<std::size_t, 2>> lengths) {
  std::vector<Choice> shapes;
  for (const auto& [m, n] : lengths) shapes.push_back({.m = m, .n = n});
  return shapes;
}

std::vector<Choice> medium_systems() {
  return systems({{15, 15}, {16, 16}, {17, 17}, {31, 31}, {32, 32}, {33, 33}, {63, 65}, {5, 301}, {301, 5}});
}

std::vector<Choice> up_to_medium(const blas::Operation& operation) {
  std::vector<Choice> shapes = small_systems(operation);
  std::ranges::copy(medium_systems(), std::back_inserter(shapes));
  return shapes;
}

/// Every form of every shape whose triangle is not huge, each to be solved for all of α; `fill` prepares the system,
/// one for all forms whose op(A) is the same triangle on the same side, `judge` calls and compares.
template <class T, class Fill, class Judge>
void solve(const Inquiry& inquiry, const std::vector<Choice>& shapes, const std::vector<T>& alphas, Fill fill,
           Judge judge) {
  constexpr std::size_t largest_order = 1100;
  for (const Choice& shape : shapes) {
    std::map<std::tuple<char, bool, char>, Instance<T>> systems;
    for_calls(inquiry, {shape}, [&](const Choice& choice, const blas::Interface& interface) {
      if (choice.length('s') > largest_order) return;
      const std::tuple kind(choice.side, is_upper(choice), choice.diagonal);
      const auto [system, is_new] = systems.try_emplace(kind, inquiry.operation, choice);
      if (is_new) fill(system->second);
      Instance<T> instance(inquiry.operation, choice);
      instance.take(system->second);
      instance.store();
      for (const T alpha : alphas) {
        if (inquiry.found.failed()) return;
        instance.restore();
        instance.set_scalars(alpha, 0);
        judge(instance, interface);
      }
    });
  }
}

/// As `fill` prepares systems of integers.
template <class T, class Fill>
void solve_exactly(const Inquiry& inquiry, const std::vector<Choice>& shapes, const std::vector<T>& alphas, Fill fill,
                   std::string_view note = ", integer inputs") {
  const auto fill_all = [&](Instance<T>& instance) {
    instance.fill_integers(inquiry.data);
    fill(instance);
  };
  solve(inquiry, shapes, alphas, fill_all, [&](Instance<T>& instance, const blas::Interface& interface) {
    call_and_compare(instance, interface, true, note, inquiry.found);
  });
}

template <class T>
void leave(Instance<T>&) {}

/// Systems whose solutions are integers.
template <class T>
void exact(const Inquiry& inquiry) {
  solve_exactly<T>(inquiry, small_systems(inquiry.operation), {1, -1, 2, 0}, leave<T>);
  std::vector<Choice> shapes = medium_systems();
  std::ranges::copy(
      systems({{127, 129}, {257, 9}, {9, 257}, {513, 5}, {5, 513}, {1040, 2}, {2, 1040}, {3, 65537}, {65537, 3}}),
      std::back_inserter(shapes));
  solve_exactly<T>(inquiry, shapes, {1, -1}, leave<T>);
}

/// The residual of the computed solution within the bound of substitution in any order.
template <class T>
void bound(const Inquiry& inquiry) {
  const auto within = [&](const std::vector<Choice>& shapes, Inputs inputs) {
    const std::string note = fmt::format(", {} inputs", to_string(inputs));
    solve<T>(
        inquiry, shapes, {1, T(-0.7)}, [&](Instance<T>& instance) { instance.fill(inquiry.data, inputs); },
        [&](Instance<T>& instance, const blas::Interface& interface) {
          call_and_compare(instance, interface, false, note, inquiry.found);
        });
  };
  within(small_systems(inquiry.operation), Inputs::normal);
  within(small_systems(inquiry.operation), Inputs::positive);
  within(medium_systems(), Inputs::normal);
}

template <class T>
void alpha_zero(const Inquiry& inquiry) {
  const auto poison = [](Instance<T>& instance) {
    for (Stored<T>& operand : instance.operands)
      std::ranges::fill(operand.entries, std::numeric_limits<T>::quiet_NaN());
  };
  solve_exactly<T>(inquiry, up_to_medium(inquiry.operation), {0}, poison, ", A and B hold NaN");
}

template <class T>
void alpha_nan(const Inquiry& inquiry) {
  solve_exactly<T>(inquiry, up_to_medium(inquiry.operation), {std::numeric_limits<T>::quiet_NaN()}, leave<T>);
}

/// Systems whose solutions are subnormal integers.
template <class T>
void subnormals(const Inquiry& inquiry) {
  // Four of the smallest: a half of one, and that halved by a diagonal of 2, is still a number.
  constexpr int exponent = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits + 2;
  solve_exactly<T>(inquiry, up_to_medium(inquiry.operation), {1, -1}, [](Instance<T>& instance) {
    for (std::vector<T>* side : {&instance.solution, &instance.stored('B').entries}) {
      for (T& entry : *side) entry = std::ldexp(entry, exponent);
    }
  });
}

/// With something at (row, col) of B.
template <class T>
void check_exceptional(Instance<T>& instance, const blas::Interface& interface, std::size_t row, std::size_t col,
                       Findings& found) {
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  instance.call(interface);
  const Stored<T>& b = instance.stored('B');
  const Choice& choice = instance.choice;
  const bool left = choice.side == 'l', upper = (choice.triangle == 'U') == (choice.transpose_a == 'N');
  std::vector<T> gaps(b.memory.data(), b.memory.data() + b.memory.size());
  for (std::size_t i = 0; i < b.placement.rows; ++i) {
    for (std::size_t j = 0; j < b.placement.cols; ++j) {
      const auto where = [&] {
        return fmt::format("{}, {} at ({}, {}) of B, entry ({}, {})", instance.describe(interface), b(row, col), row,
                           col, i, j);
      };
      const T got = std::exchange(gaps[*b.placement.place(i, j)], nan);
      if (left ? j != col : i != row) {
        found.compare_kept(got, instance.scalar('a') * instance.solution[i * b.placement.cols + j], where);
      } else if (left ? (upper ? i <= row : i >= row) : (upper ? j >= col : j <= col)) {
        found.compare_kept(std::isfinite(got) ? got : nan, nan, where);
      }
    }
  }
  for (const T gap : gaps) {
    found.compare_kept(gap, nan, [&] { return instance.describe(interface) + ", between the entries of B"; });
  }
}

/// A NaN or Inf at one place of B: the solutions in whose sums it is are not finite, the other systems exact. What lies
/// before it in its own system is left open: a library may multiply by inverted blocks.
template <class T>
void exceptional(const Inquiry& inquiry) {
  for (const T v : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
    const auto fill = [&](Instance<T>& instance) {
      instance.fill_integers(inquiry.data);
      // No zero where the triangle is: what is 0·Inf is left open.
      std::ranges::replace(instance.stored('A').entries, T(0), T(1));
      instance.stored('A').store();
      Stored<T>& b = instance.stored('B');
      b.entries = instance.solution;
      b.entries = instance.template expected<T>(instance.operation.outputs.front()).value;
      b(b.placement.rows / 2, b.placement.cols / 3) = v;
    };
    solve<T>(inquiry, up_to_medium(inquiry.operation), {1, -1}, fill,
             [&](Instance<T>& instance, const blas::Interface& interface) {
               const Placement& b = instance.stored('B').placement;
               check_exceptional(instance, interface, b.rows / 2, b.cols / 3, inquiry.found);
             });
  }
}

}  // namespace

template <class T>
std::vector<Check> checks_of_trsm() {
  const std::vector<Routine> trsm{Routine::trsm};
  return {{.name = "exact",
           .of = trsm,
           .statement = " is exact where every partial sum is a small integer; gaps, the other triangle and a diagonal "
                        "of ones are not read",
           .source = exact_source,
           .of_described = exact<T>},
          {.name = "bound",
           .of = trsm,
           .statement = ": |op(A)X − αB| ≤ γ_{n+2}(|op(A)||X| + |αB|) entry by entry, worst case",
           .source = "Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., theorem 8.5",
           .outcome = bound_outcome,
           .of_described = bound<T>},
          {.name = "alpha_zero",
           .of = trsm,
           .statement = " with α = 0 is 0 and reads neither A nor B, which hold NaN",
           .source = reference_source,
           .of_described = alpha_zero<T>},
          {.name = "exceptional_scalars",
           .of = trsm,
           .statement = " with α = NaN is NaN",
           .source = ieee_source,
           .of_described = alpha_nan<T>},
          {.name = "exceptional",
           .of = trsm,
           .statement = ": a NaN or Inf in B reaches the solutions that depend on it, and no other system",
           .source = ieee_source,
           .of_described = exceptional<T>},
          {.name = "subnormals",
           .of = trsm,
           .statement = ": subnormals are kept, as operands and as results",
           .source = ieee_source,
           .of_described = subnormals<T>}};
}

template std::vector<Check> checks_of_trsm<float>();
template std::vector<Check> checks_of_trsm<double>();

}  // namespace sqrtn::claims
