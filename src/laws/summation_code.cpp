#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "laws/summation_parts.hpp"
#include "sqrtn/support/require.hpp"
#include "support/number.hpp"

namespace sqrtn::laws {
namespace {

constexpr std::size_t most_products = std::size_t{1} << 16;

const char* sign_of(const SumNode& node) {
  if (node.wide) return node.fused ? "d*" : "d+";
  return node.fused ? "*" : "+";
}

/// Products that are added in turn, by the same kind of addition.
struct Run {
  std::int32_t first = 0, last = 0, step = 0;
  std::string_view sign;

  [[nodiscard]] std::string text() const {
    if (step == 0) return fmt::format("{} {}", first, sign);
    return fmt::format("{}:{}{}{}", first, last + 1, step == 1 ? "" : fmt::format(":{}", step), sign);
  }
  bool takes(std::int32_t leaf, std::string_view by) {
    const std::int32_t next = leaf - last;
    if (sign != by || next <= 0 || (step != 0 && next != step)) return false;
    step = next;
    last = leaf;
    return true;
  }
};

/// A run by its three numbers; nothing if it is none.
std::optional<std::array<std::int32_t, 3>> numbers_of(std::string_view text) {
  std::array<std::int32_t, 3> numbers{0, 0, 1};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    const auto number = parse_number<std::uint32_t>(text.substr(0, colon));
    if (!number || *number > most_products) return std::nullopt;
    numbers[i] = static_cast<std::int32_t>(*number);
    if (colon == text.size()) return i == 0 ? std::nullopt : std::optional(numbers);
    text.remove_prefix(colon + 1);
  }
  return std::nullopt;
}

class Reader {
 public:
  void take(std::string_view word) {
    if (const auto product = parse_number<std::uint32_t>(word)) return push(*product);
    const std::size_t at = word.find_first_of("d+*");
    const std::string_view sign = at == std::string_view::npos ? "" : word.substr(at);
    require(sign == "+" || sign == "*" || sign == "d+" || sign == "d*",
            "a word of a tree is a product, a run of them with its sign, +, *, d+ or d*; got '{}'", word);
    if (at == 0) return add(sign);
    const auto run = numbers_of(word.substr(0, at));
    require(run && (*run)[2] > 0 && (*run)[0] < (*run)[1], "a run of products is first:end or first:end:step; got '{}'",
            word);
    for (std::int32_t leaf = (*run)[0]; leaf < (*run)[1]; leaf += (*run)[2]) {
      push(static_cast<std::uint32_t>(leaf));
      add(sign);
    }
  }

  SumTree end() {
    require(open_.size() == 1, "a tree ends in one sum; got {}", open_.size());
    std::vector<bool> seen(tree_.products());
    for (const SumNode& node : tree_.nodes) {
      if (!node.is_leaf()) continue;
      require(index_of(node.leaf) < seen.size() && !seen[index_of(node.leaf)],
              "each of the {} products stands once in a tree; got {} again or beyond", seen.size(), node.leaf);
      seen[index_of(node.leaf)] = true;
    }
    return std::move(tree_);
  }

 private:
  void push(std::uint32_t product) {
    require(product < most_products && tree_.nodes.size() < 2 * most_products,
            "a tree has at most 65536 products; got number {}", product);
    open_.push_back(static_cast<std::int32_t>(tree_.nodes.size()));
    tree_.nodes.push_back({.leaf = static_cast<std::int32_t>(product)});
  }

  void add(std::string_view sign) {
    require(open_.size() >= 2, "a sum adds two that stand before it; got {}", open_.size());
    const SumNode sum{.left = open_[open_.size() - 2],
                      .right = open_.back(),
                      .leaf = -1,
                      .fused = sign.ends_with('*'),
                      .wide = sign.starts_with('d')};
    require(!sum.fused || tree_.nodes[right_of(sum)].is_leaf(), "what is fused is one product; got a sum");
    open_.resize(open_.size() - 2);
    open_.push_back(static_cast<std::int32_t>(tree_.nodes.size()));
    tree_.nodes.push_back(sum);
  }

  SumTree tree_;
  std::vector<std::int32_t> open_;
};

}  // namespace

std::string to_code(const SumTree& tree) {
  const SumTree ordered = canonical(tree);
  std::string code;
  std::optional<Run> run;
  const auto write = [&](const std::string& word) { code += (code.empty() ? "" : " ") + word; };
  const auto end_run = [&] {
    if (run) write(run->text());
    run.reset();
  };
  for (std::size_t i = 0; i < ordered.nodes.size(); ++i) {
    const SumNode& node = ordered.nodes[i];
    const SumNode* next = i + 1 < ordered.nodes.size() ? &ordered.nodes[i + 1] : nullptr;
    const bool added_next = node.is_leaf() && i > 0 && next != nullptr && next->right == static_cast<std::int32_t>(i) &&
                            next->left == static_cast<std::int32_t>(i) - 1;
    if (added_next) {
      const std::string_view sign = sign_of(*next);
      if (!run || !run->takes(node.leaf, sign)) {
        end_run();
        run = Run{node.leaf, node.leaf, 0, sign};
      }
      ++i;
      continue;
    }
    end_run();
    write(node.is_leaf() ? fmt::to_string(node.leaf) : sign_of(node));
  }
  end_run();
  return code;
}

SumTree from_code(std::string_view code) {
  Reader reader;
  while (!code.empty()) {
    const std::size_t space = std::min(code.find(' '), code.size());
    reader.take(code.substr(0, space));
    code.remove_prefix(std::min(space + 1, code.size()));
  }
  return reader.end();
}

}  // namespace sqrtn::laws
