#include <cmath>
#include <cstring>

#include "claims/products/forked.hpp"
#include "simd_target.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/random/scalar.hpp"
#include "sqrtn/support/tensor.hpp"
#include "support/environment.hpp"
#include "verify.hpp"

namespace sqrtn::verify {
namespace {

using random::Engine;
using random::Stream;

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

bool is_fused(const std::string& target) {
  return target != "SSE4" && target != "SSSE3" && target != "SSE2" && target != "EMU128";
}

TEST(Fill, EveryTargetComputesTheDefinition) {
  for (const std::string& name : random::simd_targets()) {
    SCOPED_TRACE(name);
    const SimdTarget target(name);
    const bool fused = is_fused(name);
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

/// FNV-1a over the bytes.
template <class T>
std::uint64_t hash_of(const std::vector<T>& draws) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (std::size_t i = 0; i < draws.size() * sizeof(T); ++i) {
    hash = (hash ^ reinterpret_cast<const unsigned char*>(draws.data())[i]) * 0x100000001b3u;
  }
  return hash;
}

template <class T>
std::vector<std::uint64_t> hashes() {
  const Stream stream{Engine::philox, 1, 2, 3};
  std::vector<T> x(100'000);
  std::vector<std::uint64_t> found;
  random::fill_uniform<T>(stream, x, T(-0.1), T(0.3));
  found.push_back(hash_of(x));
  random::fill_normal<T>(stream, x, T(0.1), T(2));
  found.push_back(hash_of(x));
  for (const double cut : {0.1, 1.0, 2.0, 3.0}) {
    random::fill_truncated_normal<T>(stream, x, T(0), T(1), cut);
    found.push_back(hash_of(x));
  }
  return found;
}

// What results depend on: the same bits on every machine with fused multiply-add, seen on x86-64 and AArch64.
TEST(Fill, BitsAreTheSameOnEveryMachine) {
  if (!is_fused(random::simd_target())) GTEST_SKIP() << "no fused multiply-add";
  EXPECT_EQ(hashes<float>(),
            (std::vector<std::uint64_t>{0x5f377f82700c17fdu, 0xed4c715b0690e10fu, 0x45477bf348152d20u,
                                        0x679906b9074a16ecu, 0x1c236cf9b6bff038u, 0x7b79d0e1f3566952u}));
  EXPECT_EQ(hashes<double>(),
            (std::vector<std::uint64_t>{0xec9a0ea75b5303b8u, 0x77784f19d93b37f2u, 0x2a9a5f864bc89fa2u,
                                        0xc0235ad260fa0091u, 0x210b2c82a817aeceu, 0xa492ad010324d83au}));
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
  if (claims::is_sanitized() && bytes > std::size_t{64} << 20) GTEST_SKIP() << "takes minutes under a sanitizer";
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
