#include <Random123/philox.h>

#include <cmath>
#include <cstring>

#include "simd_target.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/random/scalar.hpp"
#include "sqrtn/support/environment.hpp"
#include "sqrtn/support/tensor.hpp"
#include "verify.hpp"

namespace sqrtn::verify {
namespace {

using claims::Subject;
using random::Block;
using random::Engine;
using random::Stream;

/// Known answers published with Random123 1.14, tests/kat_vectors (ten rounds) and old_kat_vectors (seven).
struct Known {
  Block counter, key, answer;
};

TEST(Engine, PhiloxGivesThePublishedAnswers) {
  const Known rows[] = {
      {{0, 0, 0, 0}, {0, 0, 0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u, 0, 0}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0, 0, 0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (const Known& row : rows) EXPECT_EQ(random::philox4x32_10(row.counter, row.key), row.answer);
}

TEST(Engine, ArsGivesThePublishedAnswers) {
  const Known ten[] = {
      {{0, 0, 0, 0}, {0, 0, 0, 0}, {0x8d73ee19, 0x506401ef, 0x13c2dbe4, 0x0cbe9c0d}},
      {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u, 0, 0}, {0xbb3743b1, 0x9f635551, 0xecbc87fc, 0xa19478a9}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89},
       {0xa516e7d6, 0x8357ad74, 0x5b59b3ec, 0x8763fff3}},
  };
  for (const Known& row : ten) EXPECT_EQ(random::ars4x32(row.counter, row.key, 10), row.answer);
  const Known seven[] = {
      {{1, 0, 0, 0}, {1, 0, 0, 0}, {0x3523162b, 0xdc14d20c, 0x79184077, 0x72184193}},
      {{0x886a3f24, 0xd308a385, 0x2e8a1913, 0x44737003},
       {1, 0, 0, 0},
       {0xbb4006c7, 0x33dbc0db, 0x1ea0a1c9, 0x7f9541e3}},
      {{0xe6212845, 0x7713d038, 0xcf6654be, 0x6c0ce934},
       {0x100, 0, 0, 0},
       {0x5f2bd4b2, 0xd3e5db14, 0x64a054e9, 0x1a7f038c}},
  };
  for (const Known& row : seven) EXPECT_EQ(random::ars4x32_7(row.counter, row.key), row.answer);
}

TEST(Engine, PhiloxAgreesWithRandom123) {
  for (std::uint32_t i = 0; i < 10000; ++i) {
    const Block counter{i * 2654435761u, ~i, i * i, 77 * i}, key{i * 40503u, i ^ 0xdeadbeefu, 0, 0};
    const auto expected = philox4x32_R(10, {{counter[0], counter[1], counter[2], counter[3]}}, {{key[0], key[1]}});
    const Block got = random::philox4x32_10(counter, key);
    for (int j = 0; j < 4; ++j) ASSERT_EQ(got[j], expected.v[j]) << "counter word " << i;
  }
}

/// Elements of which a fill differs in any bit from its definition, element by element.
template <class T, class Fill, class At>
std::size_t differences(const Stream& stream, Fill fill, At at) {
  std::vector<T> filled(517);
  fill(stream, std::span<T>(filled));
  std::size_t n = 0;
  for (std::size_t i = 0; i < filled.size(); ++i) {
    const T expected = at(stream.skip(i));
    n += std::memcmp(&filled[i], &expected, sizeof(T)) != 0;
  }
  return n;
}

/// The ends of uniform laws: about 0 as the initialisers', whose scale is no power of two, and elsewhere.
struct Range {
  double low, high;
};
constexpr Range uniform_ranges[] = {{-0.3, 0.7}, {-0.1, 0.1}, {-0.0765465545, 0.0765465545},
                                    {-1, 1},     {0.2, 0.9},  {-3e5, 1e-3}};

template <class T>
void expect_definition(const Stream& s, bool fused) {
  namespace scalar = random::scalar;
  for (const Range& range : uniform_ranges) {
    const T low = static_cast<T>(range.low), high = static_cast<T>(range.high);
    const auto fill = [low, high](const Stream& at, std::span<T> out) { random::fill_uniform<T>(at, out, low, high); };
    const auto definition = [low, high](const Stream& at) { return scalar::uniform_at<T>(at, low, high); };
    EXPECT_EQ(differences<T>(s, fill, definition), 0u) << "in (" << low << ", " << high << ")";
  }
  if (!fused) return;
  EXPECT_EQ((differences<T>(
                s, [](const Stream& s, std::span<T> out) { random::fill_normal<T>(s, out, T(1.5), T(0.1)); },
                [](const Stream& s) { return scalar::normal_at<T>(s, T(1.5), T(0.1)); })),
            0u);
  EXPECT_EQ((differences<T>(
                s, [](const Stream& s, std::span<T> out) { random::fill_truncated_normal<T>(s, out, T(0), T(3), 2); },
                [](const Stream& s) { return scalar::truncated_normal_at<T>(s, T(0), T(3), 2); })),
            0u);
}

TEST(Fill, EveryTargetComputesTheDefinition) {
  for (const std::string& name : random::simd_targets()) {
    SCOPED_TRACE(name);
    const SimdTarget target(name);
    const bool fused = name != "SSE4" && name != "SSSE3" && name != "EMU128";
    for (const Engine engine : {Engine::ars, Engine::philox}) {
      for (const std::uint64_t offset : {0ull, 5ull, (4ull << 32) - 100, (1ull << 63) + 3}) {
        const Stream stream{engine, 0x123456789abcdef0u, 0xfedcba9876543210u, offset};
        EXPECT_EQ((differences<std::uint32_t>(
                      stream, [](const Stream& s, std::span<std::uint32_t> out) { random::fill_bits(s, out); },
                      random::scalar::bits32_at)),
                  0u);
        EXPECT_EQ((differences<std::uint64_t>(
                      stream, [](const Stream& s, std::span<std::uint64_t> out) { random::fill_bits(s, out); },
                      random::scalar::bits64_at)),
                  0u);
        expect_definition<float>(stream, fused);
        expect_definition<double>(stream, fused);
      }
    }
  }
}

TEST(Fill, ThreadsChangeNoBit) {
  constexpr std::size_t n = (1u << 19) + 12345;  // several tasks and a ragged end
  const Stream stream{Engine::ars, 5, 6, 7};
  std::vector<float> one(n), all(n);
  random::fill_normal<float>(stream, one, 0, 1, 1);
  for (const unsigned threads : {0u, 2u, 3u, 8u}) {
    random::fill_normal<float>(stream, all, 0, 1, threads);
    EXPECT_EQ(one, all) << threads << " threads";
  }
}

TEST(Fill, UniformStaysInsideNarrowAndWideRanges) {
  const float up = std::nextafter(1.0f, 2.0f), upper = std::nextafter(up, 2.0f),
              huge = std::numeric_limits<float>::max();
  for (const auto& [low, high] : {std::pair{1.0f, upper}, {0.0f, 1.0f}, {-huge, huge}, {-2.0f, 1.0f}}) {
    std::vector<float> draws(100000);
    random::fill_uniform<float>({}, draws, low, high);
    for (const float x : draws) ASSERT_TRUE(low < x && x < high) << x << " in (" << low << ", " << high << ")";
  }
}

TEST(Fill, RefusesWhatItCannotDraw) {
  std::vector<float> out(4);
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  EXPECT_THROW(random::fill_uniform<float>({}, out, 1, 1), std::invalid_argument);
  EXPECT_THROW(random::fill_uniform<float>({}, out, 1, std::nextafter(1.0f, 2.0f)), std::invalid_argument);
  EXPECT_THROW(random::fill_uniform<float>({}, out, nan, 1), std::invalid_argument);
  EXPECT_THROW(random::fill_normal<float>({}, out, 0, -1), std::invalid_argument);
  EXPECT_THROW(random::fill_uniform<float>({}, out, 0, 1e-31f), std::invalid_argument);
  EXPECT_THROW(random::fill_normal<float>({}, out, 0, inf), std::invalid_argument);
  EXPECT_THROW(random::fill_normal<float>({}, out, 1e38f, 1), std::invalid_argument);
  EXPECT_THROW(random::fill_normal<float>({}, out, 0, 1e37f), std::invalid_argument);
  EXPECT_THROW(random::fill_truncated_normal<float>({}, out, 0, 1, 0), std::invalid_argument);
  EXPECT_THROW(random::fill_truncated_normal<float>({}, out, 0, 1, 3.5), std::invalid_argument);
  EXPECT_THROW(random::fill_normal<float>({Engine::ars, 0, 0, ~0ull - 2}, out, 0, 1), std::invalid_argument);
  EXPECT_THROW(random::use_simd_target("no such target"), std::invalid_argument);
  EXPECT_THROW(random::parse_engine("mersenne"), std::invalid_argument);
}

TEST(Fill, AcceptsNothingAndNoSpread) {
  random::fill_normal<double>({}, {}, 0, 1);
  std::vector<double> out(9);
  random::fill_normal<double>({}, out, 4, 0);
  EXPECT_EQ(out, std::vector<double>(9, 4));
  random::fill_truncated_normal<double>({}, out, 5, 0);
  EXPECT_EQ(out, std::vector<double>(9, 5));
}

/// A fill of `bytes` against the same in pieces that fit the caches; what stands before and behind is kept.
template <class T, class Fill>
void expect_pieces(std::size_t bytes, std::size_t shift, Fill fill) {
  constexpr std::size_t margin = 64 / sizeof(T);
  const std::size_t n = bytes / sizeof(T), piece = std::size_t{1} << 20;
  Buffer<T> filled(n + 2 * margin), expected(piece);
  std::ranges::fill(filled.span(), T(77));
  const Stream stream{Engine::ars, 5, 6, 2 * margin};
  const std::span<T> out = filled.span().subspan(shift, n);
  fill(stream, out, 0u);
  for (std::size_t first = 0; first < n; first += piece) {
    const std::span<T> part = expected.span().first(std::min(piece, n - first));
    fill(stream.skip(first), part, 1u);
    ASSERT_EQ(std::memcmp(part.data(), out.data() + first, part.size_bytes()), 0) << "from element " << first;
  }
  const auto kept = [](T x) { return x == T(77); };
  EXPECT_TRUE(std::ranges::all_of(filled.span().first(shift), kept));
  EXPECT_TRUE(std::ranges::all_of(filled.span().subspan(shift + n), kept));
}

// Past the caches by other stores, aligned or not, in any number of threads and on any target: the same draws.
TEST(Fill, LargerThanTheCachesChangesNoBit) {
  const std::size_t bytes = last_level_cache_bytes(describe_environment()) + (std::size_t{1} << 20) + 40;
  for (const std::string& name : random::simd_targets()) {
    if (name == "SCALAR") continue;  // has no other stores
    SCOPED_TRACE(name);
    const SimdTarget target(name);
    for (const std::size_t shift : {0, 1, 5}) {
      expect_pieces<float>(bytes, shift, [](const Stream& s, std::span<float> out, unsigned threads) {
        random::fill_uniform<float>(s, out, -1, 1, threads);
      });
    }
    expect_pieces<double>(bytes, 3, [](const Stream& s, std::span<double> out, unsigned threads) {
      random::fill_normal<double>(s, out, 0, 1, threads);
    });
  }
}

// Groups at the very end of a stream, whose blocks are the last that a counter of 64 bits reaches.
TEST(Fill, ReachesTheEndOfAStream) {
  for (const std::size_t n : {1, 31, 64, 100}) {
    const Stream stream{Engine::ars, 1, 2, ~0ull - (n - 1)};
    std::vector<float> out(n);
    random::fill_normal<float>(stream, out, 0, 1);
    for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(out[i], random::scalar::normal_at<float>(stream.skip(i), 0, 1)) << i;
  }
}

}  // namespace
}  // namespace sqrtn::verify
