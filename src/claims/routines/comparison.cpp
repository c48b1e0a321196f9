#include "claims/routines/comparison.hpp"

#include <algorithm>
#include <complex>

#include "claims/routines/compared_call.hpp"
#include "claims/routines/halves.hpp"

namespace sqrtn::claims {

using blas::Operation;

namespace {

/// The solution of integers, or op(A)·X within the bound of α·B.
template <class T>
void compare_solution(Instance<T>& instance, const Comparison<T>& comparison, bool exact) {
  const blas::Output& output = instance.operation.outputs.front();
  Stored<T>& x = instance.stored(output.operand);
  const T alpha = instance.scalar('a');
  if (exact || alpha == T(0)) {
    Expected<T> expected{instance.solution, {}};
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
  const auto factor = error_factor<T>(is_complex<T> ? product.n_terms + 2 : product.n_terms);
  for (std::size_t i = 0; i < x.entries.size(); ++i) {
    const Wide wanted = times(convert<Wide>(alpha), convert<Wide>(right[i]));
    const auto place = [&] {
      return fmt::format("{}{}, entry ({}, {}) of the solution put back in", instance.describe(comparison.interface),
                         comparison.note, i / x.placement.cols, i % x.placement.cols);
    };
    const auto bound = factor * (product.magnitude[i] + size_of(wanted));
    comparison.found.compare_wide(real_part(product.value[i]), real_part(wanted), bound, place);
    if constexpr (is_complex<T>)
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
      Expected<Wider<T>> expected = instance.template expected<Wider<T>>(output);
      using Wide = Real<Wider<T>>;
      if (operation.may_add_in_half) {
        const HalfSumError error = error_of_half_sums(*operation.half_scalars, expected.n_terms);
        for (Wide& size : expected.magnitude) size += static_cast<Wide>(error.absolute / error.factor);
        compare(expected, static_cast<Wide>(error.factor));
        continue;
      }
      const auto to_half = static_cast<Wide>(rounding_to_half(operation, output));
      compare(expected, error_factor<T>(expected.n_terms) * (1 + to_half) + to_half);
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
