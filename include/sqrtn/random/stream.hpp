#pragma once

#include <cstdint>
#include <string_view>

#include "sqrtn/random/engine.hpp"

namespace sqrtn::random {

/// The address of a sequence of random numbers. Element i of a fill that starts here is element
/// offset + i of the sequence: a pure function of (engine, seed, stream, offset + i), whatever the
/// number of threads, the chunking or the SIMD width.
///
/// Key = (seed, 0); counter = (block index, stream), 64 bits each, so streams never overlap; each
/// holds 2⁶⁴ elements of any kind. Different kinds of fill read the same bits: draws that must be
/// independent need streams of their own.
struct Stream {
  Engine engine = Engine::ars;
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
  std::uint64_t offset = 0;

  /// The same sequence, n elements on. Wraps modulo 2⁶⁴.
  [[nodiscard]] Stream skip(std::uint64_t n) const { return {engine, seed, stream, offset + n}; }
};

/// A stream number for a named purpose: FNV-1a of the name, so that adding a purpose moves no other.
constexpr std::uint64_t stream_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

}  // namespace sqrtn::random
