// From an engine's words to draws in memory, a group at a time; included once per SIMD target.
#if defined(SQRTN_RANDOM_GROUP_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef SQRTN_RANDOM_GROUP_INL
#undef SQRTN_RANDOM_GROUP_INL
#else
#define SQRTN_RANDOM_GROUP_INL
#endif

#include "random/half-inl.hpp"
#include "random/transform-inl.hpp"

#if HWY_TARGET != HWY_SCALAR

HWY_BEFORE_NAMESPACE();
namespace sqrtn::random::HWY_NAMESPACE {

enum class Stores {
  plain,
  past_caches,     ///< to memory that is aligned
  by_instruction,  ///< rounded by the processor's own, see store_by_instruction
};

template <Stores stores, class D>
HWY_INLINE void store(hn::Vec<D> v, D d, hn::TFromD<D>* HWY_RESTRICT to) {
  if constexpr (stores == Stores::past_caches) {
    hn::Stream(v, d, to);
  } else {
    hn::StoreU(v, d, to);
  }
}

/// Two vectors, one after the other.
template <Stores stores, class D, class To>
HWY_INLINE void store_both(hn::Vec<D> first, hn::Vec<D> second, D d, To* HWY_RESTRICT to) {
  if constexpr (stores == Stores::by_instruction) {
    store_by_instruction(first, second, d, to);
  } else if constexpr (Half<To>) {
    store_rounded(first, second, d, to);
  } else {
    store<stores>(first, d, to);
    store<stores>(second, d, to + hn::Lanes(d));
  }
}

/// An engine that is one step ahead, so that the words of a group do not wait for its draws, nor these for them.
template <class Engine>
class Ahead {
 public:
  HWY_INLINE Ahead(std::uint64_t seed, std::uint64_t stream, std::uint64_t block) : engine_(seed, stream, block) {
    engine_.next(a_, b_);
  }
  HWY_INLINE void next(VecU64& a, VecU64& b) {
    a = a_;
    b = b_;
    engine_.next(a_, b_);
  }

 private:
  Engine engine_;
  VecU64 a_, b_;
};

/// The draws of one group: two vectors of 512 bits, or as many shorter ones.
template <Stores stores, class T, class Engine, class Law, class To>
HWY_INLINE void next_group(Engine& engine, const Transform<Law>& transform, To* HWY_RESTRICT to) {
  constexpr std::size_t half = transform::pair_distance<T>;
  const hn::Repartition<T, DU64> d;
  const std::size_t lanes = hn::Lanes(d);
  if constexpr (!Transform<Law>::in_pairs) {
    for (std::size_t i = 0; i < 2 * half; i += 2 * lanes) {
      VecU64 a, b;
      engine.next(a, b);
      store_both<stores>(transform.draw(a), transform.draw(b), d, to + i);
    }
  } else if (lanes == half) {
    VecU64 a, b;
    engine.next(a, b);
    hn::Vec<decltype(d)> first, second;
    transform.draw_pair(a, b, first, second);
    store_both<stores>(first, second, d, to);
  } else {
    // The words wait where the draws will stand.
    const hn::Repartition<std::uint64_t, decltype(d)> du;
    HWY_ALIGN std::uint64_t words[16];
    for (std::size_t i = 0; i < 16; i += 2 * hn::Lanes(du)) {
      VecU64 a, b;
      engine.next(a, b);
      hn::Store(a, du, words + i);
      hn::Store(b, du, words + i + hn::Lanes(du));
    }
    const auto draw = [&](std::size_t i, auto& first, auto& second) HWY_ATTR {
      const std::size_t word = i * sizeof(T) / 8;
      transform.draw_pair(hn::Load(du, words + word), hn::Load(du, words + 8 + word), first, second);
    };
    hn::Vec<decltype(d)> first, second, next_first, next_second;
    // Halves are stored two vectors at a time, which costs registers that floats need.
    constexpr bool two = Half<To>;
    for (std::size_t i = 0; i < half; i += two ? 2 * lanes : lanes) {
      draw(i, first, second);
      if constexpr (two) {
        draw(i + lanes, next_first, next_second);
        store_both<stores>(first, next_first, d, to + i);
        store_both<stores>(second, next_second, d, to + half + i);
      } else {
        store<stores>(first, d, to + i);
        store<stores>(second, d, to + half + i);
      }
    }
  }
}

}  // namespace sqrtn::random::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // HWY_SCALAR
#endif  // toggle
