#include "sqrtn/laws/summation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "laws/summation_parts.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::laws {
SumParts::SumParts(const SumTree& tree) : sizes(tree.nodes.size(), 1), lowest(tree.nodes.size()) {
  for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
    const SumNode& node = tree.nodes[i];
    lowest[i] = node.leaf;
    if (node.is_leaf()) continue;
    sizes[i] = sizes[left_of(node)] + sizes[right_of(node)];
    lowest[i] = std::min(lowest[left_of(node)], lowest[right_of(node)]);
  }
}

SumTree product_term(std::int32_t leaf) { return {{{.leaf = leaf}}}; }

SumTree sum_of(const SumTree& left, const SumTree& right, bool fused) {
  SumTree sum = left;
  const auto offset = static_cast<std::int32_t>(left.nodes.size());
  for (SumNode node : right.nodes) {
    if (!node.is_leaf()) node.left += offset, node.right += offset;
    sum.nodes.push_back(node);
  }
  sum.nodes.push_back(
      {.left = offset - 1, .right = static_cast<std::int32_t>(sum.nodes.size()) - 1, .leaf = -1, .fused = fused});
  return sum;
}

SumTree sum_chain(std::span<const std::int32_t> leaves, bool fused) {
  require(!leaves.empty(), "a chain needs a product; name one");
  SumTree chain = product_term(leaves.front());
  for (const std::int32_t leaf : leaves.subspan(1)) {
    const auto before = static_cast<std::int32_t>(chain.nodes.size()) - 1;
    chain.nodes.push_back({.leaf = leaf});
    chain.nodes.push_back({.left = before, .right = before + 1, .leaf = -1, .fused = fused});
  }
  return chain;
}

SumTree sum_chain(std::int32_t first, std::int32_t end, bool fused, std::int32_t step) {
  std::vector<std::int32_t> leaves;
  for (std::int32_t leaf = first; leaf < end; leaf += step) leaves.push_back(leaf);
  return sum_chain(leaves, fused);
}

SumTree canonical(const SumTree& tree) {
  const SumParts parts(tree);
  SumTree ordered;
  ordered.nodes.reserve(tree.nodes.size());
  // Emitted after both of its children; −1 − i stands for node i whose children have been.
  std::vector<std::int32_t> open{static_cast<std::int32_t>(tree.nodes.size()) - 1};
  std::vector<std::int32_t> place(tree.nodes.size());
  while (!open.empty()) {
    const std::int32_t top = open.back();
    open.pop_back();
    const std::size_t at = index_of(top >= 0 ? top : -1 - top);
    SumNode node = tree.nodes[at];
    if (!node.is_leaf()) {
      const std::size_t l = left_of(node), r = right_of(node);
      const bool turned = !node.fused && (parts.sizes[l] < parts.sizes[r] ||
                                          (parts.sizes[l] == parts.sizes[r] && parts.lowest[l] > parts.lowest[r]));
      if (turned) std::swap(node.left, node.right);
      if (top >= 0) {
        open.insert(open.end(), {-1 - top, node.right, node.left});
        continue;
      }
      node.left = place[left_of(node)];
      node.right = place[right_of(node)];
    }
    place[at] = static_cast<std::int32_t>(ordered.nodes.size());
    ordered.nodes.push_back(node);
  }
  return ordered;
}

SumTree part_of(const SumTree& tree, std::int32_t node) {
  std::int32_t begin = node;
  while (!tree.nodes[index_of(begin)].is_leaf()) begin = tree.nodes[index_of(begin)].left;
  SumTree part;
  for (std::int32_t i = begin; i <= node; ++i) {
    SumNode copy = tree.nodes[index_of(i)];
    if (!copy.is_leaf()) copy.left -= begin, copy.right -= begin;
    part.nodes.push_back(copy);
  }
  return part;
}

Fusion fusion_of(const SumTree& tree) {
  const SumParts parts(tree);
  std::size_t fused = 0, rounded = 0;
  for (const SumNode& node : tree.nodes) {
    if (node.is_leaf()) continue;
    const bool adds_product = tree.nodes[right_of(node)].is_leaf() || tree.nodes[left_of(node)].is_leaf();
    if (node.fused)
      ++fused;
    else if (adds_product)
      ++rounded;
  }
  if (fused == 0) return Fusion::none;
  return rounded == 0 ? Fusion::all : Fusion::some;
}

std::size_t roundings(const SumTree& tree) {
  // Downwards from the root: parents stand behind their children.
  std::vector<std::size_t> above(tree.nodes.size(), 0);
  std::size_t most = 0;
  for (std::size_t i = tree.nodes.size(); i-- > 0;) {
    const SumNode& node = tree.nodes[i];
    if (node.is_leaf()) {
      most = std::max(most, above[i]);
      continue;
    }
    above[left_of(node)] = above[i] + 1 + (tree.nodes[left_of(node)].is_leaf() ? 1 : 0);
    above[right_of(node)] = above[i] + 1 + (tree.nodes[right_of(node)].is_leaf() && !node.fused ? 1 : 0);
  }
  return tree.nodes.size() == 1 ? 1 : most;
}

double error_bound(const SumTree& tree, double unit_roundoff) {
  const double share = static_cast<double>(roundings(tree)) * unit_roundoff;
  return share < 1 ? share / (1 - share) : std::numeric_limits<double>::infinity();
}

}  // namespace sqrtn::laws
