// From draws in float to half types; included once per SIMD target.
#if defined(SQRTN_RANDOM_HALF_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef SQRTN_RANDOM_HALF_INL
#undef SQRTN_RANDOM_HALF_INL
#else
#define SQRTN_RANDOM_HALF_INL
#endif

#include <bit>
#include <cstdint>

#include "random/engine-inl.hpp"
#include "sqrtn/support/half.hpp"

HWY_BEFORE_NAMESPACE();
namespace sqrtn::random::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

/// As the constructors round.
template <class Half>
void round_to(const float* HWY_RESTRICT from, Half* HWY_RESTRICT out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = Half(from[i]);
}

#else

/// Whether the processor itself rounds to binary16, to nearest whatever the mode.
constexpr bool has_f16_instruction = HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL;

/// The bits of to_bf16, and of to_f16, of finite numbers, each in the low half of a word.
template <class Half, class D, class V = hn::Vec<D> >
HWY_INLINE V rounded_bits(D d, V bits) {
  const auto one = hn::Set(d, 1);
  if constexpr (std::is_same_v<Half, Bfloat16>) {
    const V half_less_one = hn::Set(d, 0x7fff);
    return hn::ShiftRight<16>(hn::Add(hn::Add(bits, half_less_one), hn::And(hn::ShiftRight<16>(bits), one)));
  } else {
    const hn::RebindToFloat<D> df;
    const V magnitude = hn::And(bits, hn::Set(d, 0x7fffffff)),
            sign = hn::And(hn::ShiftRight<16>(bits), hn::Set(d, 0x8000));
    const V ties = hn::And(hn::ShiftRight<13>(magnitude), one);
    const V normal =
        hn::ShiftRight<13>(hn::Sub(hn::Add(hn::Add(magnitude, hn::Set(d, 0xfff)), ties), hn::Set(d, 0x38000000)));
    const auto above_half = hn::Add(hn::BitCast(df, magnitude), hn::Set(df, 0.5F));
    const V subnormal = hn::Sub(hn::BitCast(d, above_half), hn::Set(d, std::bit_cast<std::uint32_t>(0.5F)));
    const V infinite = hn::Set(d, 0x7c00);
    const V finite = hn::IfThenElse(hn::Lt(magnitude, hn::Set(d, 0x38800000)), subnormal, normal);
    return hn::Or(sign, hn::IfThenElse(hn::Lt(magnitude, hn::Set(d, 0x477ff000)), finite, infinite));
  }
}

/// Of numbers that are not NaN, as the constructors round.
template <class Half>
void round_to(const float* HWY_RESTRICT from, Half* HWY_RESTRICT out, std::size_t n) {
  const hn::ScalableTag<float> df;
  const hn::RebindToUnsigned<decltype(df)> d;
  const hn::Rebind<std::uint16_t, decltype(d)> d16;
  const std::size_t lanes = hn::Lanes(d);
  auto* bits = reinterpret_cast<std::uint16_t*>(out);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const auto numbers = hn::LoadU(df, from + i);
    if constexpr (has_f16_instruction && std::is_same_v<Half, Float16>) {
      const hn::Rebind<hwy::float16_t, decltype(df)> d_half;
      hn::StoreU(hn::BitCast(d16, hn::DemoteTo(d_half, numbers)), d16, bits + i);
    } else {
      hn::StoreU(hn::TruncateTo(d16, rounded_bits<Half>(d, hn::BitCast(d, numbers))), d16, bits + i);
    }
  }
  for (; i < n; ++i) out[i] = Half(from[i]);
}

#endif  // HWY_SCALAR

}  // namespace sqrtn::random::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggle
