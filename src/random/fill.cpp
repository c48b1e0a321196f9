#include "sqrtn/random/fill.hpp"

#include <algorithm>

#include "random/kernels.hpp"
#include "sqrtn/support/parallel.hpp"

namespace sqrtn::random {
namespace {

/// One task of a parallel fill, in elements: long enough that handing it out costs nothing.
constexpr std::size_t chunk = std::size_t{1} << 18;

template <class T, class Law>
void in_chunks(void (*kernel)(const Stream&, const Law&, T*, std::size_t), const Stream& stream, const Law& law,
               std::span<T> out, unsigned threads) {
  require(out.empty() || out.size() - 1 <= ~stream.offset, "{} elements from offset {} go beyond the end of a stream",
          out.size(), stream.offset);
  const std::size_t n_chunks = (out.size() + chunk - 1) / chunk;
  if (threads == 1 || n_chunks <= 1) {
    kernel(stream, law, out.data(), out.size());
    return;
  }
  parallel_for(n_chunks, threads, [&](std::size_t i) {
    const std::size_t first = i * chunk;
    kernel(stream.skip(first), law, out.data() + first, std::min(chunk, out.size() - first));
  });
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
