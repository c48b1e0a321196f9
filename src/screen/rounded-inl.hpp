// Included once a SIMD target, so that the loops around these are vectorised for each.
#if defined(SQRTN_SCREEN_ROUNDED_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef SQRTN_SCREEN_ROUNDED_INL
#undef SQRTN_SCREEN_ROUNDED_INL
#else
#define SQRTN_SCREEN_ROUNDED_INL
#endif

#include <hwy/highway.h>

#include <bit>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace sqrtn::screen::HWY_NAMESPACE {

inline std::uint32_t bits_of(float x) { return std::bit_cast<std::uint32_t>(x); }
inline std::uint64_t bits_of(double x) { return std::bit_cast<std::uint64_t>(x); }

/// The bits of the correctly rounded a·b, ties to even, by integer arithmetic alone; for normal numbers whose product
/// is normal. The exponents' sum takes the carry of a significand that rounds up to 2.
inline std::uint32_t rounded_product_bits(float a, float b) {
  const std::uint32_t x = bits_of(a), y = bits_of(b), one = 1U << 23;
  const std::uint64_t product = std::uint64_t{(x & (one - 1)) | one} * ((y & (one - 1)) | one);  // in [2⁴⁶, 2⁴⁸)
  const std::uint32_t carried = static_cast<std::uint32_t>(product >> 47);
  const std::uint64_t significand = product << (1 - carried);  // in [2⁴⁷, 2⁴⁸)
  const std::uint64_t kept = significand >> 24, rest = significand & 0xFFFFFF;
  const std::uint64_t rounded = kept + (rest + (kept & 1) > 0x800000 ? 1 : 0);
  const std::uint32_t exponent = ((x >> 23) & 0xFF) + ((y >> 23) & 0xFF) - 127 + carried;
  return ((x ^ y) & 0x80000000U) | ((exponent << 23) + static_cast<std::uint32_t>(rounded - one));
}

inline std::uint64_t rounded_product_bits(double a, double b) {
  using Wide = unsigned __int128;
  const std::uint64_t x = bits_of(a), y = bits_of(b), one = std::uint64_t{1} << 52;
  const Wide product = Wide{(x & (one - 1)) | one} * ((y & (one - 1)) | one);  // in [2¹⁰⁴, 2¹⁰⁶)
  const auto carried = static_cast<std::uint64_t>(product >> 105);
  const Wide significand = product << (1 - carried);
  const auto kept = static_cast<std::uint64_t>(significand >> 53),
             rest = static_cast<std::uint64_t>(significand) & ((std::uint64_t{1} << 53) - 1);
  const std::uint64_t rounded = kept + (rest + (kept & 1) > one ? 1 : 0);
  const std::uint64_t exponent = ((x >> 52) & 0x7FF) + ((y >> 52) & 0x7FF) - 1023 + carried;
  return ((x ^ y) & (std::uint64_t{1} << 63)) | ((exponent << 52) + (rounded - one));
}

}  // namespace sqrtn::screen::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
