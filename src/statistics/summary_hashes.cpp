#include <algorithm>
#include <array>
#include <bit>

#include "statistics/summary_kernel.hpp"
#include "support/dtype.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "statistics/summary_hashes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace sqrtn::statistics::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

void f16_decoded(const std::uint16_t* HWY_RESTRICT patterns, std::size_t size, float* HWY_RESTRICT values) {
  const hn::ScalableTag<float> d;
  const hn::Rebind<hwy::float16_t, decltype(d)> half;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    hn::StoreU(hn::PromoteTo(d, hn::LoadU(half, reinterpret_cast<const hwy::float16_t*>(patterns + i))), d, values + i);
  }
  for (; i < size; ++i) values[i] = from_f16(patterns[i]);
}

void bf16_decoded(const std::uint16_t* HWY_RESTRICT patterns, std::size_t size, float* HWY_RESTRICT values) {
  const hn::ScalableTag<float> d;
  const hn::RebindToUnsigned<decltype(d)> bits;
  const hn::Rebind<std::uint16_t, decltype(d)> half;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    const auto wide = hn::ShiftLeft<16>(hn::PromoteTo(bits, hn::LoadU(half, patterns + i)));
    hn::StoreU(hn::BitCast(d, wide), d, values + i);
  }
  for (; i < size; ++i) values[i] = from_bf16(patterns[i]);
}

// Source: Appleby, MurmurHash3, the finaliser of 32 bits.
std::uint32_t mixed(std::uint32_t x) {
  x = (x ^ (x >> 16)) * 0x85ebca6bu;
  x = (x ^ (x >> 13)) * 0xc2b2ae35u;
  return x ^ (x >> 16);
}

void float_hashes(const float* HWY_RESTRICT values, std::size_t size, std::uint32_t* HWY_RESTRICT hashes) {
  const hn::ScalableTag<std::uint32_t> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    auto x = hn::And(hn::BitCast(d, hn::LoadU(hn::ScalableTag<float>(), values + i)), hn::Set(d, 0x7fffffffu));
    x = hn::Mul(hn::Xor(x, hn::ShiftRight<16>(x)), hn::Set(d, 0x85ebca6bu));
    x = hn::Mul(hn::Xor(x, hn::ShiftRight<13>(x)), hn::Set(d, 0xc2b2ae35u));
    hn::StoreU(hn::Xor(x, hn::ShiftRight<16>(x)), d, hashes + i);
  }
  for (; i < size; ++i) hashes[i] = mixed(std::bit_cast<std::uint32_t>(values[i]) & 0x7fffffffu);
}

void double_hashes(const double* HWY_RESTRICT values, std::size_t size, std::uint32_t* HWY_RESTRICT hashes) {
  for (std::size_t i = 0; i < size; ++i) {
    const auto magnitude = std::bit_cast<std::uint64_t>(values[i]) & ~(std::uint64_t{1} << 63);
    hashes[i] = mixed(mixed(static_cast<std::uint32_t>(magnitude)) ^ static_cast<std::uint32_t>(magnitude >> 32));
  }
}

PieceHash hash_sums(const std::uint32_t* HWY_RESTRICT hashes, std::size_t size,
                    std::uint32_t* HWY_RESTRICT column_hashes) {
  const hn::ScalableTag<std::uint32_t> d;
  const std::size_t lanes = hn::Lanes(d);
  auto sum = hn::Zero(d), exclusive = hn::Zero(d);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    const auto h = hn::LoadU(d, hashes + i);
    sum = hn::Add(sum, h);
    exclusive = hn::Xor(exclusive, h);
    if (column_hashes != nullptr) hn::StoreU(hn::Add(hn::LoadU(d, column_hashes + i), h), d, column_hashes + i);
  }
  HWY_ALIGN std::uint32_t sums[HWY_MAX_BYTES / 4];
  HWY_ALIGN std::uint32_t exclusives[HWY_MAX_BYTES / 4];
  hn::Store(sum, d, sums);
  hn::Store(exclusive, d, exclusives);
  PieceHash total;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    total.sum += sums[lane];
    total.exclusive_or ^= exclusives[lane];
  }
  for (; i < size; ++i) {
    total.sum += hashes[i];
    total.exclusive_or ^= hashes[i];
    if (column_hashes != nullptr) column_hashes[i] += hashes[i];
  }
  return total;
}

std::size_t anchors_in(const std::uint32_t* HWY_RESTRICT hashes, std::size_t size, std::uint32_t threshold,
                       std::uint32_t* HWY_RESTRICT found, std::size_t most) {
  const hn::ScalableTag<std::uint32_t> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t n = 0, i = 0;
  const auto take = [&](std::size_t end) {
    for (; i < end && i + 1 < size; ++i) {
      if ((hashes[i] ^ std::rotr(hashes[i + 1], 11)) < threshold && n < most)
        found[n++] = static_cast<std::uint32_t>(i);
    }
  };
  const auto bound = hn::Set(d, threshold);
  while (i + lanes + 1 <= size) {
    const auto pair = hn::Xor(hn::LoadU(d, hashes + i), hn::RotateRight<11>(hn::LoadU(d, hashes + i + 1)));
    if (HWY_LIKELY(hn::AllFalse(d, hn::Lt(pair, bound)))) {
      i += lanes;
    } else {
      take(i + lanes);
    }
  }
  take(size);
  return n;
}

}  // namespace sqrtn::statistics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sqrtn::statistics {

HWY_EXPORT(f16_decoded);
HWY_EXPORT(bf16_decoded);
HWY_EXPORT(float_hashes);
HWY_EXPORT(double_hashes);
HWY_EXPORT(hash_sums);
HWY_EXPORT(anchors_in);

void decode_f16(const std::uint16_t* patterns, std::size_t size, float* values) {
  HWY_DYNAMIC_DISPATCH(f16_decoded)(patterns, size, values);
}

void decode_bf16(const std::uint16_t* patterns, std::size_t size, float* values) {
  HWY_DYNAMIC_DISPATCH(bf16_decoded)(patterns, size, values);
}

void hash_magnitudes(const float* values, std::size_t size, std::uint32_t* hashes) {
  HWY_DYNAMIC_DISPATCH(float_hashes)(values, size, hashes);
}

void hash_magnitudes(const double* values, std::size_t size, std::uint32_t* hashes) {
  HWY_DYNAMIC_DISPATCH(double_hashes)(values, size, hashes);
}

PieceHash sum_hashes(const std::uint32_t* hashes, std::size_t size, std::uint32_t* column_hashes) {
  return HWY_DYNAMIC_DISPATCH(hash_sums)(hashes, size, column_hashes);
}

std::size_t find_anchors(const std::uint32_t* hashes, std::size_t size, std::uint32_t threshold, std::uint32_t* found,
                         std::size_t most) {
  return HWY_DYNAMIC_DISPATCH(anchors_in)(hashes, size, threshold, found, most);
}

}  // namespace sqrtn::statistics
#endif
