#include "random/kernels.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "sqrtn/random/fill.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "random/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "random/scalar.hpp"
#include "random/transform-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace sqrtn::random::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

/// Without vectors the definition serves as it is.
template <class T, class Law>
void fill(const Stream& stream, const Law& law, T* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = scalar::draw_at(stream.skip(i), law);
}

#else

/// The draws of one group: two vectors of 512 bits, or as many shorter ones.
template <class T, class Engine, class Law>
HWY_INLINE void next_group(Engine& engine, const Transform<Law>& transform, T* HWY_RESTRICT to) {
  constexpr std::size_t half = 64 / sizeof(T);
  const hn::Repartition<T, DU64> d;
  const std::size_t lanes = hn::Lanes(d);
  if constexpr (!Transform<Law>::in_pairs) {
    for (std::size_t i = 0; i < 2 * half; i += 2 * lanes) {
      VecU64 a, b;
      engine.next(a, b);
      hn::StoreU(transform.draw(a), d, to + i);
      hn::StoreU(transform.draw(b), d, to + i + lanes);
    }
  } else if (lanes == half) {
    VecU64 a, b;
    engine.next(a, b);
    hn::Vec<decltype(d)> first, second;
    transform.draw_pair(a, b, first, second);
    hn::StoreU(first, d, to);
    hn::StoreU(second, d, to + half);
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
      hn::StoreU(first, d, to + i);
      hn::StoreU(second, d, to + half + i);
    }
  }
}

/// Writes elements offset … offset + n − 1: whole groups straight to `out`, the ragged ends by way of
/// a buffer.
template <class T, class Engine, class Law>
void fill_with(const Stream& stream, const Law& law, T* out, std::size_t n) {
  constexpr std::size_t group = 128 / sizeof(T), blocks = 8;
  Engine engine(stream.seed, stream.stream, stream.offset / group * blocks);
  const Transform<Law> transform(law);
  HWY_ALIGN T buffer[group];
  for (std::size_t skip = stream.offset % group; n > 0; skip = 0) {
    if (skip == 0 && n >= group) {
      for (; n >= group; n -= group, out += group) next_group<T>(engine, transform, out);
    } else {
      next_group<T>(engine, transform, buffer);
      const std::size_t count = std::min(group - skip, n);
      std::memcpy(out, buffer + skip, count * sizeof(T));
      out += count;
      n -= count;
    }
  }
}

template <class T, class Law>
void fill(const Stream& stream, const Law& law, T* out, std::size_t n) {
  if (stream.engine == Engine::philox) {
    fill_with<T, Philox>(stream, law, out, n);
  } else {
    fill_with<T, Ars>(stream, law, out, n);
  }
}

#endif

template <class T>
KernelsFor<T> kernels_for() {
  using Bits = typename transform::Constants<T>::Bits;
  return {fill<Bits, transform::Words<Bits>>, fill<T, transform::Uniform<T>>, fill<T, transform::Normal<T>>,
          fill<T, transform::Truncated<T>>};
}

const Kernels* target_kernels() {
  static const Kernels kernels{kernels_for<float>(), kernels_for<double>()};
  return &kernels;
}

}  // namespace sqrtn::random::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sqrtn::random {

HWY_EXPORT(target_kernels);

namespace {
std::atomic<const Kernels*> chosen = nullptr;
}  // namespace

const Kernels& kernels() {
  const Kernels* found = chosen.load(std::memory_order_acquire);
  if (found == nullptr) {
    found = HWY_DYNAMIC_DISPATCH(target_kernels)();
    chosen.store(found, std::memory_order_release);
  }
  return *found;
}

std::vector<std::string> simd_targets() {
  std::vector<std::string> names;
  for (std::int64_t target : hwy::SupportedAndGeneratedTargets()) names.emplace_back(hwy::TargetName(target));
  return names;
}

void use_simd_target(const std::string& name) {
  std::int64_t wanted = 0;
  for (std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    if (name == hwy::TargetName(target)) wanted = target;
  }
  require(name.empty() || wanted != 0, "the SIMD target '{}' is not available here", name);
  hwy::GetChosenTarget().Update(name.empty() ? hwy::SupportedTargets() : wanted);
  chosen.store(HWY_DYNAMIC_DISPATCH(target_kernels)(), std::memory_order_release);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace sqrtn::random
#endif  // HWY_ONCE
