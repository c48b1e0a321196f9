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

/// Writes elements offset … offset + n − 1: whole steps straight to `out`, the ragged ends by way of
/// a buffer. A step is two vectors of words, a whole number of blocks.
template <class T, class Engine, class Law>
void fill_with(const Stream& stream, const Law& law, T* out, std::size_t n) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d), step = 2 * lanes;
  constexpr std::size_t per_block = 16 / sizeof(T);
  Engine engine(stream.seed, stream.stream, stream.offset / per_block);
  const Transform<Law> transform(law);

  HWY_ALIGN T buffer[2 * HWY_MAX_BYTES / sizeof(T)];
  const auto next = [&](T* to) HWY_ATTR {
    VecU64 a, b;
    engine.next(a, b);
    transform.store(a, b, to);
  };
  std::size_t skip = stream.offset % per_block;
  while (n > 0) {
    if (skip == 0 && n >= step) {
      for (; n >= step; n -= step, out += step) next(out);
    } else {
      next(buffer);
      const std::size_t count = std::min(step - skip, n);
      std::memcpy(out, buffer + skip, count * sizeof(T));
      out += count;
      n -= count;
      skip = 0;
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
