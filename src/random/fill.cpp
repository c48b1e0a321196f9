#include "sqrtn/random/fill.hpp"

#include <algorithm>
#include <cmath>

#include "random/kernels.hpp"
#include "sqrtn/support/parallel.hpp"
#include "support/environment.hpp"

namespace sqrtn::random {
namespace {

/// One task of a parallel fill, in elements: long enough that handing it out costs nothing.
constexpr std::size_t chunk = std::size_t{1} << 18;

/// What does not fit the last-level cache would only displace what is there, and be read before it is
/// written; stores past the caches spare both.
bool larger_than_caches(std::size_t bytes) {
  // Asking the machine takes milliseconds, as does filling this much once.
  if (bytes < std::size_t{8} << 20) return false;
  static const std::size_t last_level = last_level_cache_bytes(describe_environment());
  return bytes > last_level;
}

template <class T, class Law>
using Kernel = void (*)(const Stream&, const Law&, T*, std::size_t, bool);

/// `fill_part(stream, out, past_caches)` for each part that a thread fills.
template <class T, class F>
void in_chunks(const Stream& stream, std::span<T> out, unsigned threads, F fill_part) {
  require(out.empty() || out.size() - 1 <= ~stream.offset, "{} elements from offset {} go beyond the end of a stream",
          out.size(), stream.offset);
  const std::size_t n_chunks = (out.size() + chunk - 1) / chunk;
  const bool past_caches = larger_than_caches(out.size_bytes());
  if (threads == 1 || n_chunks <= 1) return fill_part(stream, out, past_caches);
  parallel_for(n_chunks, threads, [&](std::size_t i) {
    const std::size_t first = i * chunk;
    fill_part(stream.skip(first), out.subspan(first, std::min(chunk, out.size() - first)), past_caches);
  });
}

template <class T, class Law>
void fill(Kernel<T, Law> kernel, const Stream& stream, const Law& law, std::span<T> out, unsigned threads) {
  in_chunks(stream, out, threads, [&](const Stream& at, std::span<T> part, bool past_caches) {
    kernel(at, law, part.data(), part.size(), past_caches);
  });
}

/// So that no draw becomes infinite: floats lie within 6.77 deviations of the mean.
template <Half T>
void check_range(float centre, float scale) {
  require(std::abs(centre) <= T::largest / 4 && scale >= 0 && scale <= T::largest / 64,
          "the mean {} and deviation {} do not fit into 16 bits; the largest are {} and {}", centre, scale,
          T::largest / 4, T::largest / 64);
}

template <class Bits, class T, class Law>
void of_words(void (*kernel)(const Bits*, const Law&, T*, std::size_t), std::span<const Bits> words, const Law& law,
              std::span<T> out) {
  constexpr std::size_t group = 2 * transform::pair_distance<T>;
  require(words.size() == out.size() && out.size() % group == 0,
          "draws of words need as many words as draws, a multiple of {}; got {} words and {} draws", group,
          words.size(), out.size());
  kernel(words.data(), law, out.data(), out.size());
}

}  // namespace

void fill_bits(const Stream& stream, std::span<std::uint32_t> out, unsigned threads) {
  fill(kernels().f32.bits, stream, {}, out, threads);
}

void fill_bits(const Stream& stream, std::span<std::uint64_t> out, unsigned threads) {
  fill(kernels().f64.bits, stream, {}, out, threads);
}

template <class T>
void fill_uniform(const Stream& stream, std::span<T> out, T low, T high, unsigned threads) {
  fill(kernels().of<T>().uniform, stream, {low, high}, out, threads);
}

template <class T>
void fill_normal(const Stream& stream, std::span<T> out, T mean, T stddev, unsigned threads) {
  fill(kernels().of<T>().normal, stream, {mean, stddev}, out, threads);
}

void normal_of_words(std::span<const std::uint32_t> words, std::span<float> out, float mean, float stddev) {
  of_words(kernels().f32.normal_of, words, {mean, stddev}, out);
}

void normal_of_words(std::span<const std::uint64_t> words, std::span<double> out, double mean, double stddev) {
  of_words(kernels().f64.normal_of, words, {mean, stddev}, out);
}

void truncated_normal_of_words(std::span<const std::uint32_t> words, std::span<float> out, float mean, float stddev,
                               double cut) {
  of_words(kernels().f32.truncated_of, words, {mean, stddev, cut}, out);
}

void truncated_normal_of_words(std::span<const std::uint64_t> words, std::span<double> out, double mean, double stddev,
                               double cut) {
  of_words(kernels().f64.truncated_of, words, {mean, stddev, cut}, out);
}

template <class T>
void fill_truncated_normal(const Stream& stream, std::span<T> out, T mean, T stddev, double cut, unsigned threads) {
  fill(kernels().of<T>().truncated, stream, {mean, stddev, cut}, out, threads);
}

template <Half T>
void fill_uniform(const Stream& stream, std::span<T> out, float low, float high, unsigned threads) {
  check_range<T>(low / 2 + high / 2, 0);
  check_range<T>(0, (high - low) / 64);
  fill(kernels().of<T>().uniform, stream, {low, high}, out, threads);
}

template <Half T>
void fill_normal(const Stream& stream, std::span<T> out, float mean, float stddev, unsigned threads) {
  check_range<T>(mean, stddev);
  fill(kernels().of<T>().normal, stream, {mean, stddev}, out, threads);
}

template <Half T>
void fill_truncated_normal(const Stream& stream, std::span<T> out, float mean, float stddev, double cut,
                           unsigned threads) {
  check_range<T>(mean, stddev);
  fill(kernels().of<T>().truncated, stream, {mean, stddev, cut}, out, threads);
}

template void fill_uniform(const Stream&, std::span<float>, float, float, unsigned);
template void fill_uniform(const Stream&, std::span<double>, double, double, unsigned);
template void fill_normal(const Stream&, std::span<float>, float, float, unsigned);
template void fill_normal(const Stream&, std::span<double>, double, double, unsigned);
template void fill_truncated_normal(const Stream&, std::span<float>, float, float, double, unsigned);
template void fill_truncated_normal(const Stream&, std::span<double>, double, double, double, unsigned);

template void fill_uniform(const Stream&, std::span<Float16>, float, float, unsigned);
template void fill_uniform(const Stream&, std::span<Bfloat16>, float, float, unsigned);
template void fill_normal(const Stream&, std::span<Float16>, float, float, unsigned);
template void fill_normal(const Stream&, std::span<Bfloat16>, float, float, unsigned);
template void fill_truncated_normal(const Stream&, std::span<Float16>, float, float, double, unsigned);
template void fill_truncated_normal(const Stream&, std::span<Bfloat16>, float, float, double, unsigned);

}  // namespace sqrtn::random
