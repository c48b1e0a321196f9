#include "random/kernels.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "sqrtn/random/fill.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "random/kernels.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "random/half-inl.hpp"
#include "random/scalar.hpp"
#include "random/transform-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace sqrtn::random::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

/// Without vectors the definition serves as it is.
template <class T, class Law>
void fill(const Stream& stream, const Law& law, T* out, std::size_t n, bool) {
  for (std::size_t i = 0; i < n; ++i) out[i] = scalar::draw_at(stream.skip(i), law);
}

template <class T, class Law>
void draws_of(const typename transform::Constants<T>::Bits* words, const Law& law, T* out, std::size_t n) {
  if constexpr (std::is_same_v<Law, transform::Truncated<T>>) {
    std::transform(words, words + n, out, [&](auto word) { return scalar::truncated_of(word, law); });
  } else {
    constexpr std::size_t distance = transform::pair_distance<T>;
    for (std::size_t i = 0; i < n; ++i) {
      const bool second = (i & distance) != 0;
      const std::size_t first = i & ~distance;
      out[i] = scalar::normal_of(words[first], words[first + distance], second, law);
    }
  }
}

#else

/// To memory that is aligned, past the caches; or anywhere.
template <bool past_caches, class D>
HWY_INLINE void store(hn::Vec<D> v, D d, hn::TFromD<D>* HWY_RESTRICT to) {
  if constexpr (past_caches) {
    hn::Stream(v, d, to);
  } else {
    hn::StoreU(v, d, to);
  }
}

/// The draws of one group: two vectors of 512 bits, or as many shorter ones.
template <bool past_caches, class T, class Engine, class Law>
HWY_INLINE void next_group(Engine& engine, const Transform<Law>& transform, T* HWY_RESTRICT to) {
  constexpr std::size_t half = transform::pair_distance<T>;
  const hn::Repartition<T, DU64> d;
  const std::size_t lanes = hn::Lanes(d);
  if constexpr (!Transform<Law>::in_pairs) {
    for (std::size_t i = 0; i < 2 * half; i += 2 * lanes) {
      VecU64 a, b;
      engine.next(a, b);
      store<past_caches>(transform.draw(a), d, to + i);
      store<past_caches>(transform.draw(b), d, to + i + lanes);
    }
  } else if (lanes == half) {
    VecU64 a, b;
    engine.next(a, b);
    hn::Vec<decltype(d)> first, second;
    transform.draw_pair(a, b, first, second);
    store<past_caches>(first, d, to);
    store<past_caches>(second, d, to + half);
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
    for (std::size_t i = 0; i < half; i += lanes) {
      hn::Vec<decltype(d)> first, second;
      const std::size_t word = i * sizeof(T) / 8;
      transform.draw_pair(hn::Load(du, words + word), hn::Load(du, words + 8 + word), first, second);
      store<past_caches>(first, d, to + i);
      store<past_caches>(second, d, to + half + i);
    }
  }
}

/// Writes elements offset … offset + n − 1: whole groups straight to `out`, the ragged ends by way of
/// a buffer.
template <bool past_caches, class T, class Engine, class Law>
void fill_with(const Stream& stream, const Law& law, T* out, std::size_t n) {
  constexpr std::size_t group = 2 * transform::pair_distance<T>, blocks = group * sizeof(T) / sizeof(Block);
  Engine engine(stream.seed, stream.stream, stream.offset / group * blocks);
  const Transform<Law> transform(law);
  HWY_ALIGN T buffer[group];
  for (std::size_t skip = stream.offset % group; n > 0; skip = 0) {
    if (skip == 0 && n >= group) {
      for (; n >= group; n -= group, out += group) next_group<past_caches, T>(engine, transform, out);
    } else {
      next_group<false, T>(engine, transform, buffer);
      const std::size_t count = std::min(group - skip, n);
      std::memcpy(out, buffer + skip, count * sizeof(T));
      out += count;
      n -= count;
    }
  }
}

template <class T, class Engine, class Law>
void fill_by(const Stream& stream, const Law& law, T* out, std::size_t n, bool past_caches) {
  // Groups start where the stream's do; only if those places are aligned can they go past the caches.
  const std::uintptr_t first_group = reinterpret_cast<std::uintptr_t>(out) - stream.offset * sizeof(T);
  if (past_caches && first_group % 64 == 0) {
    fill_with<true, T, Engine>(stream, law, out, n);
    hwy::FlushStream();
  } else {
    fill_with<false, T, Engine>(stream, law, out, n);
  }
}

/// Takes the words from memory.
template <class Bits>
class Given {
 public:
  explicit Given(const Bits* words) : words_(words) {}
  HWY_INLINE void next(VecU64& a, VecU64& b) {
    const DU64 du;
    const hn::Repartition<Bits, DU64> d;
    a = hn::BitCast(du, hn::LoadU(d, words_));
    b = hn::BitCast(du, hn::LoadU(d, words_ + hn::Lanes(d)));
    words_ += 2 * hn::Lanes(d);
  }

 private:
  const Bits* words_;
};

template <class T, class Law>
void draws_of(const typename transform::Constants<T>::Bits* words, const Law& law, T* out, std::size_t n) {
  Given given(words);
  const Transform<Law> transform(law);
  constexpr std::size_t group = 2 * transform::pair_distance<T>;
  for (std::size_t i = 0; i < n; i += group) next_group<false, T>(given, transform, out + i);
}

template <class T, class Law>
void fill(const Stream& stream, const Law& law, T* out, std::size_t n, bool past_caches) {
  if (stream.engine == Engine::philox) {
    fill_by<T, Philox>(stream, law, out, n, past_caches);
  } else {
    fill_by<T, Ars>(stream, law, out, n, past_caches);
  }
}

#endif

template <class T>
KernelsFor<T> kernels_for() {
  using Bits = typename transform::Constants<T>::Bits;
  using transform::Normal, transform::Truncated;
  return {fill<Bits, transform::Words<Bits>>,
          fill<T, transform::Uniform<T>>,
          fill<T, Normal<T>>,
          fill<T, Truncated<T>>,
          draws_of<T, Normal<T>>,
          draws_of<T, Truncated<T>>};
}

const Kernels* target_kernels() {
  static const Kernels kernels{kernels_for<float>(), kernels_for<double>(), round_to<Float16>, round_to<Bfloat16>};
  return &kernels;
}

}  // namespace sqrtn::random::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sqrtn::random {

HWY_EXPORT(target_kernels);

namespace {
std::atomic<const Kernels*> chosen = nullptr;
std::atomic<std::int64_t> chosen_target = 0;
}  // namespace

const Kernels& kernels() {
  const Kernels* found = chosen.load(std::memory_order_acquire);
  if (found != nullptr) return *found;
  static std::once_flag once;
  std::call_once(once, [] {
    const char* name = std::getenv("SQRTN_SIMD");
    use_simd_target(name == nullptr ? "" : name);
  });
  return *chosen.load(std::memory_order_acquire);
}

std::string simd_target() {
  kernels();
  return hwy::TargetName(chosen_target.load(std::memory_order_acquire));
}

std::vector<std::string> simd_targets() {
  std::vector<std::string> names;
  for (std::int64_t target : hwy::SupportedAndGeneratedTargets()) names.emplace_back(hwy::TargetName(target));
  return names;
}

void use_simd_target(const std::string& name) {
  std::int64_t wanted = 0;
  std::string known;
  for (std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    const std::string here = hwy::TargetName(target);
    if (name == here || (name.empty() && wanted == 0)) wanted = target;
    known += known.empty() ? "" : ", ";
    known += here;
  }
  require(wanted != 0, "the SIMD target '{}' is not available here; there are {}", name, known);
  hwy::GetChosenTarget().Update(wanted);
  chosen_target.store(wanted, std::memory_order_release);
  chosen.store(HWY_DYNAMIC_DISPATCH(target_kernels)(), std::memory_order_release);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace sqrtn::random
#endif  // HWY_ONCE
