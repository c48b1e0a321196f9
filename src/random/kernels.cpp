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

#include "random/group-inl.hpp"
#include "random/scalar.hpp"

HWY_BEFORE_NAMESPACE();
namespace sqrtn::random::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

/// Without vectors the definition serves as it is.
template <class T, class Law>
void fill(const Stream& stream, const Law& law, T* out, std::size_t n, bool) {
  for (std::size_t i = 0; i < n; ++i) out[i] = scalar::draw_at(stream.skip(i), law);
}

template <Half To, class Law>
void fill_rounded(const Stream& stream, const Law& law, To* out, std::size_t n, bool) {
  for (std::size_t i = 0; i < n; ++i) out[i] = To(scalar::draw_at(stream.skip(i), law));
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

/// Writes elements offset … offset + n − 1: whole groups straight to `out`, the ragged ends by way of
/// a buffer.
template <Stores stores, class T, class Engine, class Law, class To>
void fill_with(const Stream& stream, const Law& law, To* out, std::size_t n) {
  constexpr std::size_t group = 2 * transform::pair_distance<T>, blocks = group * sizeof(T) / sizeof(Block);
  Ahead<Engine> engine(stream.seed, stream.stream, stream.offset / group * blocks);
  constexpr Stores buffered = stores == Stores::past_caches ? Stores::plain : stores;
  const Transform<Law> transform(law);
  HWY_ALIGN To buffer[group];
  for (std::size_t skip = stream.offset % group; n > 0; skip = 0) {
    if (skip == 0 && n >= group) {
      for (; n >= group; n -= group, out += group) next_group<stores, T>(engine, transform, out);
    } else {
      next_group<buffered, T>(engine, transform, buffer);
      const std::size_t count = std::min(group - skip, n);
      std::memcpy(out, buffer + skip, count * sizeof(To));
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
    fill_with<Stores::past_caches, T, Engine>(stream, law, out, n);
    hwy::FlushStream();
  } else {
    fill_with<Stores::plain, T, Engine>(stream, law, out, n);
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
  for (std::size_t i = 0; i < n; i += group) next_group<Stores::plain, T>(given, transform, out + i);
}

template <class T, class Law>
void fill(const Stream& stream, const Law& law, T* out, std::size_t n, bool past_caches) {
  if (stream.engine == Engine::philox) {
    fill_by<T, Philox>(stream, law, out, n, past_caches);
  } else {
    fill_by<T, Ars>(stream, law, out, n, past_caches);
  }
}

/// Whether no draw but 0 is subnormal: symmetric about 0, with scales far above the smallest number.
inline bool all_normal(const transform::Uniform<float>& law) { return law.mid == 0; }
inline bool all_normal(const transform::Normal<float>& law) { return law.mean == 0 && law.stddev >= 0x1p-60F; }
inline bool all_normal(const transform::Truncated<float>& law) {
  return all_normal(static_cast<const transform::Normal<float>&>(law)) && law.mass_high >= 0x1p-40F;
}

template <Stores stores, class Law, class To>
void fill_rounded_by(const Stream& stream, const Law& law, To* out, std::size_t n) {
  if (stream.engine == Engine::philox) {
    fill_with<stores, float, Philox>(stream, law, out, n);
  } else {
    fill_with<stores, float, Ars>(stream, law, out, n);
  }
}

/// In 16 bits, each float draw rounded.
template <Half To, class Law>
void fill_rounded(const Stream& stream, const Law& law, To* out, std::size_t n, bool) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3_DL
  if constexpr (std::is_same_v<To, Bfloat16>) {
    if (has_bf16_instruction() && all_normal(law)) {
      return fill_rounded_by<Stores::by_instruction>(stream, law, out, n);
    }
  }
#endif
  fill_rounded_by<Stores::plain>(stream, law, out, n);
}

#endif

template <Half To>
HalfKernels<To> half_kernels() {
  using transform::Normal, transform::Truncated, transform::Uniform;
  return {fill_rounded<To, Uniform<float>>, fill_rounded<To, Normal<float>>, fill_rounded<To, Truncated<float>>,
          round_to<To>};
}

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
  static const Kernels kernels{kernels_for<float>(), kernels_for<double>(), half_kernels<Float16>(),
                               half_kernels<Bfloat16>()};
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
