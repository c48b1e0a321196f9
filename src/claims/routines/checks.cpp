#include <algorithm>
#include <array>

#include "claims/judge.hpp"
#include "claims/routines/blocks.hpp"
#include "claims/routines/comparison.hpp"
#include "claims/routines/counts.hpp"
#include "claims/routines/exceptions.hpp"
#include "claims/routines/inside.hpp"
#include "claims/routines/rotations.hpp"
#include "claims/routines/routines.hpp"
#include "claims/routines/sweep.hpp"

namespace sqrtn::claims {
namespace {

using blas::Operation;
using What = blas::Argument::What;

/// The n-th pair of α and β that keeps integers exact.
template <class T>
std::array<T, 2> exact_scalars(std::size_t n) {
  static constexpr std::array<Real<T>, 4> alphas{1, -1, 2, 0}, betas{0, 1, -1, 2};
  T alpha(alphas.at(n % 4)), beta(betas.at(n / 4 % 4));
  if constexpr (is_complex<T>) {
    if (n % 3 == 0) alpha = {0, 1};
    if (n % 5 == 0) beta = {1, -1};
  }
  return {alpha, beta};
}

template <class T>
T rounding_scalar(Real<T> re, Real<T> im) {
  if constexpr (is_complex<T>)
    return {re, im};
  else
    return re;
}

template <class T>
void exact_small(const Inquiry& inquiry) {
  exact_shapes<T>(inquiry, small_shapes(inquiry.operation));
}

template <class T>
void exact_large(const Inquiry& inquiry) {
  exact_shapes<T>(inquiry, large_shapes(inquiry.operation));
}

template <class T>
void within_bound(const Inquiry& inquiry, const std::vector<Choice>& shapes, Inputs inputs, std::string_view note) {
  for_calls(
      inquiry, shapes,
      [&](const Choice& choice, const blas::Interface& interface) {
        Instance<T> instance(inquiry.operation, choice);
        instance.fill(inquiry.data, inputs);
        instance.set_scalars(rounding_scalar<T>(Real<T>(-0.7), Real<T>(0.2)),
                             rounding_scalar<T>(Real<T>(1.3), Real<T>(-0.4)));
        instance.store();
        call_and_compare(instance, interface, false, note, inquiry.found);
      },
      0);
}

template <class T>
void random_bound(const Inquiry& inquiry) {
  bound_shapes<T>(inquiry, rounding_shapes(inquiry.operation));
}

/// Whether the routine only reads that vector.
bool only_reads(const Operation& operation, char vector) {
  const auto is_it = [=](const auto& row) { return row.operand == vector; };
  return std::ranges::none_of(operation.outputs, is_it);
}

/// An increment of 0 hands over one number for all, which the loops of the reference read again and again.
template <class T>
void increments(const Inquiry& inquiry) {
  for (const char vector : {'x', 'y'}) {
    if (!only_reads(inquiry.operation, vector)) continue;
    for_calls(inquiry, small_shapes(inquiry.operation), [&](Choice choice, const blas::Interface& interface) {
      (vector == 'x' ? choice.increment_x : choice.increment_y) = 0;
      Instance<T> instance(inquiry.operation, choice);
      instance.fill_integers(inquiry.data);
      std::vector<T>& entries = instance.stored(vector).entries;
      std::ranges::fill(entries, entries.front());
      instance.set_scalars(T(2), T(-1));
      instance.store();
      call_and_compare(instance, interface, true, ", integer inputs", inquiry.found);
    });
  }
}

bool has_alpha(const Operation& operation) { return has_argument(operation, What::scalar, 'a'); }
/// Where α multiplies entries one by one, 0·NaN is NaN, as IEEE 754 says; that axpy returns at once is the reference's.
bool scales_entries(const Operation& operation) {
  return operation.name != "axpy" && std::ranges::none_of(operation.outputs.front().terms, [](const blas::Term& term) {
           return term.right.operand != '1' && term.right.operand != 'I';
         });
}
bool has_beta(const Operation& operation) { return has_argument(operation, What::scalar, 'b'); }
bool any(const Operation&) { return true; }
/// Of two vectors alone: routines with a matrix refuse an increment of 0.
bool has_two_vectors(const Operation& operation) {
  return operation.operands.size() == 2 && operation.operands.front().name == 'x' &&
         operation.operands.back().name == 'y' && (only_reads(operation, 'x') || only_reads(operation, 'y'));
}
bool is_hermitian(const Operation& operation) {
  return std::ranges::any_of(operation.operands,
                             [](const blas::Operand& o) { return o.structure == blas::Structure::hermitian; });
}
bool adds(const Operation& operation) {
  return !operation.solves && !is_search(operation) && !finds_rotation(operation);
}
bool has_sizes(const Operation& operation) { return !finds_rotation(operation); }

constexpr const char* standard = "Basic Linear Algebra Subprograms Technical Forum Standard, ch. 2";
constexpr const char* reference = "reference BLAS 3.11";

}  // namespace

bool rounds(const Operation& operation) {
  return !is_search(operation) && !finds_rotation(operation) && operation.name != "copy" && operation.name != "swap";
}

template <class T>
void exact_shapes(const Inquiry& inquiry, const std::vector<Choice>& shapes) {
  std::size_t n = 0;
  for_calls(inquiry, shapes, [&](const Choice& choice, const blas::Interface& interface) {
    Instance<T> instance(inquiry.operation, choice);
    instance.fill_integers(inquiry.data);
    const auto [alpha, beta] = exact_scalars<T>(n++);
    instance.set_scalars(alpha, beta);
    instance.store();
    call_and_compare(instance, interface, true, ", integer inputs", inquiry.found);
  });
}

template <class T>
void bound_shapes(const Inquiry& inquiry, const std::vector<Choice>& shapes) {
  within_bound<T>(inquiry, shapes, Inputs::normal, ", normal inputs");
  if (!inquiry.operation.solves) within_bound<T>(inquiry, shapes, Inputs::positive, ", positive inputs");
}

template <class T>
const std::vector<RoutineCheck>& routine_checks() {
  static const std::vector<RoutineCheck> all{
      {"exact_small", has_sizes, " is exact for integers, at every small shape; what is no result is left alone",
       standard, exact_small<T>, WhenQuick::all_interfaces},
      {"exact_large", has_sizes, " is exact for integers, around the sizes of vectors, kernels and blocks", standard,
       exact_large<T>},
      {"exact_blocks", multiplies_matrices,
       " is exact for integers where dimensions are past all blocks, each and together", standard, exact_blocks<T>,
       WhenQuick::nothing},
      {"random_bound", rounds,
       ": |error| ≤ γ of the longest sum, times the sizes of what is added, entry by entry, worst case",
       "Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., (3.5), (3.13) and theorem 8.5",
       random_bound<T>},
      {"beta_zero", has_beta, " with β = 0 does not read the NaN that the result held", reference, beta_zero<T>},
      {"alpha_zero", [](const Operation& o) { return has_alpha(o) && !scales_entries(o); },
       " with α = 0 reads no factor, which hold NaN", reference, alpha_zero<T>},
      {"exceptional", adds, ": a NaN or Inf reaches what depends on it, and nothing else", "IEEE 754-2019, 6.1 and 6.2",
       exceptional<T>},
      {"increments", has_two_vectors, " with an increment of 0 for what it reads takes one number for all", reference,
       increments<T>},
      {"unset", is_hermitian, " does not read the imaginary parts on a Hermitian diagonal, which hold NaN", reference,
       unset<T>},
      {"exact_small", blas::finds_rotation, " is exact where one of the two numbers is 0", reference,
       exact_rotations<T>},
      {"random_bound", blas::finds_rotation, ": |error| ≤ γ₁₆ of each number, γ₃₂ in complex types", reference,
       random_rotations<T>},
      {"extremes", blas::finds_rotation, " neither overflows nor underflows where the rotation does not", reference,
       extreme_rotations<T>},
      {"inside", any, ": nothing outside of the operands is touched, on either side", standard, inside<T>},
      {"large_counts", takes_long_vectors, " is exact for integers where one dimension is past 2¹⁶ or 2²³", standard,
       large_counts<T>, WhenQuick::nothing},
      {"growth", adds_all, " of 10⁷ terms, uniform and positive: |error| ≤ 6.6·u·√Σsᵢ² of the partial sums, alpha 10⁻⁹",
       "Hoeffding's inequality; Higham and Mary, SIAM J. Sci. Comput. 41 (2019) A2815", growth<T>, WhenQuick::nothing},
  };
  return all;
}

template void exact_shapes<float>(const Inquiry&, const std::vector<Choice>&);
template void bound_shapes<float>(const Inquiry&, const std::vector<Choice>&);
template void exact_shapes<double>(const Inquiry&, const std::vector<Choice>&);
template void bound_shapes<double>(const Inquiry&, const std::vector<Choice>&);
template void exact_shapes<std::complex<float>>(const Inquiry&, const std::vector<Choice>&);
template void bound_shapes<std::complex<float>>(const Inquiry&, const std::vector<Choice>&);
template void exact_shapes<std::complex<double>>(const Inquiry&, const std::vector<Choice>&);
template void bound_shapes<std::complex<double>>(const Inquiry&, const std::vector<Choice>&);
template const std::vector<RoutineCheck>& routine_checks<float>();
template const std::vector<RoutineCheck>& routine_checks<double>();
template const std::vector<RoutineCheck>& routine_checks<std::complex<float>>();
template const std::vector<RoutineCheck>& routine_checks<std::complex<double>>();

}  // namespace sqrtn::claims
