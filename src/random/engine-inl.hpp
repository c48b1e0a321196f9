// The two engines on vectors of one SIMD target; included once per target.
#if defined(SQRTN_RANDOM_ENGINE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef SQRTN_RANDOM_ENGINE_INL
#undef SQRTN_RANDOM_ENGINE_INL
#else
#define SQRTN_RANDOM_ENGINE_INL
#endif

#include <hwy/highway.h>

#include <cstdint>

#if HWY_TARGET != HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace sqrtn::random::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// 512 bits at most, wherever vectors are longer: a group of draws is two such vectors.
using DU64 = hn::CappedTag<std::uint64_t, 8>;
using VecU64 = hn::Vec<DU64>;

/// {even, odd, even, odd, …}
HWY_INLINE VecU64 alternate(std::uint64_t even, std::uint64_t odd) {
  const DU64 d;
  return hn::OddEven(hn::Set(d, odd), hn::Set(d, even));
}

/// ARS4x32-7: a 128-bit lane is one block, so a vector is ready in memory order.
class Ars {
 public:
  HWY_INLINE Ars(std::uint64_t seed, std::uint64_t stream, std::uint64_t block) {
    const DU64 d;
    for (std::uint64_t round = 0; round <= rounds; ++round) {
      keys_[round] = alternate(seed + round * 0x9e3779b97f4a7c15u, round * 0xbb67ae8584caa73bu);
    }
    const VecU64 index = hn::ShiftRight<1>(hn::Iota(d, 0));  // 0 0 1 1 2 2 …
    const VecU64 first = hn::OddEven(hn::Zero(d), index);
    counter_ = hn::Add(alternate(block, stream), first);
    step_ = alternate(hn::Lanes(d) / 2, 0);
  }

  /// The next two vectors of words: as many blocks as a vector has 64-bit lanes.
  HWY_INLINE void next(VecU64& a, VecU64& b) {
    const VecU64 second = hn::Add(counter_, step_);
    a = hn::Xor(counter_, keys_[0]);
    b = hn::Xor(second, keys_[0]);
    encrypt(DU64(), a, b, keys_);
    counter_ = hn::Add(second, step_);
  }

 private:
  static constexpr int rounds = 7;

  /// All rounds of two vectors. Where the processor has AES on 128 bits alone, Highway would take a wider vector, and
  /// its key, apart and together again in each round: here that is done once.
  template <class D>
  HWY_INLINE static void encrypt(D d, hn::Vec<D>& a, hn::Vec<D>& b, const hn::Vec<D>* keys) {
    constexpr bool whole = !HWY_ARCH_X86 || HWY_TARGET == HWY_AVX3_DL || hn::MaxLanes(D()) <= 2;
    if constexpr (whole) {
      const hn::Repartition<std::uint8_t, D> d8;
      auto x = hn::BitCast(d8, a), y = hn::BitCast(d8, b);
      for (int round = 1; round < rounds; ++round) {
        x = hn::AESRound(x, hn::BitCast(d8, keys[round]));
        y = hn::AESRound(y, hn::BitCast(d8, keys[round]));
      }
      a = hn::BitCast(d, hn::AESLastRound(x, hn::BitCast(d8, keys[rounds])));
      b = hn::BitCast(d, hn::AESLastRound(y, hn::BitCast(d8, keys[rounds])));
    } else {
      const hn::Half<D> half;
      hn::Vec<hn::Half<D>> half_keys[rounds + 1];
      for (int round = 0; round <= rounds; ++round) half_keys[round] = hn::LowerHalf(half, keys[round]);
      for (hn::Vec<D>* v : {&a, &b}) {
        auto low = hn::LowerHalf(half, *v), high = hn::UpperHalf(half, *v);
        encrypt(half, low, high, half_keys);
        *v = hn::Combine(d, high, low);
      }
    }
  }

  VecU64 keys_[rounds + 1];
  VecU64 counter_, step_;
};

/// Philox4x32-10: four words in the low halves of 64-bit lanes, one block a lane, so that a round
/// needs no shuffle; the upper halves hold rubbish that the multiplication does not read.
class Philox {
 public:
  HWY_INLINE Philox(std::uint64_t seed, std::uint64_t stream, std::uint64_t block) : seed_(seed) {
    const DU64 d;
    // Lane 2i holds block i, lane 2i + 1 block i + lanes/2: interleaving then gives memory order.
    const VecU64 index = hn::ShiftRight<1>(hn::Iota(d, 0));
    block_ = hn::Add(hn::Add(hn::Set(d, block), index), alternate(0, hn::Lanes(d) / 2));
    stream_ = hn::Set(d, stream);
  }

  HWY_INLINE void next(VecU64& a, VecU64& b) {
    const DU64 d;
    const hn::Repartition<std::uint32_t, DU64> d32;
    const auto multiply = [&](VecU64 x, std::uint32_t by)
                              HWY_ATTR { return hn::MulEven(hn::BitCast(d32, x), hn::Set(d32, by)); };
    VecU64 c0 = block_, c1 = hn::ShiftRight<32>(block_), c2 = stream_, c3 = hn::ShiftRight<32>(stream_);
    std::uint32_t k0 = static_cast<std::uint32_t>(seed_), k1 = static_cast<std::uint32_t>(seed_ >> 32);
    for (int round = 0; round < 10; ++round) {
      const VecU64 p0 = multiply(c0, 0xd2511f53u);
      const VecU64 p1 = multiply(c2, 0xcd9e8d57u);
      c0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), c1), hn::Set(d, std::uint64_t{k0}));
      c2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p0), c3), hn::Set(d, std::uint64_t{k1}));
      c1 = p1;
      c3 = p0;
      k0 += 0x9e3779b9u;
      k1 += 0xbb67ae85u;
    }
    const auto joined = [&](VecU64 even, VecU64 odd) HWY_ATTR {
      return hn::BitCast(d, hn::OddEven(hn::BitCast(d32, hn::ShiftLeft<32>(odd)), hn::BitCast(d32, even)));
    };
    const VecU64 low = joined(c0, c1), high = joined(c2, c3);
    a = hn::InterleaveLower(d, low, high);
    b = hn::InterleaveUpper(d, low, high);
    block_ = hn::Add(block_, hn::Set(d, std::uint64_t{hn::Lanes(d)}));
  }

 private:
  std::uint64_t seed_;
  VecU64 block_, stream_;
};

}  // namespace sqrtn::random::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // HWY_SCALAR
#endif  // toggle
