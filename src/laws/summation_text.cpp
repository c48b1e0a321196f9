#include <fmt/format.h>

#include <algorithm>

#include "laws/summation_parts.hpp"

namespace sqrtn::laws {

bool joins(const SumTree& tree, const SumNode& node) {
  return !node.is_leaf() && !tree.nodes[left_of(node)].is_leaf() && !tree.nodes[right_of(node)].is_leaf();
}

Spine chain_at(const SumTree& tree, std::int32_t node) {
  Spine spine;
  std::int32_t at = node;
  while (!tree.nodes[index_of(at)].is_leaf() && !joins(tree, tree.nodes[index_of(at)])) {
    const SumNode& sum = tree.nodes[index_of(at)];
    const bool right = tree.nodes[right_of(sum)].is_leaf();
    spine.terms.push_back(right ? sum.right : sum.left);
    spine.joints.push_back(at);
    at = right ? sum.left : sum.right;
  }
  spine.terms.push_back(at);
  std::ranges::reverse(spine.terms);
  std::ranges::reverse(spine.joints);
  return spine;
}

Spine blocks_at(const SumTree& tree, const SumParts& parts, std::int32_t node) {
  Spine spine;
  std::int32_t at = node;
  for (bool deeper = true; deeper && joins(tree, tree.nodes[index_of(at)]);) {
    const SumNode& sum = tree.nodes[index_of(at)];
    deeper = parts.sizes[left_of(sum)] > parts.sizes[right_of(sum)];
    spine.terms.push_back(sum.right);
    spine.joints.push_back(at);
    at = sum.left;
  }
  spine.terms.push_back(at);
  std::ranges::reverse(spine.terms);
  std::ranges::reverse(spine.joints);
  return spine;
}

std::string runs_text(std::span<const std::int32_t> numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i + 1;
    const std::int32_t step = end < numbers.size() ? numbers[end] - numbers[i] : 0;
    while (end < numbers.size() && numbers[end] - numbers[end - 1] == step && (step > 0 || step == -1)) ++end;
    // Two numbers make a run only if they are neighbours that rise.
    if (end - i == 2 && step != 1) end = i + 1;
    if (!text.empty()) text += ", ";
    if (end - i == 1)
      text += fmt::to_string(numbers[i]);
    else if (step < 0)
      text += fmt::format("{} down to {}", numbers[i], numbers[end - 1]);
    else
      text += fmt::format("{}:{}{}", numbers[i], numbers[end - 1] + 1, step > 1 ? fmt::format(":{}", step) : "");
    i = end;
  }
  return text;
}

namespace {

constexpr std::size_t lanes_shown = 16;
constexpr std::size_t deepest = 64;  // of brackets in brackets that are written out

class Writer {
 public:
  explicit Writer(const SumTree& tree)
      : tree_(tree), parts_(tree), all_(fusion_of(tree)), levels_(tree.nodes.size(), 0), texts_(tree.nodes.size()) {
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
      const SumNode& node = tree.nodes[i];
      if (joins(tree, node)) levels_[i] = 1 + std::max(levels_[left_of(node)], levels_[right_of(node)]);
    }
  }

  /// Products count from the lowest of the node. Each node is written once.
  std::string text(std::int32_t node) {
    if (open_ >= deepest) return "…";
    std::string& known = texts_[index_of(node)];
    if (!known.empty()) return known;
    ++open_;
    std::string written = write(node);
    --open_;
    return known = std::move(written);
  }

 private:
  std::string write(std::int32_t node) {
    if (!joins(tree_, at(node))) return chain(node);
    if (const std::string lanes = lanes_text(node); !lanes.empty()) return lanes;
    return blocks(blocks_at(tree_, parts_, node), parts_.lowest[index_of(node)]);
  }

  [[nodiscard]] const SumNode& at(std::int32_t node) const { return tree_.nodes[index_of(node)]; }
  [[nodiscard]] std::int32_t lowest(std::int32_t node) const { return parts_.lowest[index_of(node)]; }
  [[nodiscard]] std::size_t size(std::int32_t node) const { return parts_.sizes[index_of(node)]; }
  static std::string plus(const SumNode& node) { return node.wide ? " +d " : " + "; }

  std::string chain(std::int32_t node) {
    const Spine spine = chain_at(tree_, node);
    const std::int32_t base = lowest(node);
    const bool pure = at(spine.terms.front()).is_leaf();
    std::vector<std::int32_t> leaves, odd;
    bool wide = !spine.joints.empty();
    for (std::size_t i = pure ? 0 : 1; i < spine.terms.size(); ++i) {
      leaves.push_back(at(spine.terms[i]).leaf - base);
      if (i == 0) continue;
      const SumNode& sum = at(spine.joints[i - 1]);
      wide = wide && sum.wide;
      if (all_ == Fusion::some && sum.fused) odd.push_back(leaves.back());
    }
    const auto n = static_cast<std::int32_t>(leaves.size());
    const bool plain = pure && runs_text(leaves) == (n == 1 ? "0" : fmt::format("0:{}", n));
    const std::string fused = odd.empty() ? "" : fmt::format("; fused {}", runs_text(odd));
    const std::string inner = (plain ? fmt::to_string(n) : runs_text(leaves)) + fused;
    if (pure) return fmt::format("{}chain({})", wide ? "wide " : "", inner);
    return fmt::format("({}) then {}", text(spine.terms.front()), inner);
  }

  static std::string place(std::int32_t offset, std::int32_t expected) {
    return offset == expected ? "" : fmt::format("@{} ", offset);
  }

  std::string blocks(const Spine& spine, std::int32_t base) {
    std::string out;
    std::int32_t next = 0;
    for (std::size_t i = 0; i < spine.terms.size();) {
      const std::string one = text(spine.terms[i]);
      const std::int32_t begin = lowest(spine.terms[i]) - base;
      std::size_t end = i + 1;
      const auto width = static_cast<std::int32_t>(size(spine.terms[i]));
      while (end < spine.terms.size() && text(spine.terms[end]) == one &&
             lowest(spine.terms[end]) - base == begin + width * static_cast<std::int32_t>(end - i)) {
        ++end;
      }
      if (i > 0) out += plus(at(spine.joints[i - 1]));
      const bool compound = joins(tree_, at(spine.terms[i])) && !one.starts_with("lanes");
      out += place(begin, next) + (end - i > 1 ? fmt::format("{}·", end - i) : "") + (compound ? "(" + one + ")" : one);
      next = begin + width * static_cast<std::int32_t>(end - i);
      i = end;
    }
    return out;
  }

  /// All parts of a sum of sums that are no such sum, from left to right.
  [[nodiscard]] std::vector<std::int32_t> parts_below(std::int32_t node) const {
    std::vector<std::int32_t> open{node}, parts;
    while (!open.empty()) {
      const SumNode& sum = at(open.back());
      if (joins(tree_, sum)) {
        open.back() = sum.right;
        open.push_back(sum.left);
      } else {
        parts.push_back(open.back());
        open.pop_back();
      }
    }
    return parts;
  }

  [[nodiscard]] std::string reduction(std::int32_t node, const std::vector<std::int32_t>& lanes) const {
    if (!joins(tree_, at(node))) return fmt::to_string(std::ranges::find(lanes, lowest(node)) - lanes.begin());
    const auto part = [&](std::int32_t child) {
      const std::string inner = reduction(child, lanes);
      return joins(tree_, at(child)) ? "(" + inner + ")" : inner;
    };
    return part(at(node).left) + (at(node).wide ? "+d" : "+") + part(at(node).right);
  }

  /// Empty unless the parts are the same sum, begun at products that are equally far apart, and overlap: what does not
  /// is blocks.
  std::string lanes_text(std::int32_t node) {
    const std::vector<std::int32_t> terms = parts_below(node);
    std::vector<std::int32_t> lanes;
    for (const std::int32_t term : terms) lanes.push_back(lowest(term));
    std::ranges::sort(lanes);
    const std::int32_t step = lanes[1] - lanes[0];
    for (std::size_t i = 1; i < lanes.size(); ++i) {
      if (lanes[i] - lanes[i - 1] != step) return {};
    }
    const std::string one = text(terms.front());
    const bool same = std::ranges::all_of(terms, [&](std::int32_t term) { return text(term) == one; });
    if (!same || static_cast<std::size_t>(step) >= size(terms.front())) return {};
    std::string order = fmt::format("in a tree of {} levels", levels_[index_of(node)]);
    if (terms.size() <= lanes_shown) order = reduction(node, lanes);
    return fmt::format("lanes({}{} × {}: {})", terms.size(), step == 1 ? "" : fmt::format(" by {}", step), one, order);
  }

  const SumTree& tree_;
  const SumParts parts_;
  const Fusion all_;
  std::vector<std::size_t> levels_;  ///< of sums of sums below each node
  std::vector<std::string> texts_;
  std::size_t open_ = 0;
};

}  // namespace

std::string to_text(const SumTree& tree) {
  const SumTree ordered = canonical(tree);
  const SumParts parts(ordered);
  const auto root = static_cast<std::int32_t>(ordered.nodes.size()) - 1;
  const std::int32_t first = parts.lowest.back();
  return (first == 0 ? "" : fmt::format("@{} ", first)) + Writer(ordered).text(root);
}

}  // namespace sqrtn::laws
