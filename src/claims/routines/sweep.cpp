#include "claims/routines/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "claims/routines/reproducer.hpp"

namespace sqrtn::claims {

using blas::Operation;
using blas::Structure;
using What = blas::Argument::What;

namespace {

bool has_length(const Operation& operation, char letter) { return has_argument(operation, What::length, letter); }

std::size_t n_lengths(const Operation& operation) {
  return static_cast<std::size_t>(
      std::ranges::count(operation.arguments, What::length, [](const blas::Argument& a) { return a.what; }));
}

/// Whether k counts diagonals.
bool is_banded(const Operation& operation) {
  return std::ranges::any_of(operation.operands, [](const auto& o) { return o.format == blas::Format::band; });
}

/// The lengths of one letter from `first` to `last`, or the one that is there.
std::vector<std::size_t> range(bool exists, std::size_t first, std::size_t last) {
  if (!exists) return {first == 0 ? std::size_t{0} : std::size_t{1}};
  std::vector<std::size_t> values;
  for (std::size_t value = first; value <= last; ++value) values.push_back(value);
  return values;
}

std::size_t n_entries(const Choice& shape) { return shape.m * shape.n * std::max<std::size_t>(shape.k, 1); }

/// The shape of that routine with these lengths; k of a band is a few diagonals.
Choice shape_of(const Operation& operation, std::size_t m, std::size_t n, std::size_t k) {
  Choice shape;
  if (has_length(operation, 'm')) shape.m = m;
  shape.n = has_length(operation, 'm') || has_matrix(operation) ? n : std::max(n, m);
  if (has_length(operation, 'k')) shape.k = is_banded(operation) ? std::min<std::size_t>(k, 20) : k;
  if (has_length(operation, 'l')) {
    shape.lower = std::min<std::size_t>(k, 9);
    shape.upper = std::min<std::size_t>(k, 17);
  }
  return shape;
}

}  // namespace

std::vector<Choice> small_shapes(const Operation& operation) {
  const std::size_t longest = n_lengths(operation) == 1 ? (has_matrix(operation) ? 16 : 70) : 8;
  const bool diagonals = is_banded(operation);
  std::vector<Choice> shapes;
  for (const std::size_t m : range(has_length(operation, 'm'), 1, diagonals ? 6 : longest)) {
    for (const std::size_t n : range(has_length(operation, 'n'), 1, diagonals ? 6 : longest)) {
      for (const std::size_t k : range(has_length(operation, 'k'), has_length(operation, 'k') ? 0 : 1, 8)) {
        for (const std::size_t lower : range(has_length(operation, 'l'), 0, 3)) {
          for (const std::size_t upper : range(has_length(operation, 'u'), 0, 3)) {
            shapes.push_back({.m = m, .n = n, .k = k, .lower = lower, .upper = upper});
          }
        }
      }
    }
  }
  std::ranges::stable_sort(shapes, {}, n_entries);
  return shapes;
}

std::vector<Choice> large_shapes(const Operation& operation) {
  std::vector<Choice> shapes;
  const auto add = [&](std::size_t m, std::size_t n, std::size_t k) { shapes.push_back(shape_of(operation, m, n, k)); };
  if (!has_matrix(operation)) {
    for (const std::size_t n : {127, 128, 129, 255, 256, 257, 1023, 1024, 1025, 4099, 65535, 65536, 65537, 100'003}) {
      add(n, n, 1);
    }
    return shapes;
  }
  for (const std::size_t size : {15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129}) add(size, size, size);
  for (const std::size_t shorter : {1, 3}) {
    add(300, shorter, 5);
    add(shorter, 300, 7);
    if (n_lengths(operation) == 3) add(2, shorter, 300);
  }
  if (n_lengths(operation) == 1) add(300, 300, 1);
  return shapes;
}

std::vector<Choice> rounding_shapes(const Operation& operation) {
  if (!has_matrix(operation)) return {shape_of(operation, 129, 129, 1), shape_of(operation, 10'007, 10'007, 1)};
  std::vector<Choice> shapes;
  for (const auto& [m, n, k] : std::initializer_list<std::array<std::size_t, 3>>{
           {17, 16, 15}, {33, 64, 65}, {129, 70, 33}, {3, 5, 300}, {100, 90, 130}}) {
    shapes.push_back(shape_of(operation, m, n, k));
  }
  return shapes;
}

std::vector<Choice> typical_shapes(const Operation& operation) {
  std::vector<Choice> shapes;
  for (const auto& [m, n, k] : std::initializer_list<std::array<std::size_t, 3>>{{1, 1, 1},
                                                                                 {2, 3, 5},
                                                                                 {3, 1, 7},
                                                                                 {7, 9, 4},
                                                                                 {8, 8, 8},
                                                                                 {15, 17, 6},
                                                                                 {17, 5, 31},
                                                                                 {33, 18, 20},
                                                                                 {64, 65, 66}}) {
    shapes.push_back(shape_of(operation, m, n, k));
  }
  return shapes;
}

bool takes_negative_increments(const Operation& operation) {
  return has_matrix(operation) || operation.operands.size() > 1;
}

std::vector<Choice> forms(const Operation& operation, char type, const Choice& shape, bool row_major_too) {
  static constexpr std::array<std::int64_t, 4> increments{1, 2, -1, -3};
  static constexpr std::array<std::size_t, 3> paddings{0, 1, 3};
  const std::string_view transposes = blas::is_complex(type) ? operation.complex_transposes : operation.transposes;
  const auto letters = [&](What what, char of, std::string_view all) {
    return has_argument(operation, what, of) ? all : all.substr(0, 1);
  };
  std::vector<Choice> all;
  std::size_t turn = n_entries(shape);
  for (const bool row_major : {false, true}) {
    if (row_major && !(row_major_too && has_matrix(operation))) continue;
    for (const char side : letters(What::side, 'A', "lr")) {
      for (const char triangle : letters(What::triangle, 'A', "UL")) {
        for (const char diagonal : letters(What::diagonal, 'A', "nu")) {
          for (const char transpose_a : letters(What::transpose, 'A', transposes)) {
            for (const char transpose_b : letters(What::transpose, 'B', transposes)) {
              Choice choice = shape;
              choice.row_major = row_major;
              choice.side = side;
              choice.triangle = triangle;
              choice.diagonal = diagonal;
              choice.transpose_a = transpose_a;
              choice.transpose_b = has_argument(operation, What::transpose, 'B') ? transpose_b : transpose_a;
              choice.increment_x = increments.at(turn % 4);
              choice.increment_y = increments.at(turn / 4 % 4);
              if (!takes_negative_increments(operation)) choice.increment_x = std::abs(choice.increment_x);
              choice.padding = paddings.at(turn % 3);
              ++turn;
              all.push_back(choice);
            }
          }
        }
      }
    }
  }
  return all;
}

void for_calls(const Inquiry& inquiry, const std::vector<Choice>& shapes,
               const std::function<void(const Choice&, const blas::Interface&)>& action, std::size_t all_forms_up_to,
               std::size_t n_forms) {
  for (const blas::Interface& interface : inquiry.interfaces) {
    if (!interface.has(inquiry.operation, inquiry.type)) continue;
    std::size_t turn = 0, n_shapes = 0;
    for (const Choice& shape : shapes) {
      const std::vector<Choice> all = forms(inquiry.operation, inquiry.type, shape, interface.of_c);
      const std::size_t n = n_entries(shape) <= all_forms_up_to ? all.size() : std::min(n_forms, all.size());
      for (std::size_t i = 0; i < n; ++i) {
        if (inquiry.found.failed()) return;
        if ((i + n_shapes) % inquiry.every != 0) continue;
        // A step without a common divisor with numbers of flags goes through all of them.
        action(all[n == all.size() ? i : (turn += 7) % all.size()], interface);
      }
      ++n_shapes;
    }
  }
}

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
    return fmt::format("{}{}, {} ({}, {})", instance.describe(interface), note, operand, i, j);
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
  /// What is not an output's entry holds the bits of before.
  void kept(const Stored<T>& operand, const std::vector<char>& written) const {
    const Elements<T>& before = instance.before(operand.placement.operand.name);
    ++found.n_compared;
    for (std::size_t at = 0; at < before.size(); ++at) {
      if (written[at] != 0 || std::memcmp(&before[at], &operand.memory[at], sizeof(T)) == 0) continue;
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
    const Stored<T>& operand = instance.stored(output.operand);
    std::vector<char> written(operand.memory.size());
    for (std::size_t i = 0; i < operand.placement.rows; ++i) {
      for (std::size_t j = 0; j < operand.placement.cols; ++j) {
        const auto at = operand.placement.place(i, j);
        if (!at || operand.placement.is_zero(i, j)) continue;
        written[*at] = 1;
        const std::size_t entry = i * operand.placement.cols + j;
        const auto place = [&] { return where(output.operand, i, j); };
        T got = operand.memory[*at];
        if constexpr (is_complex<T>) {
          const bool is_real = operand.placement.operand.structure == Structure::hermitian && i == j;
          if (is_real && (got.imag() == 0 || may_be_left_alone()))
            got = T(got.real(), imaginary_part(convert<T>(expected.value[entry])));
        }
        compare(got, expected.value[entry], factor * expected.magnitude[entry], {.operand = output.operand, .at = *at},
                place);
      }
    }
    kept(operand, written);
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
  const bool is_real = instance.operation.pattern.front() != '?';
  const T got = is_real ? T(instance.template returned<Real<T>>()) : instance.template returned<T>();
  comparison.compare(got, value, bound, {}, place);
}

/// The norm, and the first of the largest or smallest.
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
  const auto smaller = [](const T& a, const T& b) { return size_of(a) < size_of(b); };
  const auto first = instance.operation.reduction == blas::Reduction::first_largest
                         ? std::ranges::max_element(x, smaller)
                         : std::ranges::min_element(x, smaller);
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
  const auto factor = error_factor<T>(product.n_terms + 2);
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
    const bool is_output = std::ranges::any_of(
        operation.outputs, [&](const blas::Output& o) { return o.operand == operand.placement.operand.name; });
    if (!is_output) comparison.kept(operand, std::vector<char>(operand.memory.size()));
  }
  if (operation.reduction != blas::Reduction::none) return compare_reduction(comparison);
  if (operation.solves) return compare_solution(instance, comparison, exact);
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
