#include "sqrtn/random/engine.hpp"

#include "sqrtn/support/require.hpp"

namespace sqrtn::random {
namespace {

/// a·b in GF(2⁸) modulo x⁸ + x⁴ + x³ + x + 1, the field of AES (FIPS 197, §4.2).
constexpr std::uint8_t multiply(std::uint8_t a, std::uint8_t b) {
  std::uint8_t product = 0;
  for (; b != 0; b >>= 1) {
    if (b & 1) product ^= a;
    a = static_cast<std::uint8_t>((a << 1) ^ ((a & 0x80) ? 0x1b : 0));
  }
  return product;
}

/// AES's substitution from its definition: the inverse in GF(2⁸), then the affine map of FIPS 197, §5.1.1.
constexpr std::array<std::uint8_t, 256> substitution_table() {
  std::array<std::uint8_t, 256> table{};
  for (unsigned x = 0; x < 256; ++x) {
    std::uint8_t inverse = 1;
    for (int i = 0; i < 254; ++i) inverse = multiply(inverse, static_cast<std::uint8_t>(x));  // x²⁵⁴ = x⁻¹
    std::uint8_t mapped = 0x63;
    for (int shift = 0; shift < 5; ++shift) {
      mapped ^= static_cast<std::uint8_t>((inverse << shift) | (inverse >> (8 - shift)));
    }
    table[x] = mapped;
  }
  return table;
}

constexpr auto substitution = substitution_table();

using Bytes = std::array<std::uint8_t, 16>;

/// SubBytes and ShiftRows of one AES round; byte 4·column + row.
Bytes substitute_and_shift(const Bytes& in) {
  Bytes out;
  for (unsigned column = 0; column < 4; ++column) {
    for (unsigned row = 0; row < 4; ++row) out[4 * column + row] = substitution[in[4 * ((column + row) % 4) + row]];
  }
  return out;
}

Bytes mix_columns(const Bytes& in) {
  Bytes out;
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned column = i & ~3u;
    const auto at = [&](unsigned step) { return in[column + (i + step) % 4]; };
    out[i] = static_cast<std::uint8_t>(multiply(at(0), 2) ^ multiply(at(1), 3) ^ at(2) ^ at(3));
  }
  return out;
}

/// Round key r: key + r·(golden ratio, √3 − 1) in two 64-bit halves, as bytes.
Bytes round_key(const Block& key, std::uint64_t round) {
  constexpr std::uint64_t weyl[2] = {0x9e3779b97f4a7c15u, 0xbb67ae8584caa73bu};
  Bytes bytes;
  for (unsigned half = 0; half < 2; ++half) {
    const std::uint64_t word = (key[2 * half] | (std::uint64_t{key[2 * half + 1]} << 32)) + round * weyl[half];
    for (unsigned i = 0; i < 8; ++i) bytes[8 * half + i] = static_cast<std::uint8_t>(word >> (8 * i));
  }
  return bytes;
}

void add(Bytes& state, const Bytes& key) {
  for (unsigned i = 0; i < 16; ++i) state[i] ^= key[i];
}

}  // namespace

Block philox4x32_10(const Block& counter, const Block& key) {
  Block c = counter;
  std::uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xd2511f53u} * c[0];
    const std::uint64_t p1 = std::uint64_t{0xcd9e8d57u} * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
    k0 += 0x9e3779b9u;  // golden ratio
    k1 += 0xbb67ae85u;  // √3 − 1
  }
  return c;
}

Block ars4x32(const Block& counter, const Block& key, unsigned rounds) {
  require(rounds >= 1, "ARS needs at least one round, got {}", rounds);
  Bytes state;
  for (unsigned i = 0; i < 16; ++i) state[i] = static_cast<std::uint8_t>(counter[i / 4] >> (8 * (i % 4)));
  add(state, round_key(key, 0));
  for (unsigned round = 1; round <= rounds; ++round) {
    state = substitute_and_shift(state);
    if (round < rounds) state = mix_columns(state);
    add(state, round_key(key, round));
  }
  Block out{};
  for (unsigned i = 0; i < 16; ++i) out[i / 4] |= std::uint32_t{state[i]} << (8 * (i % 4));
  return out;
}

Block ars4x32_7(const Block& counter, const Block& key) { return ars4x32(counter, key, 7); }

std::string_view to_string(Engine engine) { return engine == Engine::philox ? "philox" : "ars"; }

Engine parse_engine(std::string_view name) {
  if (name == "philox") return Engine::philox;
  require(name == "ars", "unknown engine '{}': use ars or philox", name);
  return Engine::ars;
}

}  // namespace sqrtn::random
