#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "claims/generator/dependence.hpp"
#include "claims/generator/moments.hpp"
#include "claims/generator/numbers.hpp"
#include "claims/judge.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/tensor.hpp"

namespace sqrtn::claims {
namespace {

using random::Block;
using random::Engine;
using random::Stream;

constexpr const char* random123 = "Salmon and others, SC11 (Random123)";

/// The engine's block at a stream's offset, from the portable definition.
Block portable_block(const Stream& s) {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
  const std::uint64_t block = s.offset / 4;
  const Block counter{low(block), high(block), low(s.stream), high(s.stream)}, key{low(s.seed), high(s.seed), 0, 0};
  return s.engine == Engine::philox ? random::philox4x32_10(counter, key) : random::ars4x32_7(counter, key);
}

/// Addresses around every carry: of the counter's words, of streams and seeds beyond 32 bits.
std::vector<Stream> hard_addresses(Engine engine, std::uint64_t seed) {
  std::vector<Stream> addresses;
  for (const std::uint64_t stream : {0ull, 1ull, 0xffffffffull, 0x100000000ull, ~0ull}) {
    for (const std::uint64_t block : {0ull, 1ull, 0xfffffff0ull, 0xffffffffull, 0x100000000ull, (1ull << 62) - 64}) {
      for (const std::uint64_t key : {seed, std::uint64_t{0}, ~std::uint64_t{0}}) {
        addresses.push_back({engine, key, stream, 4 * block});
      }
    }
  }
  return addresses;
}

Claim address_claim(Engine engine) {
  Claim claim =
      exact_claim(fmt::format("generator/{}/addresses", to_string(engine)),
                  "words 4b … 4b + 3 of a stream are the engine's block with counter (b, stream), key (seed, 0)",
                  random123, to_string(engine));
  claim.check = [engine](const Subject& subject, const Settings& settings) {
    constexpr std::size_t n_words = 133;  // several vectors of any width, and a ragged end
    std::size_t n_samples = 0;
    for (const Stream& address : hard_addresses(engine, settings.seed)) {
      std::array<std::uint32_t, n_words> words;
      subject.bits(address, words);
      for (std::size_t i = 0; i < n_words; ++i, ++n_samples) {
        const std::uint32_t expected = portable_block(address.skip(i))[i % 4];
        if (words[i] == expected) continue;
        return failure(fmt::format("seed {}, stream {}, word {} + {}: {:08x} instead of {:08x}", address.seed,
                                   address.stream, address.offset, i, words[i], expected));
      }
    }
    return exact_outcome({}, n_samples);
  };
  return claim;
}

/// Whether a fill in pieces equals the fill in one go, bit for bit.
template <class T, class Fill>
std::string split_mismatch(const Stream& stream, Fill fill) {
  constexpr std::size_t n = 4099;
  constexpr std::size_t cuts[] = {0, 1, 2, 3, 6, 13, 64, 129, 130, 1000, 1001, 2048, 4096, n};
  std::vector<T> whole(n), pieces(n);
  fill(stream, std::span<T>(whole));
  for (std::size_t i = 0; i + 1 < std::size(cuts); ++i) {
    fill(stream.skip(cuts[i]), std::span<T>(pieces).subspan(cuts[i], cuts[i + 1] - cuts[i]));
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (std::bit_cast<std::array<std::byte, sizeof(T)>>(whole[i]) ==
        std::bit_cast<std::array<std::byte, sizeof(T)>>(pieces[i])) {
      continue;
    }
    return fmt::format("element {} from offset {} depends on where the fill is split", i, stream.offset);
  }
  return {};
}

template <class T>
std::string any_split_mismatch(const Draws<T>& draws, const Stream& stream) {
  const auto first_of = [](std::initializer_list<std::string> reasons) {
    const auto* found = std::find_if(reasons.begin(), reasons.end(), [](const auto& r) { return !r.empty(); });
    return found == reasons.end() ? std::string() : *found;
  };
  return first_of({
      split_mismatch<T>(stream, [&](const Stream& s, std::span<T> out) { draws.uniform(s, out, T(-1), T(1)); }),
      split_mismatch<T>(stream, [&](const Stream& s, std::span<T> out) { draws.normal(s, out, T(1), T(2)); }),
      split_mismatch<T>(stream,
                        [&](const Stream& s, std::span<T> out) { draws.truncated_normal(s, out, T(0), T(1), 2); }),
  });
}

Claim splitting_claim(Engine engine) {
  Claim claim =
      exact_claim(fmt::format("generator/{}/splitting", to_string(engine)),
                  "element i is a pure function of (engine, seed, stream, i): a fill in pieces changes no bit",
                  "counter-based addressing", to_string(engine));
  claim.check = [engine](const Subject& subject, const Settings& settings) {
    std::size_t n_compared = 0;
    for (const std::uint64_t offset : {0ull, 1ull, 2ull, 3ull, 4ull * 0xffffffffull - 1000}) {
      const Stream stream{engine, settings.seed, random::stream_of("splitting"), offset};
      for (std::string reason : {split_mismatch<std::uint32_t>(stream, subject.bits),
                                 any_split_mismatch(subject.f32, stream), any_split_mismatch(subject.f64, stream)}) {
        if (!reason.empty()) return failure(std::move(reason));
        ++n_compared;
      }
    }
    return exact_outcome({}, n_compared);
  };
  return claim;
}

/// Blocks are 128 bits: among the 2²² of this claim two are equal by chance with probability 2⁻⁸⁵.
Claim duplicates_claim(Engine engine) {
  Claim claim = exact_claim(fmt::format("generator/{}/duplicates", to_string(engine)),
                            "no 128-bit block occurs twice within a call, across calls, streams or seeds",
                            "counter-based addressing", to_string(engine));
  claim.check = [engine](const Subject& subject, const Settings& settings) {
    constexpr std::size_t per_call = std::size_t{1} << 18;  // blocks
    const std::uint64_t base = random::stream_of("duplicates");
    std::vector<Stream> calls;
    for (std::uint64_t i = 0; i < 4; ++i) {
      constexpr std::uint64_t shifts[] = {0, 1, std::uint64_t{1} << 32, std::uint64_t{1} << 63};
      const std::uint64_t shift = shifts[i];
      calls.push_back({engine, settings.seed, base, i * 4 * per_call});
      calls.push_back({engine, settings.seed, base + 1 + shift, 0});
      calls.push_back({engine, settings.seed + 1 + shift, base, 0});
      calls.push_back({engine, settings.seed, base, (std::uint64_t{4} << 32) + 4 * per_call * i});
    }
    std::vector<Block> blocks(per_call * calls.size());
    for (std::size_t i = 0; i < calls.size(); ++i) {
      subject.bits(calls[i], {blocks[i * per_call].data(), 4 * per_call});
    }
    std::sort(blocks.begin(), blocks.end());
    const auto twin = std::adjacent_find(blocks.begin(), blocks.end());
    if (twin == blocks.end()) return exact_outcome({}, blocks.size());
    return failure(fmt::format("the block {:08x} {:08x} {:08x} {:08x} occurs twice", (*twin)[0], (*twin)[1], (*twin)[2],
                               (*twin)[3]));
  };
  return claim;
}

/// How many of the values have each binary digit. A byte of a counter is one digit's, so that eight are counted at
/// once.
void add_ones(std::span<const std::uint64_t> values, std::span<std::uint64_t, 64> ones) {
  constexpr std::size_t most = 255;  // that a byte holds
  for (std::size_t first = 0; first < values.size(); first += most) {
    std::uint64_t counters[8] = {};
    for (const std::uint64_t value : values.subspan(first, std::min(most, values.size() - first))) {
      for (unsigned i = 0; i < 8; ++i) counters[i] += (value >> i) & 0x0101010101010101U;
    }
    for (unsigned digit = 0; digit < 64; ++digit) ones[digit] += counters[digit % 8] >> (digit / 8 * 8) & 0xff;
  }
}

/// Σ z² over the digits and over the sums of neighbours, χ²(2·digits − 1), z the standardised count of
/// ones: finds one digit that is stuck, biased by `effect`, or bound to its neighbour.
Claim digits_claim(Engine engine, const NumberSource& source, double effect) {
  const unsigned digits = source.digits;
  Claim claim = statistical_claim(
      fmt::format("generator/{}/{}", to_string(engine), source.of_words ? "bits" : source.name + "/digits"),
      fmt::format("each of {} binary digits, and of the sums of two neighbours, is 1 with probability 1/2", digits),
      random123, to_string(engine), effect);
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    constexpr std::size_t chunk = std::size_t{1} << 13;
    // One digit that is biased by `effect` has z² ~ χ²(1) with non-centrality n·(2·effect)².
    const double per_sample = 4 * effect * effect;
    const std::size_t n_tasks = statistics::n_samples_for_non_centrality(2 * digits - 1, per_sample) / chunk + 1;
    using Counts = std::array<std::uint64_t, 128>;
    const auto count = [&](std::size_t task) {
      std::vector<std::uint64_t> values(chunk);
      source.draw(subject, {engine, settings.seed, random::stream_of(id), task * chunk}, values);
      Counts ones{};
      add_ones(values, std::span(ones).first<64>());
      for (std::uint64_t& value : values) value ^= value >> 1;
      add_ones(values, std::span(ones).last<64>());
      return ones;
    };
    const auto merge = [](Counts& into, const Counts& from) {
      for (std::size_t i = 0; i < into.size(); ++i) into[i] += from[i];
    };
    const Counts ones = *parallel_reduce(n_tasks, settings.threads, count, merge);
    const double n = static_cast<double>(n_tasks * chunk);
    double sum = 0;
    for (unsigned digit = 0; digit < digits; ++digit) {
      sum += std::pow(static_cast<double>(ones[digit]) - n / 2, 2) / (n / 4);
      if (digit + 1 < digits) sum += std::pow(static_cast<double>(ones[64 + digit]) - n / 2, 2) / (n / 4);
    }
    Outcome outcome = judge(statistics::chi_squared_test(sum, 2 * digits - 1, rates.alpha), 1);
    outcome.n_samples = n_tasks * chunk;
    return outcome;
  };
  return claim;
}

}  // namespace

std::vector<Claim> generator_claims(const Settings& settings) {
  std::vector<Claim> claims;
  for (const Engine engine : {Engine::ars, Engine::philox}) {
    claims.push_back(address_claim(engine));
    claims.push_back(splitting_claim(engine));
    claims.push_back(duplicates_claim(engine));
    for (const NumberSource& source : number_sources()) {
      claims.push_back(digits_claim(engine, source, 0.002 * settings.effect_scale));
    }
    for (const auto& more :
         {draw_claims(engine, settings), collision_claims(engine, settings), parameter_claims(engine)}) {
      claims.insert(claims.end(), more.begin(), more.end());
    }
  }
  return claims;
}

}  // namespace sqrtn::claims
