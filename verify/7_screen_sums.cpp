#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "screen/operands.hpp"
#include "screen/sums.hpp"
#include "screen/tree_sum.hpp"
#include "verify.hpp"

/// The arithmetic of checks: whole numbers without a rounding, and roundings without a multiplier of floating point.
namespace sqrtn::verify {
namespace {

using results::Family;
using screen::Lane;

/// Σ cᵢⱼ·wⱼ modulo 2⁶⁴ in wide integers.
template <class T>
std::uint64_t plain_sum(const T* row, const std::vector<double>& weights) {
  __extension__ using Wide = __int128;
  Wide sum = 0;
  for (std::size_t j = 0; j < weights.size(); ++j) sum += static_cast<Wide>(row[j]) * static_cast<Wide>(weights[j]);
  return static_cast<std::uint64_t>(sum);
}

template <class T>
void expect_exact_sums(std::size_t cols) {
  std::mt19937_64 engine(cols);
  std::vector<T> c(3 * cols);
  for (T& x : c) x = static_cast<T>(static_cast<std::int64_t>(engine()) >> (sizeof(T) == 4 ? 39 : 10));
  c[0] = static_cast<T>(std::ldexp(1.0, screen::exact_bits<T>));
  std::vector<double> weights(cols);
  for (double& w : weights) w = static_cast<double>(static_cast<int>(engine() % 65536) | 1) * (engine() % 2 ? 1 : -1);
  std::vector<std::uint64_t> sums(3);
  const auto& checks = screen::checks().of<T>();
  EXPECT_TRUE(checks.row_sums(c.data(), 3, cols, weights.data(), sums.data()));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(sums[i], plain_sum(c.data() + i * cols, weights)) << cols;
  for (const T wrong : {T(0.5), std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity(), T(1e35)}) {
    for (const std::size_t at : {std::size_t{0}, cols - 1, 3 * cols - 1}) {
      const T kept = std::exchange(c[at], wrong);
      EXPECT_FALSE(checks.row_sums(c.data(), 3, cols, weights.data(), sums.data())) << wrong << ' ' << at;
      c[at] = kept;
    }
  }
}

TEST(Screen, SumsAreExact) {
  for (const std::size_t cols : {1, 7, 16, 33, 509, 1024}) {
    expect_exact_sums<float>(cols);
    expect_exact_sums<double>(cols);
  }
}

/// Against the multiplier of this processor, which these tests trust.
template <class T>
void expect_rounded_products() {
  std::vector<T> a(512 * 512), b(512 * 512);
  const screen::Origin origin{};
  const Lane lane{Family::full_mantissas, sizeof(T) == 8, 512};
  screen::fill_left<T>(lane, origin, 0, a);
  screen::fill_right<T>(lane, origin, 0, b);
  std::size_t ties = 0;
  for (std::size_t i = 0; i < 512; ++i) {
    const T factor = a[i * 512 + screen::only_column(lane, 0, i)];
    ASSERT_NE(factor, 0);
    std::vector<T> got(512);
    for (std::size_t j = 0; j < 512; ++j) {
      got[j] = factor * b[i * 512 + j];
      EXPECT_EQ(screen::rounded_product(factor, b[i * 512 + j]), got[j]);
      const long double exact = static_cast<long double>(factor) * static_cast<long double>(b[i * 512 + j]);
      const T away = std::nextafter(got[j], got[j] + (exact > got[j] ? 1 : -1) * std::abs(got[j]));
      ties += exact != got[j] && exact - got[j] == away - exact ? 1 : 0;
    }
    const auto& checks = screen::checks().of<T>();
    EXPECT_EQ(checks.wrong_products(factor, b.data() + i * 512, got.data(), 512), 0U);
    got[7] = std::nextafter(got[7], T(0));
    got[511] = -got[511];
    EXPECT_EQ(checks.wrong_products(factor, b.data() + i * 512, got.data(), 512), 2U);
  }
  EXPECT_GT(ties, 100U);
}

TEST(Screen, ProductsAreRoundedByIntegersAsIeeeHasIt) {
  expect_rounded_products<float>();
  expect_rounded_products<double>();
}

/// Any tree over k products, some of its sums fused, some wide.
laws::SumTree random_tree(std::mt19937_64& engine, std::int32_t k, bool may_be_wide) {
  std::vector<laws::SumTree> parts;
  for (std::int32_t i = 0; i < k; ++i) parts.push_back(laws::product_term(i));
  while (parts.size() > 1) {
    std::ranges::shuffle(parts, engine);
    const bool fused = parts.back().products() == 1 && engine() % 2 == 0;
    laws::SumTree sum = laws::sum_of(parts[0], parts.back(), fused);
    sum.nodes.back().wide = may_be_wide && engine() % 2 == 0;
    parts.pop_back();
    parts[0] = std::move(sum);
  }
  return parts.front();
}

/// Exponents far apart and cancellation, against the unit of this processor, which these tests trust.
template <class T>
void expect_sums_by_integers() {
  std::mt19937_64 engine(settings().seed);
  const auto number = [&engine] {
    return std::ldexp(static_cast<T>(engine() >> 8), static_cast<int>(engine() % 40) - 80);
  };
  const std::vector<std::uint32_t> first{0};
  for (int time = 0; time < 2000; ++time) {
    const std::size_t k = 1 + engine() % 12;
    const laws::SumTree tree = random_tree(engine, static_cast<std::int32_t>(k), sizeof(T) == 4 && time % 2 == 1);
    Matrix<T> a(1, k), b(k, 1), expected(1, 1);
    for (std::size_t l = 0; l < k; ++l) {
      const bool again = l > 0 && engine() % 3 == 0;
      a(0, l) = again ? -a(0, l - 1) : engine() % 50 == 0 ? T(0) : number();
      b(l, 0) = again ? b(l - 1, 0) : number();
    }
    laws::SumProgram(tree).evaluate<T>(a.view(), first, b.view(), first, expected.view());
    ASSERT_EQ(screen::sum_by_integers<T>(tree, &a(0, 0), &b(0, 0), 1), expected(0, 0)) << laws::to_code(tree);
  }
}

TEST(Screen, IntegersAddInAnyOrderAsIeeeHasIt) {
  expect_sums_by_integers<float>();
  expect_sums_by_integers<double>();
  // A tie to even, a carry into the next exponent, the smallest numbers; and (1 + 2⁻¹²)², a tie, with what breaks it.
  const laws::SumTree two = laws::sum_chain(0, 2, true);
  constexpr float u = 0x1p-24F, h = 1 + 0x1p-12F;
  constexpr std::array<float, 3> cases[] = {
      {1, u, 1},         {1, u, 1 + 2 * u},  {1, u, 2 - 2 * u}, {1, 0x1.8p-126F, 0x1p-149F},
      {h, h, 0x1p-126F}, {h, h, -0x1p-126F}, {h, h, 0x1p-140F}, {h, h, -0x1p-140F},
  };
  for (const auto& [a, b, c] : cases) {
    const float left[] = {1, a}, right[] = {c, b};
    EXPECT_EQ(screen::sum_by_integers<float>(two, left, right, 1), std::fma(a, b, c)) << a << ' ' << b << ' ' << c;
  }
}

}  // namespace
}  // namespace sqrtn::verify
