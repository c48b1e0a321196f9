#pragma once

#include <cstddef>
#include <span>

/// The loops that the ceilings time, in the widest SIMD that the CPU has (chosen at run time).
namespace sqrtn::bench {

/// `iterations` times one multiply-add on each of enough independent vectors to hide its latency.
/// Returns a value that depends on all of them. T is float or double.
template <class T>
T multiply_adds(std::size_t iterations);

/// FLOP of one iteration of multiply_adds: 2 × lanes × independent vectors.
template <class T>
std::size_t multiply_add_flop();

/// Fills `out`, aligned to 64 bytes and a multiple of 2 KiB long, with vector stores. Non-temporal
/// ones go past the caches where the CPU has such stores; they are fenced before the return.
void write_ordinary(std::span<float> out, float value);
void write_non_temporal(std::span<float> out, float value);

/// Exclusive or of all words; `in` aligned and sized as for the writes.
unsigned read_all(std::span<const float> in);

}  // namespace sqrtn::bench
