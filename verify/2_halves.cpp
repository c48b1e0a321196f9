#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "random/kernels.hpp"
#include "simd_target.hpp"
#include "sqrtn/init/rules.hpp"
#include "sqrtn/random/fill.hpp"

/// Fills of 16 bits are the float fills, rounded.
namespace sqrtn::verify {
namespace {

constexpr random::Stream stream{random::Engine::ars, 17, 3};

/// Every half, what lies next to it and to the middles between two, and numbers all over the range; none is NaN.
template <Half T>
std::vector<float> hard_to_round() {
  std::vector<float> numbers;
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = std::bit_cast<T>(static_cast<std::uint16_t>(bits));
    const float at = static_cast<float>(half);
    if (!std::isfinite(at)) continue;
    const auto next = static_cast<float>(std::bit_cast<T>(static_cast<std::uint16_t>(bits + 1)));
    const float middle = std::isfinite(next) ? at / 2 + next / 2 : at;
    for (const float x : {at, middle}) {
      for (const float towards : {x, std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
        numbers.push_back(std::nextafter(x, towards));
      }
    }
  }
  for (std::uint32_t bits = 0; bits < 0xff000000; bits += 65521) {
    if (const auto x = std::bit_cast<float>(bits); !std::isnan(x)) numbers.push_back(x);
  }
  std::erase_if(numbers, [](float x) { return std::isinf(x); });
  return numbers;
}

template <Half T>
void expect_rounding(void (*round_to)(const float*, T*, std::size_t)) {
  const std::vector<float> numbers = hard_to_round<T>();
  std::vector<T> rounded(numbers.size());
  round_to(numbers.data(), rounded.data(), numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(rounded[i].bits, T(numbers[i]).bits) << numbers[i];
}

TEST(Halves, AreRoundedAlikeOnEveryTarget) {
  for (const std::string& target : random::simd_targets()) {
    const SimdTarget on(target);
    expect_rounding(random::kernels().f16.round_to);
    expect_rounding(random::kernels().bf16.round_to);
  }
}

template <class T>
std::vector<T> draws(int law, std::size_t n, const random::Stream& from, unsigned threads) {
  std::vector<T> out(n);
  if (law == 0) random::fill_uniform(from, std::span<T>(out), -0.3F, 0.7F, threads);
  if (law == 1) random::fill_normal(from, std::span<T>(out), 0.25F, 2.0F, threads);
  if (law == 2) random::fill_truncated_normal(from, std::span<T>(out), 0.25F, 2.0F, 1.5, threads);
  return out;
}

template <Half T>
void expect_rounded_floats() {
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{2049}, std::size_t{600'001}}) {
    for (const std::size_t skipped : {std::size_t{0}, std::size_t{5}}) {
      for (const int law : {0, 1, 2}) {
        const std::vector<float> floats = draws<float>(law, n, stream.skip(skipped), 1);
        const std::vector<T> one = draws<T>(law, n, stream.skip(skipped), 1);
        EXPECT_EQ(draws<T>(law, n, stream.skip(skipped), 2), one);
        for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(one[i], T(floats[i])) << law << ' ' << n << ' ' << i;
      }
    }
  }
}

TEST(Halves, AreTheFloatsRounded) {
  expect_rounded_floats<Float16>();
  expect_rounded_floats<Bfloat16>();
}

/// Symmetric laws, whose draws the processor may round by an instruction of its own: it would take the subnormal
/// numbers of the narrowest ones for zeros.
template <Half T>
void expect_symmetric_floats_rounded() {
  for (const float scale : {1.0F, 0x1p-59F, 0x1p-61F, 0x1p-101F, 0x1p-120F}) {
    for (const int law : {0, 1, 2}) {
      if (law == 0 && scale < 0x1p-101F) continue;  // too narrow for a float uniform
      std::vector<float> floats(4'001);
      std::vector<T> halves(floats.size());
      const auto draw = [&](auto out) {
        if (law == 0) random::fill_uniform(stream.skip(5), out, -scale, scale);
        if (law == 1) random::fill_normal(stream.skip(5), out, 0.0F, scale);
        if (law == 2) random::fill_truncated_normal(stream.skip(5), out, 0.0F, scale);
      };
      draw(std::span(floats));
      draw(std::span(halves));
      for (std::size_t i = 0; i < floats.size(); ++i) ASSERT_EQ(halves[i], T(floats[i])) << law << ' ' << scale;
    }
  }
}

TEST(Halves, AreTheFloatsRoundedOnEveryTarget) {
  for (const std::string& target : random::simd_targets()) {
    const SimdTarget on(target);
    expect_symmetric_floats_rounded<Float16>();
    expect_symmetric_floats_rounded<Bfloat16>();
  }
}

TEST(Halves, NoDrawBecomesInfinite) {
  std::vector<Float16> out(8);
  const std::span<Float16> span(out);
  EXPECT_THROW(random::fill_normal(stream, span, 0.0F, 1025.0F), std::invalid_argument);
  EXPECT_THROW(random::fill_normal(stream, span, 17000.0F, 1.0F), std::invalid_argument);
  EXPECT_THROW(random::fill_uniform(stream, span, -40000.0F, 40000.0F), std::invalid_argument);
  EXPECT_NO_THROW(random::fill_uniform(stream, span, -30000.0F, 30000.0F));
  EXPECT_NO_THROW(random::fill_normal(stream, span, 0.0F, 1023.0F));
}

TEST(Halves, RulesDrawThem) {
  const init::Distribution law{init::Law::normal, 1.0 / 512};
  std::vector<Bfloat16> halves(1000);
  std::vector<float> floats(1000);
  init::initialise(law, stream, std::span(halves));
  init::initialise(law, stream, std::span(floats));
  for (std::size_t i = 0; i < floats.size(); ++i) EXPECT_EQ(halves[i], Bfloat16(floats[i]));
  const init::Distribution subnormal{init::Law::normal, 0x1p-30};
  EXPECT_THROW(init::initialise(subnormal, stream, std::span<Float16>()), std::invalid_argument);
  EXPECT_NO_THROW(init::initialise(subnormal, stream, std::span<Bfloat16>()));
}

}  // namespace
}  // namespace sqrtn::verify
