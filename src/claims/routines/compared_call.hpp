#pragma once

#include <fmt/format.h>

#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "claims/products/findings.hpp"
#include "claims/routines/instance.hpp"
#include "claims/routines/reproducer.hpp"

/// What a call left and returned, held against what it should have.
namespace sqrtn::claims {

/// Rounding errors of real sums, two for each complex product; the scalars' among them.
template <class T>
Real<Wider<T>> error_factor(std::size_t n_terms) {
  const std::size_t n = is_complex<T> ? 2 * n_terms + 8 : n_terms + 2;
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
  [[nodiscard]] std::string where_returned() const {
    return fmt::format("{}{}, the result", instance.describe(interface), note);
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
      constexpr Real<T> nan = std::numeric_limits<Real<T>>::quiet_NaN();
      symptom.expected = nan;
      return explained(symptom, [&] { found.compare_kept(is_nan(got) ? nan : real_part(got), nan, place); });
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
          return fmt::format("{}{}: wrote to {}, {} elements from its begin{}, which it should leave alone",
                             instance.describe(interface), note, operand.placement.operand.name, at,
                             operand.placement.in_other_triangle(at) ? ", in the triangle that is not used" : "");
        });
      });
    }
  }
  /// The routine does nothing at all if there is nothing to add: the diagonal of a Hermitian matrix stays as it was.
  [[nodiscard]] bool may_be_left_alone() const { return instance.scalar('a') == T(0) || instance.choice.k == 0; }

  /// Its entries are these, and what lies between them is as it was.
  template <class A>
  void output(const blas::Output& output, const Expected<A>& expected, Real<A> factor) const {
    const Stored<T>&operand = instance.stored(output.operand), &holder = instance.holder(operand);
    std::vector<char> written(holder.memory.size());
    // What is left of an operand in whose memory the result lies is open.
    if (&holder != &operand) mark_places(holder.placement, written);
    for (std::size_t i = 0; i < operand.placement.rows; ++i) {
      if constexpr (!is_complex<T> && std::is_same_v<A, T>) {
        if (is_exact(operand, holder, expected.value, i, written)) continue;
      }
      for (std::size_t j = 0; j < operand.placement.cols; ++j) {
        const auto at = operand.placement.place(i, j);
        if (!at || operand.placement.is_zero(i, j)) continue;
        written[*at] = 1;
        const std::size_t entry = i * operand.placement.cols + j;
        const auto place = [&] { return where(output.operand, i, j); };
        T got = holder.memory[*at];
        if constexpr (is_complex<T>) {
          const bool is_real = operand.placement.operand.structure == blas::Structure::hermitian && i == j;
          if (is_real && (got.imag() == 0 || may_be_left_alone()))
            got = T(got.real(), imaginary_part(convert<T>(expected.value[entry])));
        }
        compare(got, expected.value[entry], factor != 0 ? factor * expected.magnitude[entry] : 0,
                {.operand = holder.placement.operand.name, .at = *at}, place);
      }
    }
    kept(holder, written);
  }
  /// Whether that row of a matrix whose rows are plain is exactly right, and looked at and marked then.
  bool is_exact(const Stored<T>& operand, const Stored<T>& holder, const std::vector<T>& expected, std::size_t i,
                std::vector<char>& written) const {
    if (!operand.placement.has_plain_rows()) return false;
    const auto [first, end] = operand.placement.stored_columns(i);
    if (first == end) return true;
    const std::size_t begin = *operand.placement.place(i, first), step = operand.placement.column_step();
    const T* const got = &holder.memory[begin];
    const T* const wanted = expected.data() + i * operand.placement.cols + first;
    bool exact = true;
    for (std::size_t j = 0; j < end - first; ++j) {
      exact &= got[j * step] == wanted[j] || (is_nan(got[j * step]) && is_nan(wanted[j]));
    }
    if (!exact) return false;
    for (std::size_t j = 0; j < end - first; ++j) written[begin + j * step] = 1;
    found.n_compared += end - first;
    return true;
  }
  static void mark_places(const Placement& placement, std::vector<char>& written) {
    for (std::size_t i = 0; i < placement.rows; ++i) {
      for (std::size_t j = 0; j < placement.cols; ++j) {
        if (const auto at = placement.place(i, j)) written[*at] = 1;
      }
    }
  }
};

/// The sum that the function returned; `expected`: in the type itself, for exact ones, or the wider one.
template <class T, class A>
void compare_returned(const Comparison<T>& comparison, const Expected<A>& expected, Real<A> factor);
/// A sum in double of products of singles; what returns a single has rounded it once.
void compare_sum_in_double(const Comparison<float>& comparison, bool exact);
/// The norm; the largest or smallest, or where the first of these is.
template <class T>
void compare_reduction(const Comparison<T>& comparison);

}  // namespace sqrtn::claims
