#include "statistics/summary_kernel.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "support/dtype.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "statistics/summary_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace sqrtn::statistics::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T>
bool special_in(const T* HWY_RESTRICT values, std::size_t size) {
  const hn::ScalableTag<T> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  using Bits = BitsOf<T>;
  const Bits infinite = std::bit_cast<Bits>(std::numeric_limits<T>::infinity());
  auto largest = hn::Zero(du);
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  bool found = false;
  if constexpr (sizeof(T) == 4) {
    for (; i + lanes <= size; i += lanes) {
      largest = hn::Max(largest, hn::And(hn::BitCast(du, hn::LoadU(d, values + i)), hn::Set(du, 0x7fffffffu)));
    }
    found = hn::GetLane(hn::MaxOfLanes(du, largest)) >= infinite;
  }
  for (; i < size; ++i) found |= !std::isfinite(values[i]);
  return found;
}

#if HWY_TARGET != HWY_SCALAR
/// The vectors of doubles that a vector of T holds: two of a float's halves, or itself.
template <class D>
HWY_INLINE auto halves_of(D, hn::Vec<D> v) {
  using T = hn::TFromD<D>;
  if constexpr (sizeof(T) == 8) {
    return std::array{v};
  } else {
    const hn::Repartition<double, D> dd;
    const hn::Half<D> half;
    return std::array{hn::PromoteTo(dd, hn::LowerHalf(half, v)), hn::PromoteTo(dd, hn::UpperHalf(half, v))};
  }
}
#endif

template <class T>
PieceSums sums_of(const T* HWY_RESTRICT values, std::size_t size, double* HWY_RESTRICT column_sums,
                  double* HWY_RESTRICT column_squares) {
  PieceSums piece;
  double minimum = static_cast<double>(values[0]), maximum = minimum;
  std::size_t i = 0;
  std::uint64_t used = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<T> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  const hn::Repartition<double, decltype(d)> dd;
  const std::size_t lanes = hn::Lanes(d), half = hn::Lanes(dd);
  constexpr std::size_t parts = 8 / sizeof(T);
  if (size >= lanes) {
    auto sum0 = hn::Zero(dd), sum1 = sum0, square0 = sum0, square1 = sum0;
    auto low = hn::Set(d, values[0]), high = low;
    auto bits = hn::Zero(du), zeros = hn::Zero(du);
    for (; i + lanes <= size; i += lanes) {
      const auto v = hn::LoadU(d, values + i);
      low = hn::Min(low, v);
      high = hn::Max(high, v);
      bits = hn::Or(bits, hn::BitCast(du, v));
      zeros = hn::Sub(zeros, hn::BitCast(du, hn::VecFromMask(d, hn::Eq(v, hn::Zero(d)))));
      const auto x = halves_of(d, v);
      sum0 = hn::Add(sum0, x[0]);
      square0 = hn::MulAdd(x[0], x[0], square0);
      if constexpr (parts == 2) {
        sum1 = hn::Add(sum1, x[1]);
        square1 = hn::MulAdd(x[1], x[1], square1);
      }
      if (column_sums != nullptr) {
        for (std::size_t p = 0; p < parts; ++p) {
          double* sums = column_sums + i + p * half;
          double* squares = column_squares + i + p * half;
          hn::StoreU(hn::Add(hn::LoadU(dd, sums), x[p]), dd, sums);
          hn::StoreU(hn::MulAdd(x[p], x[p], hn::LoadU(dd, squares)), dd, squares);
        }
      }
    }
    piece.sum = hn::GetLane(hn::SumOfLanes(dd, hn::Add(sum0, sum1)));
    piece.sum_of_squares = hn::GetLane(hn::SumOfLanes(dd, hn::Add(square0, square1)));
    minimum = static_cast<double>(hn::GetLane(hn::MinOfLanes(d, low)));
    maximum = static_cast<double>(hn::GetLane(hn::MaxOfLanes(d, high)));
    piece.n_zero = static_cast<std::size_t>(hn::GetLane(hn::SumOfLanes(du, zeros)));
    HWY_ALIGN BitsOf<T> lane_bits[HWY_MAX_BYTES / sizeof(T)];
    hn::Store(bits, du, lane_bits);
    for (std::size_t lane = 0; lane < lanes; ++lane) used |= lane_bits[lane];
  }
#endif
  for (; i < size; ++i) {
    const double x = static_cast<double>(values[i]);
    piece.sum += x;
    piece.sum_of_squares += x * x;
    minimum = std::min(minimum, x);
    maximum = std::max(maximum, x);
    used |= std::bit_cast<BitsOf<T>>(values[i]);
    piece.n_zero += x == 0;
    if (column_sums != nullptr) {
      column_sums[i] += x;
      column_squares[i] += x * x;
    }
  }
  piece.minimum = minimum;
  piece.maximum = maximum;
  piece.used_bits = used;
  return piece;
}

bool special_float(const float* values, std::size_t size) { return special_in(values, size); }
bool special_double(const double* values, std::size_t size) { return special_in(values, size); }
PieceSums sums_float(const float* values, std::size_t size, double* sums, double* squares) {
  return sums_of(values, size, sums, squares);
}
PieceSums sums_double(const double* values, std::size_t size, double* sums, double* squares) {
  return sums_of(values, size, sums, squares);
}

}  // namespace sqrtn::statistics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sqrtn::statistics {

HWY_EXPORT(special_float);
HWY_EXPORT(special_double);
HWY_EXPORT(sums_float);
HWY_EXPORT(sums_double);

bool has_special(const float* values, std::size_t size) { return HWY_DYNAMIC_DISPATCH(special_float)(values, size); }
bool has_special(const double* values, std::size_t size) { return HWY_DYNAMIC_DISPATCH(special_double)(values, size); }

PieceSums sum_piece(const float* values, std::size_t size, double* column_sums, double* column_squares) {
  return HWY_DYNAMIC_DISPATCH(sums_float)(values, size, column_sums, column_squares);
}
PieceSums sum_piece(const double* values, std::size_t size, double* column_sums, double* column_squares) {
  return HWY_DYNAMIC_DISPATCH(sums_double)(values, size, column_sums, column_squares);
}

}  // namespace sqrtn::statistics
#endif
