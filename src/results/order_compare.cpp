#include <fmt/format.h>

#include <algorithm>

#include "results/order.hpp"
#include "sqrtn/laws/summation.hpp"

namespace sqrtn::results {
namespace {

/// Where two trees part; empty if they do not.
std::string parting(const OrderClass& a, const OrderClass& b) {
  if (a.tree.empty() || b.tree.empty()) return "the order of one is not known";
  const laws::OrderDifference difference = laws::compare(laws::from_code(a.tree), laws::from_code(b.tree));
  if (difference.change == laws::OrderChange::none) return {};
  if (difference.node.empty() || difference.change == laws::OrderChange::fused) return difference.text;
  return fmt::format("{}; they part at the sum of products {}", difference.text, laws::runs_text(difference.node));
}

const OrderClass* class_at(const LibraryOrder& order, const OrderClass& one) {
  const auto found = std::ranges::find_if(order.classes, [&](const OrderClass& other) {
    return other.row == one.row && other.column == one.column && other.entries == one.entries;
  });
  return found == order.classes.end() ? nullptr : &*found;
}

/// The first difference between classes in the same places; else between the largest.
std::string class_difference(const LibraryOrder& a, const LibraryOrder& b) {
  for (const OrderClass& one : a.classes) {
    const OrderClass* other = class_at(b, one);
    if (other == nullptr) continue;
    if (const std::string where = parting(one, *other); !where.empty()) return where;
  }
  const bool in_same_places = a.distinct == b.distinct && std::ranges::all_of(a.classes, [&](const OrderClass& one) {
                                return class_at(b, one) != nullptr;
                              });
  if (in_same_places || a.classes.empty() || b.classes.empty()) return {};
  const std::string where = parting(a.classes.front(), b.classes.front());
  const std::string counts = fmt::format("one has {} classes of entries, the other {}", a.distinct, b.distinct);
  if (where.empty()) return a.distinct != b.distinct ? counts : "the same trees hold for other entries";
  return a.distinct != b.distinct ? fmt::format("{} ({})", where, counts) : where;
}

}  // namespace

OrderPair compare(const LibraryOrder& a, const LibraryOrder& b) {
  OrderPair pair;
  pair.a = a.name;
  pair.b = b.name;
  pair.comparable = a.refusal.empty() && b.refusal.empty() && a.repeatable && b.repeatable;
  if (!pair.comparable) return pair;
  pair.same_bits = a.answer == b.answer;
  const std::string difference = class_difference(a, b);
  pair.same_trees = difference.empty() && a.certified() && b.certified();
  if (pair.same_bits) return pair;
  pair.difference = !difference.empty() ? difference : "their trees are the same as far as they are known";
  return pair;
}

std::vector<std::string> unexpected(const OrderDocument& expected, const OrderDocument& found) {
  std::vector<std::string> lines;
  for (const LibraryOrder& before : expected.orders) {
    const std::string what = fmt::format("{} {} {}, {} thread{}", before.name, before.request, before.dtype,
                                         before.threads, before.threads == 1 ? "" : "s");
    const auto now = std::ranges::find_if(found.orders, [&](const LibraryOrder& order) {
      return order.name == before.name && order.request == before.request && order.dtype == before.dtype &&
             order.threads == before.threads;
    });
    if (now == found.orders.end() || !now->refusal.empty()) {
      if (before.refusal.empty()) lines.push_back(what + ": was not read now");
      continue;
    }
    if (!before.refusal.empty()) continue;
    if (before.repeatable != now->repeatable) {
      lines.push_back(fmt::format("{}: is {}repeatable now", what, now->repeatable ? "" : "not "));
      continue;
    }
    // Bits of products are compared only where both drew the same.
    std::string difference = class_difference(before, *now);
    if (difference.empty() && expected.seed == found.seed && before.answer != now->answer)
      difference = "the same trees, but other bits";
    if (!difference.empty()) lines.push_back(fmt::format("{}: {}", what, difference));
  }
  return lines;
}

}  // namespace sqrtn::results
