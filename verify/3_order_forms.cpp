#include <gtest/gtest.h>

#include <random>

#include "mutation.hpp"
#include "order/family.hpp"
#include "planted_order.hpp"
#include "sqrtn/support/half.hpp"
#include "trees.hpp"

/// Every routine, flag and layout: how it is asked for, and that its planted orders are read.
namespace sqrtn::verify {
namespace order_forms {

using trees::blocks;
using trees::sum_chain;
using trees::sum_of;
using trees::SumTree;

// Each flag and layout of each routine: the planted one reads them by itself, and adds rows in another order.
TEST(OrderForms, OfEveryFormAreThePlantedOnes) {
  const SumTree one = trees::lanes(2, 30), other = sum_chain(0, 30, true);
  for (const char* routine : {"gemm", "gemm/NT", "gemm/TN", "gemm/TT", "symm", "symm/LL", "symm/RU", "symm/RL", "syrk",
                              "syrk/UT", "syrk/LN", "syrk/LT"}) {
    for (const char* layout : {"", "/column"}) {
      const bool is_symm = std::string_view(routine).starts_with("symm");
      const char* sizes =
          !std::string_view(routine).starts_with("gemm") ? (is_symm ? ":30x30" : ":29x30") : ":14x15x30";
      const order::Request request = order::parse_request(fmt::format("{}{}{}", routine, layout, sizes));
      const order::Reading reading = reading_of(
          [&](const PlantedEntry& entry) -> const SumTree& { return entry.i % 2 == 0 ? one : other; }, false, request);
      EXPECT_TRUE(is_certified(reading)) << request.to_text();
      // The diagonal has classes of its own.
      ASSERT_EQ(reading.orders.size(), request.routine == "syrk" ? 4u : 2u) << request.to_text();
      for (std::size_t number = 0; number < reading.orders.size(); ++number) {
        ASSERT_TRUE(reading.orders[number].tree) << request.to_text();
        const bool is_one = reading.classes.classes[number].row % 2 == 0;
        EXPECT_EQ(laws::to_code(*reading.orders[number].tree), laws::to_code(is_one ? one : other))
            << request.to_text();
      }
    }
  }
}

/// Of rows and columns of a triangle, the diagonal's among them.
std::size_t entries_in(const order::EntryBlock& block, bool diagonal, bool upper) {
  std::size_t entries = 0;
  for (const std::int32_t i : block.rows) {
    for (const std::int32_t j : block.columns) entries += diagonal ? i == j : upper ? i < j : j < i;
  }
  return entries;
}

// Other kernels for tiles on the diagonal, which also lie in the last rows, and by place in the tile elsewhere.
TEST(OrderForms, OfATriangleAreReadUpToItsDiagonal) {
  const SumTree far = blocks({10, 30}), odd = sum_chain(0, 30, true), near = trees::lanes(2, 30);
  for (const char* asked : {"syrk:43x30", "syrk/LN:43x30"}) {
    const order::Request request = order::parse_request(asked);
    const order::Reading reading = reading_of(
        [&](const PlantedEntry& entry) -> const SumTree& {
          return entry.i / 6 == entry.j / 6 || entry.i >= 40 ? near : entry.j % 4 == 1 ? odd : far;
        },
        false, request);
    EXPECT_TRUE(is_certified(reading)) << asked;
    ASSERT_EQ(reading.orders.size(), 4u) << asked;
    std::size_t entries = 0;
    for (std::size_t number = 0; number < reading.orders.size(); ++number) {
      const order::EntryClass& one = reading.classes.classes[number];
      ASSERT_TRUE(reading.orders[number].tree) << asked;
      const bool is_near = one.row / 6 == one.column / 6 || one.row >= 40;
      EXPECT_EQ(*reading.orders[number].tree, laws::canonical(is_near               ? near
                                                              : one.column % 4 == 1 ? odd
                                                                                    : far))
          << asked;
      std::size_t in_blocks = 0;
      for (const order::EntryBlock& block : order::blocks_of(reading.classes, number))
        in_blocks += entries_in(block, one.diagonal, flags_of(request).front() == 'U');
      EXPECT_EQ(in_blocks, one.entries) << asked;
      entries += one.entries;
    }
    EXPECT_EQ(entries, order::entries_of(request)) << asked;
  }
}

// Squares never cancel: of an order that no other entry has nothing can be read.
TEST(OrderForms, OfADiagonalAloneAreUnknown) {
  const SumTree usual_one = sum_chain(0, 30, true), other = trees::lanes(2, 30);
  blas::Interface without_gemm = planted_blas();
  without_gemm.has = [](const blas::Operation& operation, char) { return operation.name == "syrk"; };
  planted_order() = {
      [&](const PlantedEntry& entry) -> const SumTree& { return entry.i == entry.j ? other : usual_one; }};
  const order::Reading reading =
      order::read_order<float>(without_gemm, order::parse_request("syrk:20x30"), [](int) { return 1; },
                               {.seed = settings().seed, .entries = 2000, .invariance = false});
  ASSERT_EQ(reading.orders.size(), 2u);
  EXPECT_EQ(reading.certificate.predicted, reading.certificate.compared);
  EXPECT_TRUE(reading.orders[0].tree.has_value());
  EXPECT_TRUE(reading.classes.classes[1].diagonal);
  EXPECT_FALSE(reading.orders[1].tree.has_value());
  EXPECT_NE(reading.orders[1].why_not.find("squares"), std::string::npos);
  EXPECT_GT(reading.certificate.unknown, 0u);
}

// Its gemm has no such entry either but one, as a kernel for the last row and column has it.
TEST(OrderForms, OfADiagonalAreThoseOfGemm) {
  const SumTree usual_one = sum_chain(0, 30, true), corner = trees::lanes(2, 30);
  const order::Reading reading = reading_of(
      [&](const PlantedEntry& entry) -> const SumTree& { return entry.i == 20 && entry.j == 20 ? corner : usual_one; },
      false, order::parse_request("syrk:21x30"));
  EXPECT_TRUE(is_certified(reading));
  ASSERT_EQ(reading.orders.size(), 3u);
  EXPECT_EQ(reading.classes.classes[2].row, 20u);
  EXPECT_EQ(laws::to_code(*reading.orders[2].tree), laws::to_code(corner));
}

/// As OpenBLAS has it: A and B in 16 bits a number, sums and C in 32.
void planted_sbgemm(const blas::Call& call) {
  const PlantedCall<float> at{call};
  const auto factor = [&](std::size_t i, bool transposed) {
    return [x = PlantedCall<std::uint16_t>{call}.stored(i, transposed)](int r, int c) { return from_bf16(x(r, c)); };
  };
  planted_product<float>(at.integer(2), at.integer(3), at.integer(4), at.scalar(5), at.scalar(10),
                         factor(6, at.integer(0) == 'T'), factor(8, at.integer(1) == 'T'), at.stored(11),
                         [](int, int) { return true; });
}

// Their products are exact, so that fused ones are as those that are rounded.
TEST(OrderForms, OfBfloat16AreRead) {
  blas::Interface shorter = planted_blas();
  shorter.has = [](const blas::Operation& operation, char type) {
    return type == 's' && name_of(operation, type) == "sbgemm";
  };
  shorter.call = planted_sbgemm;
  const SumTree one = blocks({10, 30}, false), other = trees::lanes(4, 30, false);
  planted_order() = {[&](const PlantedEntry& entry) -> const SumTree& { return entry.i % 4 < 2 ? one : other; }};
  for (const char* asked : {"gemm:14x15x30", "gemm/TT/column:14x15x30", "gemm/NT:14x15x30"}) {
    order::Request request = order::parse_request(asked);
    EXPECT_FALSE(order::has_routine(shorter, request, 's'));
    request.bfloat16 = true;
    EXPECT_FALSE(order::has_routine(shorter, request, 'd'));
    const order::Reading reading =
        order::read_order<float>(shorter, request, [](int) { return 1; },
                                 {.seed = settings().seed, .entries = 2000, .invariance = request.flags == "NT"});
    EXPECT_TRUE(is_certified(reading)) << asked;
    for (const order::Invariance& one : reading.invariance) {
      const bool is_of_memory =
          one.circumstance == order::Circumstance::ld || one.circumstance == order::Circumstance::alignment;
      EXPECT_TRUE(!is_of_memory || one.answers == 1) << one.first;
    }
    ASSERT_EQ(reading.orders.size(), 2u) << asked;
    for (std::size_t number = 0; number < 2; ++number) {
      ASSERT_TRUE(reading.orders[number].tree) << asked;
      EXPECT_EQ(laws::to_code(*reading.orders[number].tree),
                laws::to_code(reading.classes.classes[number].row % 4 < 2 ? one : other));
    }
  }
  order::Request none = order::parse_request("symm:8x8");
  none.bfloat16 = true;
  EXPECT_FALSE(order::has_routine(planted_blas(), none, 's'));
}

TEST(OrderForms, OfOneRowAreCarriedOnToOthers) {
  EXPECT_EQ(order::carried_on("0 1:5* 6*", 5, "0 1:8* 9*", 8, 6), "0 1:6* 7*");
  EXPECT_EQ(order::carried_on("0 1:5* 6*", 5, "0 1:8* 9*", 8, 2), "0 1:2* 3*");
  EXPECT_EQ(order::carried_on("9 5*", 1, "9 3*", 2, 4), "");      // below 0
  EXPECT_EQ(order::carried_on("9 5*", 1, "9 3*", 4, 2), "");      // by no whole steps
  EXPECT_EQ(order::carried_on("0 1:5*", 5, "0 1:8+", 8, 6), "");  // in more than numbers
  EXPECT_EQ(order::carried_on("0 1:5*", 5, "0 1:5*", 5, 6), "");
}

// As GSL's symm, which begins each row at its diagonal; one row is added in an order of its own.
TEST(OrderForms, OfARowEachAreToldByAFew) {
  constexpr std::int32_t rows = 60, odd_one = 41;
  std::vector<SumTree> trees_of_rows;
  for (std::int32_t i = 0; i < rows; ++i) {
    const SumTree begin = sum_chain(0, i + 1, false);
    trees_of_rows.push_back(i + 1 < rows ? sum_of(begin, sum_chain(i + 1, rows, false)) : begin);
  }
  trees_of_rows[odd_one] = trees::lanes(2, rows);
  const auto tree = [&](const PlantedEntry& entry) -> const SumTree& {
    return trees_of_rows[static_cast<std::size_t>(entry.i)];
  };
  std::size_t calls = 0;
  blas::Interface counted = planted_blas();
  counted.call = [&, call = counted.call](const blas::Call& of) {
    ++calls;
    call(of);
  };
  planted_order() = {tree};
  const order::Reading reading =
      order::read_order<float>(counted, order::parse_request(fmt::format("symm:{}x4", rows)), [](int) { return 1; },
                               {.seed = settings().seed, .entries = 2000, .invariance = false});
  EXPECT_TRUE(is_certified(reading));
  ASSERT_GE(reading.orders.size(), 58u);  // the first and the last rows add alike
  for (std::size_t number = 0; number < reading.orders.size(); ++number) {
    EXPECT_EQ(laws::to_code(*reading.orders[number].tree),
              laws::to_code(trees_of_rows[reading.classes.classes[number].row]));
  }
  // Each row's own questions are more than 2 · 60 · 60 pairs, of 4 in a call.
  EXPECT_LT(calls, 1000u);
}

TEST(OrderForms, AreAskedForByTheFlagsOfTheBlas) {
  const std::vector<std::pair<const char*, const char*>> texts{{"gemm:4x5x6", "gemm:4x5x6"},
                                                               {"gemm/NN:4x5x6", "gemm:4x5x6"},
                                                               {"gemm/TN:4x5x6", "gemm/TN:4x5x6"},
                                                               {"gemm/column/NT:4x5x6", "gemm/NT/column:4x5x6"},
                                                               {"gemv/T:4x6", "gemv/T:4x6"},
                                                               {"symm/LU/column:4x5", "symm/column:4x5"},
                                                               {"symm/RL:4x5", "symm/RL:4x5"},
                                                               {"syrk/LT:7x6", "syrk/LT:7x6"},
                                                               {"syrk/UN/column:7x6", "syrk/column:7x6"},
                                                               {"dot:6", "dot:6"}};
  for (const auto& [text, same] : texts) {
    EXPECT_EQ(order::parse_request(text).to_text(), same);
    EXPECT_EQ(order::parse_request(same).to_text(), same);
  }
  EXPECT_EQ(order::parse_request("symm:4x5").k, 4u);
  EXPECT_EQ(order::parse_request("symm/RU:4x5").k, 5u);
  EXPECT_EQ(order::entries_of(order::parse_request("syrk:7x6")), 28u);
  EXPECT_EQ(order::entries_of(order::parse_request("gemm:4x5x6")), 20u);
}

TEST(OrderForms, RequestsSurviveMutations) {
  std::mt19937_64 random(1);
  int taken = 0;
  for (int i = 0; i < 5'000; ++i) {
    const std::string text = mutated("gemm/TN/column:12x13x14", random);
    try {
      const order::Request request = order::parse_request(text);
      EXPECT_EQ(order::parse_request(request.to_text()).to_text(), request.to_text()) << text;
      ++taken;
    } catch (const std::invalid_argument&) {
    }
  }
  EXPECT_GT(taken, 20);
}

}  // namespace order_forms
}  // namespace sqrtn::verify
