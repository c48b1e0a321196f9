#include "sqrtn/random/fill.hpp"

#include <algorithm>

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
void in_chunks(void (*kernel)(const Stream&, const Law&, T*, std::size_t, bool), const Stream& stream, const Law& law,
               std::span<T> out, unsigned threads) {
  require(out.empty() || out.size() - 1 <= ~stream.offset, "{} elements from offset {} go beyond the end of a stream",
          out.size(), stream.offset);
  const std::size_t n_chunks = (out.size() + chunk - 1) / chunk;
  const bool past_caches = larger_than_caches(out.size_bytes());
  if (threads == 1 || n_chunks <= 1) {
    kernel(stream, law, out.data(), out.size(), past_caches);
    return;
  }
  parallel_for(n_chunks, threads, [&](std::size_t i) {
    const std::size_t first = i * chunk;
    kernel(stream.skip(first), law, out.data() + first, std::min(chunk, out.size() - first), past_caches);
  });
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
  in_chunks(kernels().f32.bits, stream, {}, out, threads);
}

void fill_bits(const Stream& stream, std::span<std::uint64_t> out, unsigned threads) {
  in_chunks(kernels().f64.bits, stream, {}, out, threads);
}

template <class T>
void fill_uniform(const Stream& stream, std::span<T> out, T low, T high, unsigned threads) {
  in_chunks(kernels().of<T>().uniform, stream, {low, high}, out, threads);
}

template <class T>
void fill_normal(const Stream& stream, std::span<T> out, T mean, T stddev, unsigned threads) {
  in_chunks(kernels().of<T>().normal, stream, {mean, stddev}, out, threads);
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
  in_chunks(kernels().of<T>().truncated, stream, {mean, stddev, cut}, out, threads);
}

template void fill_uniform(const Stream&, std::span<float>, float, float, unsigned);
template void fill_uniform(const Stream&, std::span<double>, double, double, unsigned);
template void fill_normal(const Stream&, std::span<float>, float, float, unsigned);
template void fill_normal(const Stream&, std::span<double>, double, double, unsigned);
template void fill_truncated_normal(const Stream&, std::span<float>, float, float, double, unsigned);
template void fill_truncated_normal(const Stream&, std::span<double>, double, double, double, unsigned);

}  // namespace sqrtn::random
