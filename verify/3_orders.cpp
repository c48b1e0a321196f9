#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "planted_order.hpp"
#include "trees.hpp"

/// What has one order, or one by class of entries, is certified; what has no order of its own, or another for other
/// data, never is.
namespace sqrtn::verify {
namespace orders {

using laws::OrderChange;
using trees::blocks;
using trees::sum_chain;
using trees::SumTree;

constexpr std::int32_t k = planted_products;

// Each entry of a tile of 4 × 2 has one of two orders, and the last rows a third.
TEST(Orders, AreReadByClassOfEntries) {
  const SumTree even = trees::lanes(2, k), odd = blocks({40, 80, k}), edge = sum_chain(0, k, false);
  const order::Reading reading = reading_of([&](const PlantedEntry& entry) -> const SumTree& {
    return entry.i >= 21 ? edge : entry.i % 4 < 2 && entry.j % 2 == 0 ? even : odd;
  });
  ASSERT_EQ(reading.orders.size(), 3u);
  EXPECT_TRUE(is_certified(reading));
  const std::vector<std::pair<std::size_t, const SumTree*>> expected{{310, &odd}, {110, &even}, {60, &edge}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(reading.classes.classes[i].entries, expected[i].first);
    EXPECT_EQ(laws::to_code(*reading.orders[i].tree), laws::to_code(*expected[i].second));
  }
}

TEST(Orders, ThatAreRandomAreNotRepeatable) {
  const SumTree one = sum_chain(0, k, true), other = trees::lanes(2, k);
  for (const std::size_t every : {2, 7}) {
    std::mt19937_64 engine(every);
    const SumTree* now = &one;
    const order::Reading reading = reading_of(
        [&](const PlantedEntry& entry) -> const SumTree& {
          if (entry.i == 0 && entry.j == 0) now = engine() % every == 0 ? &other : &one;
          return *now;
        },
        every == 7);
    EXPECT_FALSE(reading.repeatable) << every;
    EXPECT_FALSE(is_certified(reading)) << every;
  }
}

// It keeps to one order while it is asked, and adds in another where the numbers are random.
TEST(Orders, OfOtherDataAreContradicted) {
  std::vector<std::int32_t> swapped(k);
  std::iota(swapped.begin(), swapped.end(), 0);
  std::swap(swapped[3], swapped[4]);
  const SumTree shown = sum_chain(0, k, true), hidden = sum_chain(swapped, true);
  const order::Reading reading =
      reading_of([&](const PlantedEntry& entry) -> const SumTree& { return entry.probed ? shown : hidden; });
  EXPECT_TRUE(reading.repeatable);
  EXPECT_FALSE(is_certified(reading));
  EXPECT_FALSE(reading.certificate.classes[0].first_miss.empty());
}

// In one entry alone, which is a class of its own.
TEST(Orders, OfOneEntryAreFound) {
  const SumTree usual_one = sum_chain(0, k, true), other = sum_chain(0, k, false);
  const order::Reading reading = reading_of(
      [&](const PlantedEntry& entry) -> const SumTree& { return entry.i == 7 && entry.j == 11 ? other : usual_one; });
  ASSERT_EQ(reading.orders.size(), 2u);
  EXPECT_EQ(reading.classes.classes[1].entries, 1u);
  EXPECT_TRUE(is_certified(reading));
  EXPECT_EQ(laws::compare(*reading.orders[0].tree, *reading.orders[1].tree).change, OrderChange::fused);
}

TEST(Orders, OfOneShapeAreFoundByInvariance) {
  const SumTree usual_one = sum_chain(0, k, true), other = blocks({40, 80, k});
  const order::Reading reading =
      reading_of([&](const PlantedEntry& entry) -> const SumTree& { return entry.m == 13 ? other : usual_one; }, true);
  EXPECT_TRUE(is_certified(reading));
  for (const order::Invariance& one : reading.invariance) {
    const bool by_rows = one.circumstance == order::Circumstance::rows;
    EXPECT_EQ(one.answers, by_rows ? 2u : 1u);
    EXPECT_EQ(one.first, by_rows ? "m = 13" : "");
  }
}

/// A sum that carries what rounding took.
void compensated_gemm(const blas::Call& call) {
  const PlantedCall<float> at{call};
  const auto a = at.stored(6), b = at.stored(8), c = at.stored(11);
  for (int i = 0; i < at.integer(2); ++i) {
    for (int j = 0; j < at.integer(3); ++j) {
      float sum = 0, carried = 0;
      for (int l = 0; l < at.integer(4); ++l) {
        const float term = a(i, l) * b(l, j) - carried, next = sum + term;
        carried = (next - sum) - term;
        sum = next;
      }
      c(i, j) = sum;
    }
  }
}

TEST(Orders, OfWhatIsNoPlainSumAreNotCertified) {
  blas::Interface compensated = planted_blas();
  compensated.call = compensated_gemm;
  const order::Reading reading = order::read_order<float>(compensated, planted_request, [](int) { return 1; },
                                                          {.entries = 2000, .invariance = false});
  EXPECT_FALSE(is_certified(reading));
}

// The library of this run, in its other routines and in double.
TEST(Orders, OfTheLibraryAreCertified) {
  const blas::Interface interface = backend().interfaces().front();
  for (const char* asked :
       {"gemm:33x29x77", "gemm:1x40x64", "gemm:40x1x64", "gemm:7x5x1", "gemm/TT:33x29x77", "gemv:20x90", "gemv/T:20x90",
        "gemv/T/column:20x90", "dot:90", "syrk:40x50", "syrk/LT:40x50", "symm:40x32", "symm/RL:32x40"}) {
    const order::Reading reading =
        order::read_order<double>(interface, order::parse_request(asked), [](int) { return 1; },
                                  {.seed = settings().seed, .entries = 5000, .invariance = false});
    EXPECT_TRUE(reading.repeatable) << asked;
    EXPECT_EQ(reading.certificate.predicted, reading.certificate.compared) << asked;
    EXPECT_GE(reading.certificate.compared, 5000u) << asked;
    EXPECT_EQ(reading.certificate.unknown, 0u) << asked;
  }
}

}  // namespace orders
}  // namespace sqrtn::verify
