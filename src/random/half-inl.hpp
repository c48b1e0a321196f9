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
constexpr bool has_f16_instruction = HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2;

/// The bits of to_bf16, and of to_f16, of finite numbers, each in the high half of a word.
template <class Half, class D, class V = hn::Vec<D> >
HWY_INLINE V rounded_bits(D d, V bits) {
  const auto one = hn::Set(d, 1);
  if constexpr (std::is_same_v<Half, Bfloat16>) {
    const V half_less_one = hn::Set(d, 0x7fff);
    return hn::Add(hn::Add(bits, half_less_one), hn::And(hn::ShiftRight<16>(bits), one));
  } else {
    const hn::RebindToFloat<D> df;
    const hn::RebindToSigned<D> ds;
    const V magnitude = hn::And(bits, hn::Set(d, 0x7fffffff)), sign = hn::And(bits, hn::Set(d, 0x80000000));
    const auto below = [&](std::int32_t limit) HWY_ATTR {
      return hn::RebindMask(d, hn::Lt(hn::BitCast(ds, magnitude), hn::Set(ds, limit)));
    };
    const V ties = hn::And(hn::ShiftRight<13>(magnitude), one);
    const V normal =
        hn::ShiftRight<13>(hn::Sub(hn::Add(hn::Add(magnitude, hn::Set(d, 0xfff)), ties), hn::Set(d, 0x38000000)));
    const auto above_half = hn::Add(hn::BitCast(df, magnitude), hn::Set(df, 0.5F));
    const V subnormal = hn::Sub(hn::BitCast(d, above_half), hn::Set(d, std::bit_cast<std::uint32_t>(0.5F)));
    const V infinite = hn::Set(d, 0x7c00);
    const V finite = hn::IfThenElse(below(0x38800000), subnormal, normal);
    return hn::Or(sign, hn::ShiftLeft<16>(hn::IfThenElse(below(0x477ff000), finite, infinite)));
  }
}

/// A vector, each number rounded as the constructors round; none is NaN.
template <class Half, class D>
HWY_INLINE void store_rounded(hn::Vec<D> numbers, D, Half* HWY_RESTRICT out) {
  const hn::RebindToUnsigned<D> d;
  const hn::Rebind<std::uint16_t, D> d16;
  auto* bits = reinterpret_cast<std::uint16_t*>(out);
  if constexpr (has_f16_instruction && std::is_same_v<Half, Float16>) {
    const hn::Rebind<hwy::float16_t, D> d_half;
    hn::StoreU(hn::BitCast(d16, hn::DemoteTo(d_half, numbers)), d16, bits);
  } else {
    hn::StoreU(hn::TruncateTo(d16, hn::ShiftRight<16>(rounded_bits<Half>(d, hn::BitCast(d, numbers)))), d16, bits);
  }
}

/// Two vectors, one after the other.
template <class Half, class D>
HWY_INLINE void store_rounded(hn::Vec<D> first, hn::Vec<D> second, D df, Half* HWY_RESTRICT out) {
  if constexpr (has_f16_instruction && std::is_same_v<Half, Float16>) {
    store_rounded(first, df, out);
    store_rounded(second, df, out + hn::Lanes(df));
  } else {
    const hn::RebindToUnsigned<D> d;
    const hn::Repartition<std::uint16_t, D> d16;
    const auto low = hn::BitCast(d16, rounded_bits<Half>(d, hn::BitCast(d, first))),
               high = hn::BitCast(d16, rounded_bits<Half>(d, hn::BitCast(d, second)));
    hn::StoreU(hn::ConcatOdd(d16, high, low), d16, reinterpret_cast<std::uint16_t*>(out));
  }
}

#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3_DL

/// The same by AVX512_BF16, which rounds to nearest even whatever the mode and takes subnormal numbers for zeros.
/// Highway has no target with it in every version.
template <class D>
HWY_INLINE void store_by_instruction(hn::Vec<D> first, hn::Vec<D> second, D, Bfloat16* HWY_RESTRICT out) {
  const hn::Repartition<std::uint16_t, D> d16;
  auto rounded = hn::BitCast(d16, first);
  asm("vcvtne2ps2bf16 %0, %1, %0" : "+v"(rounded.raw) : "v"(second.raw));
  hn::StoreU(rounded, d16, reinterpret_cast<std::uint16_t*>(out));
}

inline bool has_bf16_instruction() { return __builtin_cpu_supports("avx512bf16") != 0; }

#endif

/// Of numbers that are not NaN, as the constructors round.
template <class Half>
void round_to(const float* HWY_RESTRICT from, Half* HWY_RESTRICT out, std::size_t n) {
  const hn::Repartition<float, DU64> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    store_rounded(hn::LoadU(d, from + i), hn::LoadU(d, from + i + lanes), d, out + i);
  }
  for (; i + lanes <= n; i += lanes) store_rounded(hn::LoadU(d, from + i), d, out + i);
  for (; i < n; ++i) out[i] = Half(from[i]);
}

#endif  // HWY_SCALAR

}  // namespace sqrtn::random::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggle
