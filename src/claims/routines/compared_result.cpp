#include <algorithm>
#include <cmath>
#include <complex>

#include "claims/routines/compared_call.hpp"

namespace sqrtn::claims {

template <class T, class A>
void compare_returned(const Comparison<T>& comparison, const Expected<A>& expected, Real<A> factor) {
  const Instance<T>& instance = comparison.instance;
  const auto place = [&] { return comparison.where_returned(); };
  const A value = expected.value.empty() ? A(0) : expected.value.front();
  const Real<A> bound = expected.magnitude.empty() ? Real<A>(0) : factor * expected.magnitude.front();
  comparison.compare(instance.returned_number(), value, bound, {}, place);
}

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
    comparison.found.compare_wide<double>(got, wanted, bound, [&] { return comparison.where_returned(); });
  });
}

template <class T>
void compare_reduction(const Comparison<T>& comparison) {
  using Wide = Real<Wider<T>>;
  const Instance<T>& instance = comparison.instance;
  const std::vector<T>& x = instance.stored('x').entries;
  const auto place = [&] { return comparison.where_returned(); };
  if (instance.operation.reduction == blas::Reduction::norm) {
    Wide sum = 0;
    for (const T& entry : x) {
      const Wide re = real_part(entry), im = imaginary_part(entry);
      sum += re * re + im * im;
    }
    const Wide norm = std::sqrt(sum);
    const Wide bound = error_factor<T>(x.size() + 1) * norm;
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

#define SQRTN_INSTANTIATE(T)                                                                                    \
  template void compare_returned<T, T>(const Comparison<T>&, const Expected<T>&, Real<T>);                      \
  template void compare_returned<T, Wider<T>>(const Comparison<T>&, const Expected<Wider<T>>&, Real<Wider<T>>); \
  template void compare_reduction<T>(const Comparison<T>&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
SQRTN_INSTANTIATE(std::complex<float>)
SQRTN_INSTANTIATE(std::complex<double>)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
