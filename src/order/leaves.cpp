#include "order/leaves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

namespace sqrtn::order {
namespace {

using laws::SumNode;
using laws::SumTree;

constexpr std::int32_t none = -1;

/// What one question is about: a sum of its class.
struct About {
  std::size_t number = 0;
  std::size_t node = 0;
  bool width = false;  ///< else whether its product is fused
};

std::size_t index(std::int32_t i) { return static_cast<std::size_t>(i); }

template <class T>
class RoundingReader {
 public:
  RoundingReader(const Product<T>& product, const Classes& classes, const std::vector<std::size_t>& numbers,
                 std::vector<ClassOrder>& orders, const GoOn& go_on)
      : product_(product), classes_(classes), numbers_(numbers), orders_(orders), go_on_(go_on) {}

  void read() {
    const bool rows = has_symmetric_factor(product_.symmetric)
                          ? product_.symmetric == Symmetric::b
                          : calls_for<T>(classes_, all_questions(true)) <= calls_for<T>(classes_, all_questions(false));
    const Questions<T> questions = all_questions(rows);
    const auto take = [&](std::size_t number, std::size_t row, std::size_t column, T entry) {
      const EntryClass& one = classes_.classes[number];
      const auto& about = about_[rows ? one.row_group : one.column_group][rows ? row : column];
      auto node = std::ranges::lower_bound(about, number, {}, &About::number);
      for (; node != about.end() && node->number == number; ++node) settle(*node, entry);
    };
    if (!ask_all<T>(product_, classes_, questions, take, go_on_)) {
      for (const std::size_t number : numbers_)
        refuse(orders_[number], "there was no time to read how its products are rounded");
    }
    for (const std::size_t number : numbers_) {
      if (orders_[number].tree) orders_[number].tree = laws::canonical(*orders_[number].tree);
    }
  }

 private:
  using Places = std::map<std::pair<std::array<std::int32_t, 3>, bool>, std::size_t>;
  static constexpr T epsilon = std::numeric_limits<T>::epsilon();
  static constexpr T remainder = epsilon * epsilon;
  static constexpr T small = sizeof(T) == sizeof(float) ? T(0x1p-30) : T(0x1p-56);

  static void refuse(ClassOrder& order, const std::string& why) {
    if (!order.tree) return;
    order.tree.reset();
    order.why_not = why;
  }

  /// Those of each class, in the group of its block; sets what each is about.
  Questions<T> all_questions(bool rows) {
    Questions<T> questions{
        .rows = {}, .columns = {}, .others_a = rows ? T(0) : factor_, .others_b = rows ? factor_ : T(0)};
    auto& asking = rows ? questions.rows : questions.columns;
    auto& answering = rows ? questions.columns : questions.rows;
    asking.resize((rows ? classes_.row_groups : classes_.column_groups).size());
    answering.assign((rows ? classes_.column_groups : classes_.row_groups).size(), {Question<T>{}});
    about_.assign(asking.size(), {});
    std::vector<Places> places(asking.size());
    for (const std::size_t number : numbers_) {
      if (!orders_[number].tree) continue;
      const EntryClass& one = classes_.classes[number];
      const std::size_t group = rows ? one.row_group : one.column_group;
      each_question(number, [&](const Question<T>& question, const About& about) {
        // Where each row has a tree of its own, these ask the same for the most part.
        const auto [place, is_new] = places[group].try_emplace({question.leaf, about.width}, asking[group].size());
        if (is_new) {
          asking[group].push_back(question);
          about_[group].emplace_back();
        }
        about_[group][place->second].push_back(about);
      });
    }
    return questions;
  }

  /// visit(question, what it is about) for each of the class.
  template <class Visit>
  void each_question(std::size_t number, const Visit& visit) const {
    const SumTree& tree = *orders_[number].tree;
    std::vector<std::int32_t> lowest(tree.nodes.size());
    std::vector<std::int32_t> beside(tree.nodes.size(), none);  // a product that is added to the sum later
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
      const SumNode& node = tree.nodes[i];
      lowest[i] = node.is_leaf() ? node.leaf : lowest[index(node.left)];
      if (node.is_leaf()) continue;
      beside[index(node.left)] = lowest[index(node.right)];
      beside[index(node.right)] = lowest[index(node.left)];
    }
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
      const SumNode& node = tree.nodes[i];
      if (node.is_leaf()) continue;
      const std::int32_t left = lowest[index(node.left)], right = lowest[index(node.right)];
      if (tree.nodes[index(node.right)].is_leaf()) {
        visit({{right, left, none}, {factor_, -factor_, 0}}, {number, i, false});
      }
      if (beside[i] == none) continue;
      visit({{left, right, beside[i]}, {T(1), small, T(-1)}}, {number, i, true});
    }
  }

  void settle(const About& about, T entry) {
    ClassOrder& order = orders_[about.number];
    if (!order.tree) return;
    SumNode& node = order.tree->nodes[about.node];
    if (about.width) {
      node.wide = entry != 0;
      if (node.wide && sizeof(T) > sizeof(float)) refuse(order, "its sums are kept in more than double");
    } else if (entry == remainder) {
      node.fused = true;
    } else if (entry == -remainder && order.tree->nodes[index(node.left)].is_leaf()) {
      // Of two products the other is the one that is added unrounded.
      node.fused = true;
      std::swap(node.left, node.right);
    } else if (entry != 0) {
      refuse(order, fmt::format("(1 + e)^2 less the same left {} at a product, neither 0 nor e^2", entry));
    }
  }

  const Product<T>& product_;
  /// (1 + ε)² is 1 + 2ε and a remainder of ε². Of bfloat16 all products are exact: they count as rounded.
  const T factor_ = product_.bfloat16 ? T(1) : 1 + epsilon;
  const Classes& classes_;
  const std::vector<std::size_t>& numbers_;
  std::vector<ClassOrder>& orders_;
  const GoOn& go_on_;
  std::vector<std::vector<std::vector<About>>> about_;  ///< of each group's questions, by class
};

}  // namespace

template <class T>
void read_roundings(const Product<T>& product, const Classes& classes, const std::vector<std::size_t>& numbers,
                    std::vector<ClassOrder>& orders, const GoOn& go_on) {
  RoundingReader<T>(product, classes, numbers, orders, go_on).read();
}

template void read_roundings(const Product<float>&, const Classes&, const std::vector<std::size_t>&,
                             std::vector<ClassOrder>&, const GoOn&);
template void read_roundings(const Product<double>&, const Classes&, const std::vector<std::size_t>&,
                             std::vector<ClassOrder>&, const GoOn&);

}  // namespace sqrtn::order
