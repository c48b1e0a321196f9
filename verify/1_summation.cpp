#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "scratch.hpp"
#include "sqrtn/laws/summation.hpp"
#include "trees.hpp"

/// The order of a sum: trees, their texts and codes, bounds, evaluation against a plain recursion, and comparison.
namespace sqrtn::verify {
namespace {

using trees::blocks;
using trees::lanes;
using trees::pairwise;
using trees::sum_chain;
using trees::sum_of;
using trees::SumTree;

/// A tree of random shape over k products, with some of its sums kept in double.
SumTree random_tree(std::int32_t k, std::mt19937_64& engine, bool wide) {
  std::vector<std::int32_t> leaves(static_cast<std::size_t>(k));
  std::iota(leaves.begin(), leaves.end(), 0);
  std::ranges::shuffle(leaves, engine);
  std::vector<SumTree> parts;
  for (const std::int32_t leaf : leaves) parts.push_back(laws::product_term(leaf));
  while (parts.size() > 1) {
    const std::size_t i = engine() % parts.size();
    std::swap(parts[i], parts.back());
    const SumTree right = parts.back();
    parts.pop_back();
    SumTree& left = parts[engine() % parts.size()];
    left = sum_of(left, right, right.products() == 1 && engine() % 2 == 0);
    left.nodes.back().wide = wide && engine() % 3 == 0;
  }
  return parts.front();
}

/// As the tree reads, node by node.
template <class T>
double value_of(const SumTree& tree, std::size_t node, const T* a, const T* b) {
  const laws::SumNode& at = tree.nodes[node];
  if (at.is_leaf()) return static_cast<T>(a[at.leaf] * b[at.leaf]);
  const auto part = [&](std::int32_t child) { return value_of(tree, static_cast<std::size_t>(child), a, b); };
  const double left = part(at.left);
  if (at.fused) {
    const std::int32_t leaf = tree.nodes[static_cast<std::size_t>(at.right)].leaf;
    if (at.wide) return std::fma(double(a[leaf]), double(b[leaf]), left);
    return std::fma(a[leaf], b[leaf], static_cast<T>(left));
  }
  const double sum = left + part(at.right);
  return at.wide ? sum : static_cast<T>(sum);
}

template <class T>
void expect_evaluated(const SumTree& tree, std::mt19937_64& engine) {
  const std::size_t k = tree.products(), m = 3, n = 70;  // more columns than are evaluated side by side
  Matrix<T> a(m, k), b(k, n), out(2, n);
  std::normal_distribution<T> draw;
  for (T& x : a.storage()) x = draw(engine);
  for (T& x : b.storage()) x = draw(engine);
  const std::vector<std::uint32_t> rows{2, 0};
  std::vector<std::uint32_t> columns(n);
  std::iota(columns.rbegin(), columns.rend(), 0U);
  laws::SumProgram(tree).evaluate<T>(a.view(), rows, b.view(), columns, out.view());
  std::vector<T> column(k);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t c = 0; c < n; ++c) {
      for (std::size_t l = 0; l < k; ++l) column[l] = b(l, columns[c]);
      const auto expected = static_cast<T>(value_of(tree, tree.nodes.size() - 1, &a(rows[r], 0), column.data()));
      ASSERT_EQ(out(r, c), expected) << laws::to_text(tree) << " entry " << r << ", " << c;
    }
  }
}

TEST(Summation, IsEvaluatedAsItsTreeReads) {
  std::mt19937_64 engine(1);
  for (const bool fused : {false, true}) {
    for (const SumTree& tree : {sum_chain(0, 50, fused), blocks({20, 40, 50}, fused), lanes(8, 50, fused)}) {
      expect_evaluated<float>(tree, engine);
      expect_evaluated<double>(tree, engine);
    }
  }
  for (int trial = 0; trial < 40; ++trial) {
    const auto k = static_cast<std::int32_t>(1 + engine() % 40);
    expect_evaluated<float>(random_tree(k, engine, false), engine);
    expect_evaluated<float>(random_tree(k, engine, true), engine);
    expect_evaluated<double>(random_tree(k, engine, false), engine);
  }
}

TEST(Summation, IsReadBackFromItsCode) {
  EXPECT_EQ(laws::to_code(sum_chain(0, 448, true)), "0 1:448*");
  EXPECT_EQ(laws::to_code(lanes(2, 8, false)), "0 2:7:2+ 1 3:8:2+ +");
  std::mt19937_64 engine(2);
  for (int trial = 0; trial < 100; ++trial) {
    const SumTree tree = laws::canonical(random_tree(static_cast<std::int32_t>(1 + engine() % 60), engine, true));
    EXPECT_EQ(laws::from_code(laws::to_code(tree)), tree);
    EXPECT_EQ(laws::canonical(tree), tree);
  }
}

TEST(Summation, RefusesCodesThatAreNoTree) {
  for (const char* code : {"", "+", "0 0 +", "0 2 +", "0 1", "0 1 x", "0 1:1+", "0 1:9:0+", "0 1 2 + *",
                           "0 4294967295 +", "0 1:3:1:1+", "1:3+ 0", "0 -1 +", "0 1:99999999+"}) {
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)laws::from_code(code); }), "") << code;
  }
}

TEST(Summation, HasAFormula) {
  EXPECT_EQ(to_text(sum_chain(0, 448, true)), "chain(448)");
  EXPECT_EQ(to_text(blocks({448, 896, 1216, 1536}, true)), "2·chain(448) + 2·chain(320)");
  EXPECT_EQ(to_text(blocks({128, 216, 300}, false)), "chain(128) + chain(88) + chain(84)");
  EXPECT_EQ(to_text(lanes(4, 64, true)), "lanes(4 × chain(0:61:4): (0+2)+(1+3))");
  EXPECT_EQ(to_text(sum_chain(std::vector<std::int32_t>{8, 9, 0, 1, 2, 3, 4, 5, 6, 7}, false)), "chain(8:10, 0:8)");
  EXPECT_EQ(to_text(sum_of(lanes(2, 8, false), laws::product_term(8))), "(lanes(2 × chain(0:7:2): 0+1)) then 8");
  EXPECT_EQ(to_text(pairwise(0, 8)), "2·(2·chain(2))");
  const std::vector<std::int32_t> back{5, 4, 3, 2, 1, 0};
  EXPECT_EQ(to_text(sum_chain(back, true)), "chain(5 down to 0)");
}

// Sums within sums without end, as a document from elsewhere may hold them.
TEST(Summation, OfAnyDepthHasAFormula) {
  SumTree nested = sum_chain(0, 2, false);
  for (std::int32_t first = 2; first < 4000; first += 2) {
    // Appended in place: sum_of copies.
    const auto before = static_cast<std::int32_t>(nested.nodes.size()) - 1;
    for (const laws::SumNode& node : sum_chain(first, first + 2, false).nodes) {
      nested.nodes.push_back(node);
      if (!node.is_leaf()) nested.nodes.back().left += before + 1, nested.nodes.back().right += before + 1;
    }
    nested.nodes.push_back({.left = before, .right = before + 3, .leaf = -1});
    if (first % 4 != 0) continue;
    nested.nodes.push_back({.leaf = 4000 + first / 4});
    nested.nodes.push_back({.left = before + 4, .right = before + 5, .leaf = -1});
  }
  const std::string text = to_text(nested);
  EXPECT_LT(text.size(), 10'000u);
  EXPECT_NE(text.find("…"), std::string::npos);
}

// A product in a chain of n goes through n roundings at most if they are fused, one more for the first two if not.
TEST(Summation, IsBoundedByItsDepth) {
  EXPECT_EQ(laws::roundings(sum_chain(0, 100, true)), 100u);
  EXPECT_EQ(laws::roundings(sum_chain(0, 100, false)), 100u);
  EXPECT_EQ(laws::roundings(pairwise(0, 64)), 7u);
  EXPECT_EQ(laws::roundings(lanes(8, 64, true)), 8u + 3u);
  EXPECT_EQ(laws::roundings(laws::product_term(0)), 1u);
  EXPECT_DOUBLE_EQ(laws::error_bound(pairwise(0, 64), 0x1p-24), 7 * 0x1p-24 / (1 - 7 * 0x1p-24));
  EXPECT_TRUE(std::isinf(laws::error_bound(sum_chain(0, 100, true), 0.01)));
}

// Reached: 1, then u·(1 − 2u) each, which rounding takes away again and again.
TEST(Summation, BoundIsNearlyReached) {
  const std::size_t k = 1000;
  Matrix<float> a(1, k, k, 1.0F), b(k, 1, 1, 0x1p-24F), out(1, 1);
  b(0, 0) = 1;
  const SumTree tree = sum_chain(0, static_cast<std::int32_t>(k), true);
  const std::vector<std::uint32_t> one{0};
  laws::SumProgram(tree).evaluate<float>(a.view(), one, b.view(), one, out.view());
  const double sum = 1 + (k - 1) * 0x1p-24, error = std::abs(double(out(0, 0)) - sum) / sum;
  EXPECT_LE(error, laws::error_bound(tree, 0x1p-24));
  EXPECT_GE(error, 0.99 * laws::error_bound(tree, 0x1p-24));
}

TEST(Summation, IsComparedNodeByNode) {
  const SumTree tree = blocks({40, 80, 96}, true);
  EXPECT_EQ(compare(tree, tree).change, laws::OrderChange::none);
  EXPECT_EQ(compare(tree, sum_chain(0, 95, true)).change, laws::OrderChange::products);
  const laws::OrderDifference edge = compare(tree, blocks({44, 80, 96}, true));
  EXPECT_EQ(edge.change, laws::OrderChange::edge);
  EXPECT_EQ(edge.text, "the edge of a block before product 40 is before 44 in the other");
  EXPECT_EQ(laws::runs_text(edge.node), "40:42");
  std::mt19937_64 engine(3);
  for (int trial = 0; trial < 50; ++trial) {
    const SumTree one = random_tree(20, engine, false), other = random_tree(20, engine, false);
    EXPECT_EQ(compare(one, laws::canonical(one)).change, laws::OrderChange::none);
    EXPECT_NE(compare(one, other).change, laws::OrderChange::none);
    EXPECT_FALSE(compare(one, other).text.empty());
  }
}

}  // namespace
}  // namespace sqrtn::verify
