#include "claims/routines/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>

#include "claims/routines/reproducer.hpp"

namespace sqrtn::claims {

using blas::Operation;
using blas::Structure;

namespace {

/// Rounding errors of real sums, two for each complex product; the scalars' among them.
template <class T>
Real<Wider<T>> error_factor(std::size_t n_terms) {
  const std::size_t n = is_complex<T> ? 2 * n_terms + 8 : n_terms + 3;
  return static_cast<Real<Wider<T>>>(gamma<Real<T>>(n) + gamma<Real<Wider<T>>>(n));
}

/// One call after it was made.
template <class T>
struct Comparison {
  const Instance<T>& instance;
  const blas::Interface& interface;
  std::string_view note;
  Findings& found;

  [[nodiscard]] std::string where(char operand, std::size_t i, std::size_t j) const {
    return fmt::format("{}{}, entry ({}, {}) of {}", instance.describe(interface), note, i, j, operand);
  }
  /// The first failure is written down as a program too.
  template <class Check>
  void explained(Symptom symptom, Check check) const {
    const std::size_t n_before = found.n_wrong;
    check();
    if (n_before == 0 && found.n_wrong > 0) found.program = c_program(instance, interface, symptom);
  }
  /// Either part. Where a part should be NaN, one of the two has to be: complex products may set both.
  template <class A, class Where>
  void compare(const T& got, const A& expected, Real<A> bound, Symptom symptom, Where place) const {
    const auto part = [&](Real<A> got_part, Real<A> expected_part, bool imaginary) {
      symptom.imaginary = imaginary;
      symptom.expected = static_cast<double>(expected_part);
      symptom.bound = static_cast<double>(bound);
      explained(symptom, [&] { found.compare_wide<Real<A>>(got_part, expected_part, bound, place); });
    };
    if (is_nan(expected)) {
      ++found.n_compared;
      symptom.expected = std::numeric_limits<double>::quiet_NaN();
      if (!is_nan(got))
        explained(symptom, [&] { found.fail([&] { return place() + ": got no NaN where one is due"; }); });
      return;
    }
    part(real_part(got), real_part(expected), false);
    if constexpr (is_complex<T>) part(imaginary_part(got), imaginary_part(expected), true);
  }
  /// What is not an output's entry, all if nothing is written, holds the bits of before.
  void kept(const Stored<T>& operand, const std::vector<char>& written = {}) const {
    const Elements<T>& before = instance.before(operand.placement.operand.name);
    ++found.n_compared;
    if (written.empty() && std::memcmp(before.data(), operand.memory.data(), before.size() * sizeof(T)) == 0) return;
    for (std::size_t at = 0; at < before.size(); ++at) {
      if ((!written.empty() && written[at] != 0) || std::memcmp(&before[at], &operand.memory[at], sizeof(T)) == 0)
        continue;
      const Symptom symptom{
          .operand = operand.placement.operand.name, .at = at, .expected = static_cast<double>(real_part(before[at]))};
      return explained(symptom, [&] {
        found.fail([&] {
          return fmt::format("{}{}: wrote to {}, {} elements from its begin, which it should leave alone",
                             instance.describe(interface), note, operand.placement.operand.name, at);
        });
      });
    }
  }
  /// The routine does nothing at all if there is nothing to add: the diagonal of a Hermitian matrix stays as it was.
  [[nodiscard]] bool may_be_left_alone() const { return instance.scalar('a') == T(0) || instance.choice.k == 0; }

  template <class A>
  void output(const blas::Output& output, const Expected<A>& expected, Real<A> factor) const {
    const Stored<T>&operand = instance.stored(output.operand), &holder = instance.holder(operand);
    std::vector<char> written(holder.memory.size());
    // What is left of an operand in whose memory the result lies is open.
    if (&holder != &operand) mark_places(holder.placement, written);
    for (std::size_t i = 0; i < operand.placement.rows; ++i) {
      for (std::size_t j = 0; j < operand.placement.cols; ++j) {
        const auto at = operand.placement.place(i, j);
        if (!at || operand.placement.is_zero(i, j)) continue;
        written[*at] = 1;
        const std::size_t entry = i * operand.placement.cols + j;
        const auto place = [&] { return where(output.operand, i, j); };
        T got = holder.memory[*at];
        if constexpr (is_complex<T>) {
          const bool is_real = operand.placement.operand.structure == Structure::hermitian && i == j;
          if (is_real && (got.imag() == 0 || may_be_left_alone()))
            got = T(got.real(), imaginary_part(convert<T>(expected.value[entry])));
        }
        compare(got, expected.value[entry], factor * expected.magnitude[entry],
                {.operand = holder.placement.operand.name, .at = *at}, place);
      }
    }
    kept(holder, written);
  }
  static void mark_places(const Placement& placement, std::vector<char>& written) {
    for (std::size_t i = 0; i < placement.rows; ++i) {
      for (std::size_t j = 0; j < placement.cols; ++j) {
        if (const auto at = placement.place(i, j)) written[*at] = 1;
      }
    }
  }
};

template <class T, class A>
void compare_returned(const Comparison<T>& comparison, const Expected<A>& expected, Real<A> factor) {
  const Instance<T>& instance = comparison.instance;
  const auto place = [&] {
    return fmt::format("{}{}, the result", instance.describe(comparison.interface), comparison.note);
  };
  const A value = expected.value.empty() ? A(0) : expected.value.front();
  const Real<A> bound = expected.magnitude.empty() ? Real<A>(0) : factor * expected.magnitude.front();
  comparison.compare(instance.returned_number(), value, bound, {}, place);
}

/// A sum in double of products of singles; what returns a single has rounded it once.
void compare_sum_in_double(const Comparison<float>& comparison, bool exact) {
  const Instance<float>& instance = comparison.instance;
  const Expected<double> expected = instance.expected<double>(instance.operation.outputs.front());
  const bool rounds = !instance.operation.returns_double;
  const double got = rounds ? static_cast<double>(instance.returned<float>()) : instance.returned<double>();
  double wanted = expected.value.front(), bound = 0;
  if (exact) {
    if (rounds) wanted = static_cast<double>(static_cast<float>(wanted));
  } else {
    // The sum that is known is one in double too.
    bound = 2 * static_cast<double>(gamma<double>(expected.n_terms + 1)) * expected.magnitude.front();
    if (rounds) bound += std::abs(wanted) * std::numeric_limits<float>::epsilon() / 2;
  }
  comparison.explained({.expected = wanted, .bound = bound}, [&] {
    comparison.found.compare_wide<double>(got, wanted, bound, [&] {
      return fmt::format("{}{}, the result", instance.describe(comparison.interface), comparison.note);
    });
  });
}

/// The norm; the largest or smallest, or where the first of these is.
template <class T>
void compare_reduction(const Comparison<T>& comparison) {
  using Wide = Real<Wider<T>>;
  const Instance<T>& instance = comparison.instance;
  const std::vector<T>& x = instance.stored('x').entries;
  const auto place = [&] {
    return fmt::format("{}{}, the result", instance.describe(comparison.interface), comparison.note);
  };
  if (instance.operation.reduction == blas::Reduction::norm) {
    Wide sum = 0;
    for (const T& entry : x) {
      const Wide re = real_part(entry), im = imaginary_part(entry);
      sum += re * re + im * im;
    }
    const Wide norm = std::sqrt(sum);
    const Wide bound = error_factor<T>(x.size()) * norm;
    const Symptom symptom{.expected = static_cast<double>(norm), .bound = static_cast<double>(bound)};
    comparison.explained(symptom, [&] {
      comparison.found.compare_wide(static_cast<Wide>(instance.template returned<Real<T>>()), norm, bound, place);
    });
    return;
  }
  const auto measure = [&](const T& entry) { return instance.operation.by_sign ? real_part(entry) : size_of(entry); };
  const bool is_largest = instance.operation.reduction == blas::Reduction::first_largest ||
                          instance.operation.reduction == blas::Reduction::largest;
  const auto first = is_largest ? std::ranges::max_element(x, {}, measure) : std::ranges::min_element(x, {}, measure);
  if (!returns_index(instance.operation))
    return comparison.compare(instance.returned_number(), T(measure(*first)), Real<T>(0), {}, place);
  ++comparison.found.n_compared;
  const auto expected = static_cast<std::int32_t>(first - x.begin());
  const auto got = static_cast<std::int32_t>(instance.template returned<std::int64_t>());
  if (got == expected) return;
  const Symptom symptom{.expected = static_cast<double>(expected + (comparison.interface.of_c ? 0 : 1))};
  comparison.explained(symptom, [&] {
    comparison.found.fail([&] { return fmt::format("{}: got index {}, expected {}", place(), got, expected); });
  });
}

/// The solution of integers, or op(A)·X within the bound of α·B.
template <class T>
void compare_solution(Instance<T>& instance, const Comparison<T>& comparison, bool exact) {
  const blas::Output& output = instance.operation.outputs.front();
  Stored<T>& x = instance.stored(output.operand);
  const T alpha = instance.scalar('a');
  if (exact || alpha == T(0)) {
    Expected<T> expected{instance.solution, std::vector<Real<T>>(x.entries.size())};
    if (alpha == T(0)) expected.value.assign(x.entries.size(), T(0));
    for (T& entry : expected.value) entry = times(alpha, entry);
    return comparison.template output<T>(output, expected, 0);
  }
  using Wide = Wider<T>;
  std::vector<T> right = x.entries;
  std::vector<T> solved(x.entries.size());
  for (std::size_t i = 0; i < x.placement.rows; ++i) {
    for (std::size_t j = 0; j < x.placement.cols; ++j) {
      solved[i * x.placement.cols + j] = x.memory[*x.placement.place(i, j)];
    }
  }
  x.entries = solved;
  const Expected<Wide> product = instance.template expected<Wide>(output);
  x.entries = right;
  // Of real numbers γ of two more than the terms: theorem 8.5 and the product with α.
  const auto factor = error_factor<T>(is_complex<T> ? product.n_terms + 2 : product.n_terms - 1);
  for (std::size_t i = 0; i < x.entries.size(); ++i) {
    const Wide wanted = times(convert<Wide>(alpha), convert<Wide>(right[i]));
    const auto place = [&] {
      return comparison.where(output.operand, i / x.placement.cols, i % x.placement.cols) + " put back in";
    };
    const auto bound = factor * (product.magnitude[i] + size_of(wanted));
    comparison.found.compare_wide(real_part(product.value[i]), real_part(wanted), bound, place);
    comparison.found.compare_wide(imaginary_part(product.value[i]), imaginary_part(wanted), bound, place);
  }
}

}  // namespace

template <class T>
void call_and_compare(Instance<T>& instance, const blas::Interface& interface, bool exact, std::string_view note,
                      Findings& found) {
  instance.call(interface);
  const Comparison<T> comparison{instance, interface, note, found};
  const Operation& operation = instance.operation;
  for (const Stored<T>& operand : instance.operands) {
    const auto lies_there = [&](const blas::Output& output) {
      return output.operand != '=' && &instance.holder(instance.stored(output.operand)) == &operand;
    };
    const bool has_memory = blas::has_memory(operand.placement.operand);
    if (has_memory && std::ranges::none_of(operation.outputs, lies_there)) comparison.kept(operand);
  }
  if (operation.reduction != blas::Reduction::none) return compare_reduction(comparison);
  if (operation.solves) return compare_solution(instance, comparison, exact);
  if constexpr (std::is_same_v<T, float>) {
    if (operation.adds_in_double) return compare_sum_in_double(comparison, exact);
  }
  for (const blas::Output& output : operation.outputs) {
    const auto compare = [&]<class A>(const Expected<A>& expected, Real<A> factor) {
      if (output.operand == '=') return compare_returned(comparison, expected, factor);
      comparison.template output<A>(output, expected, factor);
    };
    if (exact) {
      compare(instance.template expected<T>(output), Real<T>(0));
    } else {
      const Expected<Wider<T>> expected = instance.template expected<Wider<T>>(output);
      compare(expected, error_factor<T>(expected.n_terms));
    }
  }
}

template void call_and_compare(Instance<float>&, const blas::Interface&, bool, std::string_view, Findings&);
template void call_and_compare(Instance<double>&, const blas::Interface&, bool, std::string_view, Findings&);
template void call_and_compare(Instance<std::complex<float>>&, const blas::Interface&, bool, std::string_view,
                               Findings&);
template void call_and_compare(Instance<std::complex<double>>&, const blas::Interface&, bool, std::string_view,
                               Findings&);

}  // namespace sqrtn::claims
