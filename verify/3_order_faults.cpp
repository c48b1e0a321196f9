#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "planted_order.hpp"
#include "trees.hpp"

/// Orders that are planted are read from answers alone, certified, and told apart by name.
namespace sqrtn::verify {
namespace order_faults {

using laws::OrderChange;
using trees::blocks;
using trees::pairwise;
using trees::sum_chain;
using trees::sum_of;
using trees::SumTree;

constexpr std::int32_t k = planted_products;

SumTree usual() { return blocks({40, 80, k}); }
SumTree one_chain(bool fused = true) { return sum_chain(0, k, fused); }

/// The chain with its products in the order that `change` makes.
SumTree chain_after(const std::function<void(std::vector<std::int32_t>&)>& change, bool fused = true) {
  std::vector<std::int32_t> leaves;
  for (std::int32_t l = 0; l < k; ++l) leaves.push_back(l);
  change(leaves);
  return sum_chain(leaves, fused);
}

SumTree with_swapped(SumTree tree, std::int32_t p, std::int32_t q) {
  for (laws::SumNode& node : tree.nodes) {
    if (node.is_leaf()) node.leaf = node.leaf == p ? q : node.leaf == q ? p : node.leaf;
  }
  return tree;
}

SumTree with_rounded(SumTree tree, std::int32_t first, std::int32_t end) {
  for (laws::SumNode& node : tree.nodes) {
    if (node.is_leaf()) continue;
    const std::int32_t leaf = tree.nodes[static_cast<std::size_t>(node.right)].leaf;
    if (leaf >= first && leaf < end) node.fused = false;
  }
  return tree;
}

/// The last sum is rounded to the type in any case, and so cannot be seen to be kept.
SumTree kept_in_double(SumTree tree) {
  for (laws::SumNode& node : tree.nodes) {
    node.wide = !node.is_leaf() && !tree.nodes[static_cast<std::size_t>(node.right)].is_leaf();
  }
  tree.nodes.back().wide = false;
  return tree;
}

struct Reordering {
  const char* name;
  SumTree before, after;
  OrderChange change;
  const char* words;  ///< of the difference's text
};
std::ostream& operator<<(std::ostream& out, const Reordering& planted) { return out << planted.name; }

std::vector<Reordering> reorderings() {
  const auto rotate = [](std::int32_t by) {
    return [by](std::vector<std::int32_t>& leaves) { std::ranges::rotate(leaves, leaves.end() - by); };
  };
  const auto reverse = [](std::vector<std::int32_t>& leaves) { std::ranges::reverse(leaves); };
  const auto last = [](std::vector<std::int32_t>& leaves) {
    std::ranges::rotate(leaves.begin() + 5, leaves.begin() + 6, leaves.end());
  };
  return {
      {"first_two_swapped", usual(), with_swapped(usual(), 0, 1), OrderChange::swapped, "products 0 and 1 are swapped"},
      {"neighbours_swapped", usual(), with_swapped(usual(), 3, 4), OrderChange::swapped,
       "products 3 and 4 are swapped"},
      {"across_blocks", usual(), with_swapped(usual(), 10, 50), OrderChange::swapped, "products 10 and 50 are swapped"},
      {"last_two_swapped", one_chain(), with_swapped(one_chain(), 96, 97), OrderChange::swapped, "96 and 97"},
      {"edge_by_four", usual(), blocks({44, 80, k}), OrderChange::edge, "before product 40 is before 44"},
      {"edge_by_one", usual(), blocks({41, 80, k}), OrderChange::edge, "before product 40 is before 41"},
      {"last_edge", usual(), blocks({40, 72, k}), OrderChange::edge, "before product 80 is before 72"},
      {"one_rounded", usual(), with_rounded(usual(), 17, 18), OrderChange::fused, "product 17 is added fused"},
      {"block_rounded", usual(), with_rounded(usual(), 41, 80), OrderChange::fused, "products 41:80 are added fused"},
      {"all_rounded", one_chain(), one_chain(false), OrderChange::fused, "products 1:98 are added fused in the first"},
      {"tail_of_4_first", one_chain(), chain_after(rotate(k % 4)), OrderChange::rotated,
       "the last 2 products, from 96"},
      {"tail_of_8_first", one_chain(false), chain_after(rotate(10), false), OrderChange::rotated,
       "the last 10 products"},
      {"split_over_2", one_chain(), blocks({49, k}), OrderChange::parts, "in 1 block by one, in 2 by the other"},
      {"split_over_3", one_chain(), blocks({33, 66, k}), OrderChange::parts, "in 1 block by one, in 2 by the other"},
      {"even_and_odd", one_chain(), trees::lanes(2, k), OrderChange::lanes, "lanes(2 × chain("},
      {"eight_lanes_not_two", trees::lanes(2, k), trees::lanes(8, k), OrderChange::lanes, "chain(0:97:2)"},
      {"lanes_added_otherwise", trees::lanes(4, k, true, true), trees::lanes(4, k), OrderChange::lanes,
       "chain(0:97:4)"},
      {"pairwise", one_chain(false), pairwise(0, k), OrderChange::reversed,
       "products 0:3 are added from the other end"},
      {"from_the_end", one_chain(), chain_after(reverse), OrderChange::reversed, "from the other end"},
      {"one_comes_last", one_chain(), chain_after(last), OrderChange::moved, "product 5 is added at another place"},
      {"blocks_from_the_end", usual(),
       sum_of(sum_chain(0, 40, true), sum_of(sum_chain(40, 80, true), sum_chain(80, k, true))), OrderChange::other,
       "chain(40)"},
      {"kept_in_double", usual(), kept_in_double(usual()), OrderChange::width, "is kept in double"},
  };
}

class PlantedOrder : public testing::TestWithParam<Reordering> {};

TEST_P(PlantedOrder, IsReadCertifiedAndNamed) {
  const auto& [name, before, after, change, words] = GetParam();
  for (const SumTree& planted : {before, after}) {
    const order::Reading reading = reading_of([&](const PlantedEntry&) -> const SumTree& { return planted; });
    ASSERT_EQ(reading.orders.size(), 1u);
    ASSERT_TRUE(reading.orders[0].tree) << reading.orders[0].why_not;
    EXPECT_EQ(laws::compare(*reading.orders[0].tree, planted).text, "") << laws::to_text(*reading.orders[0].tree);
    EXPECT_TRUE(is_certified(reading)) << reading.certificate.classes[0].first_miss;
    const laws::OrderDifference difference = laws::compare(before, *reading.orders[0].tree);
    if (planted == before) continue;
    EXPECT_EQ(difference.change, change) << difference.text;
    EXPECT_NE(difference.text.find(words), std::string::npos) << difference.text;
  }
}
INSTANTIATE_TEST_SUITE_P(Catalogue, PlantedOrder, testing::ValuesIn(reorderings()),
                         [](const testing::TestParamInfo<Reordering>& info) { return info.param.name; });

}  // namespace order_faults
}  // namespace sqrtn::verify
