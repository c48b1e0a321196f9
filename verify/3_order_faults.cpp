#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "libraries/orders.hpp"
#include "planted_order.hpp"
#include "support/words.hpp"
#include "trees.hpp"

/// Orders that are planted are read from answers alone, certified, and what changed is named by `--expect`.
namespace sqrtn::verify {
namespace order_faults {

using results::OrderChange;
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

/// The order of every entry.
PlantedOrder of(const SumTree& tree, PlantedScalars scalars = PlantedScalars::sum) {
  return {[tree](const PlantedEntry&) -> const SumTree& { return tree; }, scalars};
}
/// Another order where the entry is `elsewhere`.
PlantedOrder of(const SumTree& tree, const SumTree& other, bool (*elsewhere)(const PlantedEntry&)) {
  return {[=](const PlantedEntry& entry) -> const SumTree& { return elsewhere(entry) ? other : tree; }};
}
/// One of the two, drawn for each call.
PlantedOrder at_random(const SumTree& tree, const SumTree& other) {
  return {[=, is_other = false, engine = std::mt19937_64(1)](const PlantedEntry& entry) mutable -> const SumTree& {
    if (entry.i == 0 && entry.j == 0) is_other = engine() % 2 == 0;
    return is_other ? other : tree;
  }};
}

struct Reordering {
  const char* name;
  PlantedOrder before, after;
  OrderChange change;
  const char* words;  ///< of the difference's text
};

/// Another tree for all entries.
std::vector<Reordering> other_trees() {
  using enum OrderChange;
  const auto rotate = [](std::int32_t by) {
    return [by](std::vector<std::int32_t>& leaves) { std::rotate(leaves.begin(), leaves.end() - by, leaves.end()); };
  };
  const auto reverse = [](std::vector<std::int32_t>& leaves) { std::ranges::reverse(leaves); };
  const auto last = [](std::vector<std::int32_t>& leaves) {
    std::rotate(leaves.begin() + 5, leaves.begin() + 6, leaves.end());
  };
  const SumTree chain = one_chain(), plain = one_chain(false), three = usual();
  const SumTree from_the_end = sum_of(sum_chain(0, 40, true), sum_of(sum_chain(40, 80, true), sum_chain(80, k, true)));
  return {
      {"first_two_swapped", of(three), of(with_swapped(three, 0, 1)), swapped, "products 0 and 1 are swapped"},
      {"neighbours_swapped", of(three), of(with_swapped(three, 3, 4)), swapped, "products 3 and 4 are swapped"},
      {"across_blocks", of(three), of(with_swapped(three, 10, 50)), swapped, "products 10 and 50 are swapped"},
      {"last_two_swapped", of(chain), of(with_swapped(chain, 96, 97)), swapped, "96 and 97"},
      {"edge_by_four", of(three), of(blocks({44, 80, k})), edge, "before product 40 is before 44"},
      {"edge_by_one", of(three), of(blocks({41, 80, k})), edge, "before product 40 is before 41"},
      {"last_edge", of(three), of(blocks({40, 72, k})), edge, "before product 80 is before 72"},
      {"one_rounded", of(three), of(with_rounded(three, 17, 18)), fused, "product 17 is added fused"},
      {"block_rounded", of(three), of(with_rounded(three, 41, 80)), fused, "products 41:80 are added fused"},
      {"all_rounded", of(chain), of(plain), fused, "products 1:98 are added fused in the first"},
      {"tail_of_4_first", of(chain), of(chain_after(rotate(k % 4))), rotated, "the last 2 products, from 96"},
      {"tail_of_8_first", of(plain), of(chain_after(rotate(10), false)), rotated, "the last 10 products"},
      {"split_over_2", of(chain), of(blocks({49, k})), parts, "in 1 block by one, in 2 by the other"},
      {"split_over_3", of(chain), of(blocks({33, 66, k})), parts, "in 1 block by one, in 2 by the other"},
      {"even_and_odd", of(chain), of(trees::lanes(2, k)), lanes, "lanes(2 × chain("},
      {"eight_lanes_not_two", of(trees::lanes(2, k)), of(trees::lanes(8, k)), lanes, "chain(0:97:2)"},
      {"lanes_added_otherwise", of(trees::lanes(4, k, true, true)), of(trees::lanes(4, k)), lanes, "chain(0:97:4)"},
      {"pairwise", of(plain), of(pairwise(0, k)), reversed, "products 0:3 are added from the other end"},
      {"from_the_end", of(chain), of(chain_after(reverse)), reversed, "from the other end"},
      {"one_comes_last", of(chain), of(chain_after(last)), moved, "product 5 is added at another place"},
      {"blocks_from_the_end", of(three), of(from_the_end), other, "chain(40)"},
      {"kept_in_double", of(three), of(kept_in_double(three)), width, "is kept in double"},
  };
}

/// The same tree, and another for some entries, shapes, data or calls, or other scalars.
std::vector<Reordering> other_circumstances() {
  using enum OrderChange;
  const auto edge_rows = [](const PlantedEntry& entry) { return entry.i >= 10; };
  const auto one_entry = [](const PlantedEntry& entry) { return entry.i == 7 && entry.j == 8; };
  const auto one_shape = [](const PlantedEntry& entry) { return entry.m == 13; };
  const auto random_data = [](const PlantedEntry& entry) { return !entry.probed; };
  const SumTree chain = one_chain(), plain = one_chain(false), three = usual();
  const PlantedScalars in_factors = PlantedScalars::factors, in_blocks = PlantedScalars::blocks;
  return {
      {"alpha_in_factors", of(chain), of(chain, in_factors), alpha, "now on the factors of A"},
      {"alpha_in_blocks", of(three), of(three, in_blocks), alpha, "now on each block, rounded"},
      {"beta_first", of(three, in_blocks), of(three, PlantedScalars::blocks_onto_c), beta, "now first, rounded"},
      {"edge_rows", of(chain), of(chain, plain, edge_rows), classes, "one has 1 classes of entries, the other 2"},
      {"other_edge_rows", of(chain, plain, edge_rows), of(chain, three, edge_rows), parts, "in 1 block by one"},
      {"one_entry", of(chain), of(chain, plain, one_entry), classes, "one has 1 classes of entries, the other 2"},
      {"one_shape", of(chain), of(chain, three, one_shape), invariance, "whatever the rows: before the same; now "},
      {"random_data", of(chain), of(chain, with_swapped(chain, 3, 4), random_data), certainty, "not certified now"},
      {"at_random", of(chain), at_random(chain, trees::lanes(2, k)), repeatability, "is not repeatable now"},
  };
}

/// Few entries, of which each takes long.
const order::Request small{.routine = "gemm", .m = 12, .n = 10, .k = k};

results::OrderDocument document_of(const PlantedOrder& planted, bool invariance) {
  planted_order() = planted;
  results::OrderDocument document;
  document.orders.push_back(
      libraries::order_through(planted_blas(), [](int) { return 1; },
                               {.request = small, .seed = settings().seed, .entries = 500, .invariance = invariance}));
  return document;
}

/// The words of what changed, of all that was told.
std::string told(const std::vector<results::OrderChanged>& changes) {
  std::string text;
  for (const results::OrderChanged& one : changes)
    text += fmt::format("{}: {}\n", word_of(one.change, results::order_change_words), one.text);
  return text;
}

TEST(PlantedOrders, AreCertifiedFoundAndNamed) {
  std::vector<Reordering> planted = other_trees();
  std::ranges::move(other_circumstances(), std::back_inserter(planted));
  for (const auto& [name, before, after, change, words] : planted) {
    const results::OrderDocument expected = document_of(before, change == OrderChange::invariance),
                                 found = document_of(after, change == OrderChange::invariance);
    EXPECT_TRUE(expected.orders[0].certified()) << name;
    EXPECT_EQ(found.orders[0].certified(), change != OrderChange::certainty && change != OrderChange::repeatability)
        << name;
    EXPECT_EQ(told(results::unexpected(expected, expected)), "") << name;
    const std::vector<results::OrderChanged> changes = results::unexpected(expected, found);
    ASSERT_FALSE(changes.empty()) << name << '\n' << told(changes);
    EXPECT_TRUE(changes[0].change == change) << name << '\n' << told(changes);
    EXPECT_NE(changes[0].text.find(words), std::string::npos) << name << '\n' << told(changes);
  }
  EXPECT_GE(planted.size(), 20u);
}

}  // namespace order_faults
}  // namespace sqrtn::verify
