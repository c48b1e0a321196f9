#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "order/pairs.hpp"

namespace sqrtn::order {
namespace {

using laws::SumNode;
using laws::SumTree;

constexpr std::size_t deepest = 2000;  // of groups within groups, which are read one inside the other
constexpr std::int32_t pending = -1;

class Builder {
 public:
  Builder(std::size_t k, const std::vector<SumSizes>& known) : known_(known), place_(k, none) {
    for (std::size_t i = 0; i < known.size(); ++i) place_[index(known[i].product)] = i;
  }

  TreeAttempt build() {
    std::vector<std::int32_t> all(place_.size());
    std::iota(all.begin(), all.end(), 0);
    const std::int32_t root = group(all, 0);
    if (attempt_.why_not.empty() && attempt_.ask.empty() && root != pending) {
      attempt_.tree = laws::canonical(tree_);
      check(*attempt_.tree);
      if (!attempt_.why_not.empty()) attempt_.tree.reset();
    }
    return std::move(attempt_);
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  static std::size_t index(std::int32_t product) { return static_cast<std::size_t>(product); }

  std::int32_t add(SumNode node) {
    tree_.nodes.push_back(node);
    return static_cast<std::int32_t>(tree_.nodes.size()) - 1;
  }
  std::int32_t add_sum(std::int32_t left, std::int32_t right) {
    return add({.left = left, .right = right, .leaf = -1});
  }

  void refuse(const std::string& why) {
    if (attempt_.why_not.empty()) attempt_.why_not = why;
  }

  /// The node of products that form a sum; pending if more must be asked.
  std::int32_t group(const std::vector<std::int32_t>& products, std::size_t depth) {
    if (depth > deepest) refuse("its tree branches too deeply");
    if (!attempt_.why_not.empty()) return pending;
    if (products.size() == 1) return add({.leaf = products.front()});
    if (products.size() == 2) {
      const std::int32_t first = add({.leaf = products[0]});
      return add_sum(first, add({.leaf = products[1]}));
    }
    const std::size_t chosen = most_telling(products);
    if (chosen == none) {
      for (const std::size_t at : {std::size_t{0}, products.size() / 2, products.size() - 1})
        attempt_.ask.push_back(products[at]);
      return pending;
    }
    return along(known_[chosen], products, depth);
  }

  /// The one of those that are known which is added first, as far as can be seen: it has most sizes of its own.
  [[nodiscard]] std::size_t most_telling(const std::vector<std::int32_t>& products) const {
    std::size_t best = none, most = 0;
    std::vector<std::size_t> seen(place_.size() + 1, none);
    for (const std::int32_t product : products) {
      const std::size_t at = place_[index(product)];
      if (at == none) continue;
      std::size_t distinct = 0;
      for (const std::int32_t other : products) {
        std::size_t& last = seen[index(known_[at].of[index(other)])];
        distinct += last != at ? 1 : 0;
        last = at;
      }
      if (distinct <= most) continue;
      most = distinct;
      best = at;
      if (most + 1 >= products.size()) break;
    }
    return best;
  }

  std::int32_t along(const SumSizes& sizes, const std::vector<std::int32_t>& products, std::size_t depth) {
    std::vector<std::int32_t> others = products;
    std::erase(others, sizes.product);
    std::ranges::stable_sort(others, {}, [&](std::int32_t q) { return sizes.of[index(q)]; });
    std::int32_t sum = add({.leaf = sizes.product});
    bool open = false;
    for (std::size_t i = 0; i < others.size();) {
      const std::int32_t size = sizes.of[index(others[i])];
      std::vector<std::int32_t> joined;
      for (; i < others.size() && sizes.of[index(others[i])] == size; ++i) joined.push_back(others[i]);
      if (index(size) != i + 1) {
        refuse(fmt::format("a sum with product {} has {} products, where {} were counted: it is no tree of sums of two",
                           sizes.product, i + 1, size));
        return pending;
      }
      std::ranges::sort(joined);
      const std::int32_t part = group(joined, depth + 1);
      open = open || part == pending;
      if (!open) sum = add_sum(sum, part);
    }
    return open ? pending : sum;
  }

  /// Whether the tree has all the sizes that were read.
  void check(const SumTree& tree) {
    std::vector<std::size_t> parent(tree.nodes.size(), none), leaf_at(place_.size()), begin(tree.nodes.size());
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
      const SumNode& node = tree.nodes[i];
      begin[i] = node.is_leaf() ? i : begin[index(node.left)];
      if (node.is_leaf())
        leaf_at[index(node.leaf)] = i;
      else
        parent[index(node.left)] = parent[index(node.right)] = i;
    }
    for (const SumSizes& sizes : known_) {
      std::size_t at = leaf_at[index(sizes.product)];
      for (std::size_t up = parent[at]; up != none; at = up, up = parent[up]) {
        const auto size = static_cast<std::int32_t>((up - begin[up]) / 2 + 1);
        // Those of the other part; nodes of a part lie side by side.
        const std::size_t other =
            index(tree.nodes[up].left) == at ? index(tree.nodes[up].right) : index(tree.nodes[up].left);
        for (std::size_t i = begin[other]; i <= other; ++i) {
          if (tree.nodes[i].is_leaf() && sizes.of[index(tree.nodes[i].leaf)] != size)
            return refuse("the sizes of its sums contradict each other: it is no tree of sums of two");
        }
      }
    }
  }

  const std::vector<SumSizes>& known_;
  std::vector<std::size_t> place_;  ///< of a product among those that are known
  SumTree tree_;
  TreeAttempt attempt_;
};

}  // namespace

TreeAttempt tree_of(std::size_t k, const std::vector<SumSizes>& known) { return Builder(k, known).build(); }

}  // namespace sqrtn::order
