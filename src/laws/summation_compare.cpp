#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <unordered_map>

#include "laws/summation_parts.hpp"

namespace sqrtn::laws {
namespace {

/// A number for each set of products: the sum of one random number each, so that equal sets have equal numbers.
std::vector<std::uint64_t> set_numbers(const SumTree& tree) {
  std::vector<std::uint64_t> numbers(tree.nodes.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const SumNode& node = tree.nodes[i];
    if (node.is_leaf())
      numbers[i] = std::mt19937_64(static_cast<std::uint64_t>(node.leaf) + 1)();
    else
      numbers[i] = numbers[left_of(node)] + numbers[right_of(node)];
  }
  return numbers;
}

std::vector<std::int32_t> products_below(const SumTree& tree, std::int32_t node) {
  std::vector<std::int32_t> open{node}, products;
  while (!open.empty()) {
    const SumNode& at = tree.nodes[index_of(open.back())];
    open.pop_back();
    if (at.is_leaf())
      products.push_back(at.leaf);
    else
      open.insert(open.end(), {at.left, at.right});
  }
  std::ranges::sort(products);
  return products;
}

std::vector<std::int32_t> terms_as_products(const SumTree& tree, const Spine& spine) {
  std::vector<std::int32_t> products;
  for (const std::int32_t term : spine.terms) products.push_back(tree.nodes[index_of(term)].leaf);
  return products;
}

/// A tree with what is asked of it more than once.
struct Compared {
  explicit Compared(const SumTree& t) : tree(canonical(t)), parts(tree), numbers(set_numbers(tree)) {
    for (std::size_t i = 0; i < numbers.size(); ++i) places[numbers[i]] = i;
  }
  [[nodiscard]] std::int32_t root() const { return static_cast<std::int32_t>(tree.nodes.size()) - 1; }

  SumTree tree;
  SumParts parts;
  std::vector<std::uint64_t> numbers;
  std::unordered_map<std::uint64_t, std::size_t> places;
};

std::vector<std::int32_t> sizes_of(const Compared& of, const Spine& spine) {
  std::vector<std::int32_t> sizes;
  for (const std::int32_t term : spine.terms)
    sizes.push_back(static_cast<std::int32_t>(of.parts.sizes[index_of(term)]));
  return sizes;
}

std::string formulas(const Compared& a, const Compared& b, std::int32_t in_a, std::int32_t in_b) {
  return fmt::format("one adds {}; the other {}", to_text(part_of(a.tree, in_a)), to_text(part_of(b.tree, in_b)));
}

/// The product that is at another place of the chain while the order of the others is the same; −1 if it is not one.
std::int32_t moved_product(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b) {
  const auto first = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  for (const std::int32_t product : {a[first], b[first]}) {
    std::vector<std::int32_t> rest = a, other = b;
    std::erase(rest, product);
    std::erase(other, product);
    if (rest == other) return product;
  }
  return -1;
}

/// Two chains of the same products: what was moved. Of rounded products the first two have no order.
OrderDifference chains_differ(const std::vector<std::int32_t>& a, std::vector<std::int32_t> b) {
  std::vector<std::int32_t> turned(a.rbegin(), a.rend());
  std::vector<std::int32_t> begun_otherwise = b;
  std::swap(begun_otherwise[0], begun_otherwise[1]);
  if (turned == b || turned == begun_otherwise) {
    return {OrderChange::reversed, {}, fmt::format("products {} are added from the other end", runs_text(a))};
  }
  if (const std::int32_t product = moved_product(a, b); product >= 0) {
    return {OrderChange::moved, {}, fmt::format("product {} is added at another place", product)};
  }
  for (std::size_t shift = 1; shift < a.size(); ++shift) {
    if (a[shift] != b[0]) continue;
    turned = a;
    std::rotate(turned.begin(), turned.begin() + static_cast<std::ptrdiff_t>(shift), turned.end());
    if (turned != b) continue;
    return {OrderChange::rotated,
            {},
            fmt::format("the last {} products, from {} on, come first", a.size() - shift, a[shift])};
  }
  return {OrderChange::other, {}, fmt::format("one chain adds {}; the other {}", runs_text(a), runs_text(b))};
}

/// Whether the first two blocks lie interleaved.
bool overlaps(const Compared& of, const Spine& spine) {
  if (spine.terms.size() < 2) return false;
  const std::size_t first = index_of(spine.terms[0]), second = index_of(spine.terms[1]);
  const auto [low, high] = std::minmax(of.parts.lowest[first], of.parts.lowest[second]);
  return static_cast<std::size_t>(high - low) < of.parts.sizes[low == of.parts.lowest[first] ? first : second];
}

/// Whether each block begins where the one before ends.
bool follow_one_another(const Compared& of, const Spine& spine) {
  for (std::size_t i = 1; i < spine.terms.size(); ++i) {
    const std::size_t before = index_of(spine.terms[i - 1]);
    const std::size_t end = index_of(of.parts.lowest[before]) + of.parts.sizes[before];
    if (index_of(of.parts.lowest[index_of(spine.terms[i])]) != end) return false;
  }
  return true;
}

OrderDifference blocks_differ(const Compared& a, const Compared& b, std::int32_t in_a, std::int32_t in_b) {
  const Spine spine_a = blocks_at(a.tree, a.parts, in_a), spine_b = blocks_at(b.tree, b.parts, in_b);
  if (overlaps(a, spine_a) || overlaps(b, spine_b)) return {OrderChange::lanes, {}, formulas(a, b, in_a, in_b)};
  const std::vector<std::int32_t> sizes = sizes_of(a, spine_a), others = sizes_of(b, spine_b);
  if (sizes.size() != others.size()) {
    return {OrderChange::parts,
            {},
            fmt::format("products {} are added in {} block{} by one, in {} by the other",
                        runs_text(products_below(a.tree, in_a)), sizes.size(), sizes.size() == 1 ? "" : "s",
                        others.size())};
  }
  const bool in_turn = follow_one_another(a, spine_a) && follow_one_another(b, spine_b);
  if (!in_turn) return {OrderChange::other, {}, formulas(a, b, in_a, in_b)};
  std::int32_t edge = a.parts.lowest[index_of(in_a)], moved = edge;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    edge += sizes[i];
    moved += others[i];
    if (sizes[i] == others[i]) continue;
    return {OrderChange::edge,
            {},
            fmt::format("the edge of a block before product {} is before {} in the other", edge, moved)};
  }
  return {OrderChange::other, {}, formulas(a, b, in_a, in_b)};
}

/// The shape of a sum of the same products that the two trees form in different ways.
OrderDifference sums_differ(const Compared& a, const Compared& b, std::int32_t in_a, std::int32_t in_b) {
  const Spine chain_a = chain_at(a.tree, in_a), chain_b = chain_at(b.tree, in_b);
  const bool pure_a = a.tree.nodes[index_of(chain_a.terms.front())].is_leaf(),
             pure_b = b.tree.nodes[index_of(chain_b.terms.front())].is_leaf();
  if (pure_a && pure_b) return chains_differ(terms_as_products(a.tree, chain_a), terms_as_products(b.tree, chain_b));
  if (chain_a.terms.size() == 1 || chain_b.terms.size() == 1) return blocks_differ(a, b, in_a, in_b);
  return {OrderChange::other, {}, formulas(a, b, in_a, in_b)};
}

/// Whether the trees are alike but for two products that have changed places.
OrderDifference swapped(const Compared& a, const Compared& b) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < a.tree.nodes.size(); ++i) {
    const SumNode &one = a.tree.nodes[i], &other = b.tree.nodes[i];
    if (one.left != other.left || one.right != other.right || one.is_leaf() != other.is_leaf()) return {};
    if (one.fused != other.fused || one.wide != other.wide) return {};
    if (one.leaf != other.leaf) places.push_back(i);
  }
  if (places.size() != 2) return {};
  return {OrderChange::swapped,
          {},
          fmt::format("products {} and {} are swapped", a.tree.nodes[places[0]].leaf, a.tree.nodes[places[1]].leaf)};
}

/// The smallest sum that both form, in which `node` of a lies.
std::pair<std::int32_t, std::int32_t> common_sum(const Compared& a, const Compared& b, std::size_t node) {
  // The nodes above it stand behind it, each adding the one before.
  std::size_t at = node;
  for (std::size_t i = node + 1; i < a.tree.nodes.size(); ++i) {
    const SumNode& sum = a.tree.nodes[i];
    if (sum.is_leaf() || (left_of(sum) != at && right_of(sum) != at)) continue;
    at = i;
    if (const auto found = b.places.find(a.numbers[i]); found != b.places.end()) {
      return {static_cast<std::int32_t>(i), static_cast<std::int32_t>(found->second)};
    }
  }
  return {a.root(), b.root()};
}

/// The trees are equal but for how sums are rounded.
OrderDifference roundings_differ(const Compared& a, const Compared& b) {
  std::vector<std::int32_t> fused, first;
  for (std::size_t i = 0; i < a.tree.nodes.size(); ++i) {
    const SumNode &one = a.tree.nodes[i], &other = b.tree.nodes[b.places.at(a.numbers[i])];
    if (one.is_leaf()) continue;
    const bool reordered = one.fused && other.fused && a.numbers[right_of(one)] != b.numbers[right_of(other)];
    if (one.wide != other.wide && first.empty()) first = products_below(a.tree, static_cast<std::int32_t>(i));
    if (one.fused == other.fused && !reordered) continue;
    fused.push_back(one.fused ? a.tree.nodes[right_of(one)].leaf : b.tree.nodes[right_of(other)].leaf);
  }
  std::ranges::sort(fused);
  if (!fused.empty()) {
    const std::string products = fmt::format("{} {}", fused.size() == 1 ? "product" : "products", runs_text(fused));
    const bool by_a = fusion_of(a.tree) != Fusion::none, by_b = fusion_of(b.tree) != Fusion::none;
    const char* how = by_a == by_b ? "added fused in one, rounded first in the other"
                      : by_a       ? "added fused in the first alone"
                                   : "added fused in the second alone";
    return {OrderChange::fused, fused, fmt::format("{} {} {}", products, fused.size() == 1 ? "is" : "are", how)};
  }
  if (first.empty()) return {};
  return {OrderChange::width, first, fmt::format("the sum of products {} is kept in double in one", runs_text(first))};
}

}  // namespace

OrderDifference compare(const SumTree& a_tree, const SumTree& b_tree) {
  const Compared a(a_tree), b(b_tree);
  if (a.numbers.back() != b.numbers.back()) {
    return {OrderChange::products,
            {},
            fmt::format("{} products in one, {} in the other", a_tree.products(), b_tree.products())};
  }
  OrderDifference difference = swapped(a, b);
  for (std::size_t i = 0; i < a.tree.nodes.size(); ++i) {
    if (b.places.contains(a.numbers[i])) continue;
    const auto [in_a, in_b] = common_sum(a, b, i);
    if (difference.change == OrderChange::none) difference = sums_differ(a, b, in_a, in_b);
    difference.node = products_below(a.tree, static_cast<std::int32_t>(i));
    return difference;
  }
  return difference.change != OrderChange::none ? difference : roundings_differ(a, b);
}

}  // namespace sqrtn::laws
