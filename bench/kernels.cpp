#include "kernels.hpp"

#include <cstdint>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace sqrtn::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// A core with p multiply-add pipes of latency l needs p·l independent vectors: 10 on Intel and AMD,
// 16 on wide AArch64. Targets with 16 registers have room for 12 and the two constants.
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_SSSE3 || HWY_TARGET == HWY_SSE2
constexpr std::size_t accumulators = 12;
#else
constexpr std::size_t accumulators = 20;
#endif
constexpr std::size_t readers = 8;

// A pack of vectors rather than an array: on some targets a vector has no size at compile time.
template <class D, class... V>
hn::TFromD<D> multiply_add_loop(D d, std::size_t iterations, V... sum) {
  const auto half = hn::Set(d, hn::TFromD<D>(0.5));
  const auto one = hn::Set(d, hn::TFromD<D>(1));
  for (std::size_t i = 0; i < iterations; ++i) ((sum = hn::MulAdd(sum, half, one)), ...);
  auto total = hn::Zero(d);
  ((total = hn::Add(total, sum)), ...);
  return hn::GetLane(hn::SumOfLanes(d, total));
}

template <class T, std::size_t... j>
T multiply_adds_from(std::size_t iterations, std::index_sequence<j...>) {
  const hn::ScalableTag<T> d;
  return multiply_add_loop(d, iterations, hn::Set(d, T(j))...);
}

template <class T>
T multiply_adds_of(std::size_t iterations) {
  return multiply_adds_from<T>(iterations, std::make_index_sequence<accumulators>());
}
float multiply_adds_f32(std::size_t iterations) { return multiply_adds_of<float>(iterations); }
double multiply_adds_f64(std::size_t iterations) { return multiply_adds_of<double>(iterations); }

std::size_t multiply_add_flop_f32() { return 2 * accumulators * hn::Lanes(hn::ScalableTag<float>()); }
std::size_t multiply_add_flop_f64() { return 2 * accumulators * hn::Lanes(hn::ScalableTag<double>()); }

void write_ordinary_of(float* out, std::size_t size, float value) {
  const hn::ScalableTag<float> d;
  const auto v = hn::Set(d, value);
  for (std::size_t i = 0; i < size; i += hn::Lanes(d)) hn::Store(v, d, out + i);
}

void write_non_temporal_of(float* out, std::size_t size, float value) {
  const hn::ScalableTag<float> d;
  const auto v = hn::Set(d, value);
  for (std::size_t i = 0; i < size; i += hn::Lanes(d)) hn::Stream(v, d, out + i);
  hwy::FlushStream();
}

template <class D, std::size_t... j, class... V>
unsigned read_loop(D d, const std::uint32_t* in, std::size_t size, std::index_sequence<j...>, V... seen) {
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = 0; i < size; i += readers * lanes) {
    ((seen = hn::Xor(seen, hn::Load(d, in + i + j * lanes))), ...);
  }
  auto all = hn::Zero(d);
  ((all = hn::Xor(all, seen)), ...);
  return hn::GetLane(hn::SumOfLanes(d, all));
}

template <std::size_t... j>
unsigned read_from(const std::uint32_t* in, std::size_t size, std::index_sequence<j...> sequence) {
  const hn::ScalableTag<std::uint32_t> d;
  return read_loop(d, in, size, sequence, hn::Set(d, static_cast<std::uint32_t>(j))...);
}

unsigned read_all_of(const float* in, std::size_t size) {
  return read_from(reinterpret_cast<const std::uint32_t*>(in), size, std::make_index_sequence<readers>());
}

}  // namespace sqrtn::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sqrtn::bench {

HWY_EXPORT(multiply_adds_f32);
HWY_EXPORT(multiply_adds_f64);
HWY_EXPORT(multiply_add_flop_f32);
HWY_EXPORT(multiply_add_flop_f64);
HWY_EXPORT(write_ordinary_of);
HWY_EXPORT(write_non_temporal_of);
HWY_EXPORT(read_all_of);

template <>
float multiply_adds<float>(std::size_t iterations) {
  return HWY_DYNAMIC_DISPATCH(multiply_adds_f32)(iterations);
}
template <>
double multiply_adds<double>(std::size_t iterations) {
  return HWY_DYNAMIC_DISPATCH(multiply_adds_f64)(iterations);
}
template <>
std::size_t multiply_add_flop<float>() {
  return HWY_DYNAMIC_DISPATCH(multiply_add_flop_f32)();
}
template <>
std::size_t multiply_add_flop<double>() {
  return HWY_DYNAMIC_DISPATCH(multiply_add_flop_f64)();
}

void write_ordinary(std::span<float> out, float value) {
  HWY_DYNAMIC_DISPATCH(write_ordinary_of)(out.data(), out.size(), value);
}
void write_non_temporal(std::span<float> out, float value) {
  HWY_DYNAMIC_DISPATCH(write_non_temporal_of)(out.data(), out.size(), value);
}
unsigned read_all(std::span<const float> in) { return HWY_DYNAMIC_DISPATCH(read_all_of)(in.data(), in.size()); }

}  // namespace sqrtn::bench
#endif
