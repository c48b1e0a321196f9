#include "screen/sums.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "screen/sums.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "screen/rounded-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace sqrtn::screen::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
using Narrow = hn::Rebind<T, hn::ScalableTag<double>>;

template <class T>
HWY_INLINE hn::Vec<hn::ScalableTag<double>> as_double(hn::Vec<Narrow<T>> x) {
  if constexpr (std::is_same_v<T, float>) {
    return hn::PromoteTo(hn::ScalableTag<double>(), x);
  } else {
    return x;
  }
}

constexpr double low_half = 1 << 26;
// 1.5·2⁷⁸, whose last place is 2²⁶: a number plus and minus it is rounded to a multiple of that.
constexpr double split = 1.5 * low_half * 4503599627370496.0;

std::uint64_t whole(double x) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(x)); }

/// Entries of 24 bits are summed as they are: 24 + 16 + 10 bits. Those of 53 are split into h + l, h a multiple of 2²⁶
/// and |l| ≤ 2²⁵, so that Σ (h/2²⁶)·w and Σ l·w stay below 2⁵³: 27 + 16 + 10 bits, and 25 + 16 + 10.
template <class T>
bool row_sums(const T* c, std::size_t rows, std::size_t cols, const double* weights, std::uint64_t* sums) {
  constexpr bool is_split = std::is_same_v<T, double>;
  const hn::ScalableTag<double> d;
  const Narrow<T> narrow;
  const hn::RebindToUnsigned<Narrow<T>> bits;
  const std::size_t lanes = hn::Lanes(d);
  const auto split_v = hn::Set(d, split);
  auto rounding = hn::Zero(narrow);  // bits in which any entry is not its rounding to a whole number
  bool good = true;
  for (std::size_t i = 0; i < rows; ++i, c += cols) {
    auto high = hn::Zero(d), low = hn::Zero(d);
    std::size_t j = 0;
    for (; j + lanes <= cols; j += lanes) {
      const auto entries = hn::LoadU(narrow, c + j);
      rounding = hn::Or(rounding, hn::Xor(hn::Round(entries), entries));
      const auto x = as_double<T>(entries), w = hn::LoadU(d, weights + j);
      const auto h = is_split ? hn::Sub(hn::Add(x, split_v), split_v) : hn::Zero(d);
      if constexpr (is_split) high = hn::MulAdd(h, w, high);
      low = hn::MulAdd(is_split ? hn::Sub(x, h) : x, w, low);
    }
    double high_sum = hn::GetLane(hn::SumOfLanes(d, high)), low_sum = hn::GetLane(hn::SumOfLanes(d, low));
    for (; j < cols; ++j) {
      const double x = c[j], h = is_split ? (x + split) - split : 0;
      high_sum += h * weights[j];
      low_sum += (x - h) * weights[j];
      good = good && std::nearbyint(x) == x;
    }
    // Beyond these no entry, or not all, are of their range: also where one is no number.
    const bool in_range = std::abs(high_sum / low_half) < 9.1e15 && std::abs(low_sum) < 9.1e15;
    sums[i] = in_range ? (whole(high_sum / low_half) << 26) + whole(low_sum) : 0;
    good = good && in_range;
  }
  return good && hn::AllTrue(bits, hn::Eq(hn::BitCast(bits, rounding), hn::Zero(bits)));
}

template <class T>
void add_row(const T* a, std::size_t cols, std::uint64_t weight, std::uint64_t* sums) {
  for (std::size_t j = 0; j < cols; ++j) sums[j] += weight * whole(static_cast<double>(a[j]));
}

template <class T>
std::size_t wrong_products(T factor, const T* b, const T* got, std::size_t cols) {
  std::size_t wrong = 0;
  for (std::size_t j = 0; j < cols; ++j) wrong += bits_of(got[j]) != rounded_product_bits(factor, b[j]) ? 1 : 0;
  return wrong;
}

/// There and back through double, or through two floats that hold the parts of a double.
template <class T>
std::size_t wrong_copies(const T* a, std::size_t n, T* scratch) {
  std::memcpy(scratch, a, n * sizeof(T));
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < n; ++i) {
    T back;
    if constexpr (std::is_same_v<T, float>) {
      back = static_cast<float>(static_cast<double>(scratch[i]));
    } else {
      const auto high = static_cast<float>(scratch[i]);
      const double rest = scratch[i] - static_cast<double>(high);
      const auto middle = static_cast<float>(rest);
      const double low = static_cast<double>(middle) + (rest - static_cast<double>(middle));
      back = low == 0 ? static_cast<double>(high) : static_cast<double>(high) + low;  // −0 + 0 would be 0
    }
    wrong += bits_of(scratch[i]) != bits_of(a[i]) || bits_of(back) != bits_of(a[i]) ? 1 : 0;
  }
  return wrong;
}

Checks target_checks() {
  return {{row_sums<float>, add_row<float>, wrong_products<float>, wrong_copies<float>},
          {row_sums<double>, add_row<double>, wrong_products<double>, wrong_copies<double>}};
}

}  // namespace sqrtn::screen::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sqrtn::screen {

HWY_EXPORT(target_checks);

const Checks& checks() {
  static const Checks chosen = [] {
    // Without this the first call is one of the target that every processor runs.
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    return HWY_DYNAMIC_DISPATCH(target_checks)();
  }();
  return chosen;
}

float rounded_product(float a, float b) {
  return std::bit_cast<float>(HWY_STATIC_DISPATCH(rounded_product_bits)(a, b));
}
double rounded_product(double a, double b) {
  return std::bit_cast<double>(HWY_STATIC_DISPATCH(rounded_product_bits)(a, b));
}

}  // namespace sqrtn::screen
#endif  // HWY_ONCE
