#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sqrtn::random {

/// Counter-based generators: four 32-bit words as a pure function of a 128-bit counter and a key.
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
enum class Engine {
  philox,  ///< Philox4x32-10: 64-bit key, ten rounds of two 32×32→64 multiplications
  ars,     ///< ARS4x32-7: 128-bit key, seven AES rounds with a Weyl key schedule
};

/// Four words, least significant first: a counter, a key (upper half 0 for Philox), or an output.
using Block = std::array<std::uint32_t, 4>;

/// One block of Philox4x32-10. `key` uses words 0 and 1. Bit-compatible with Random123.
Block philox4x32_10(const Block& counter, const Block& key);

/// One block of ARS4x32-7, in portable code (no AES instruction). Bit-compatible with Random123.
Block ars4x32_7(const Block& counter, const Block& key);

/// ARS4x32 with any number of rounds ≥ 1; the published vectors are for seven and ten.
/// Throws: std::invalid_argument for 0 rounds.
Block ars4x32(const Block& counter, const Block& key, unsigned rounds);

/// "philox" or "ars".
std::string_view to_string(Engine engine);

/// Throws: std::invalid_argument that lists the known names.
Engine parse_engine(std::string_view name);

}  // namespace sqrtn::random
