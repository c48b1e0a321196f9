#include <fmt/format.h>

#include <algorithm>

#include "results/order.hpp"
#include "sqrtn/laws/summation.hpp"

namespace sqrtn::results {
namespace {

/// Where two trees part; empty if they do not, or if neither is known.
std::string parting(const OrderClass& a, const OrderClass& b) {
  if (a.tree.empty() && b.tree.empty()) return {};
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

bool is_of_same_call(const LibraryOrder& a, const LibraryOrder& b) {
  return a.request == b.request && a.dtype == b.dtype && a.threads == b.threads;
}

/// That of the same library; where only one library on either side was asked for this, that one, whatever its name: it
/// may have its version in it.
const LibraryOrder* counterpart(const LibraryOrder& one, const std::vector<LibraryOrder>& own,
                                const std::vector<LibraryOrder>& others) {
  const auto of_same_call = [&one](const LibraryOrder& other) { return is_of_same_call(one, other); };
  const auto named = std::ranges::find_if(
      others, [&](const LibraryOrder& other) { return other.name == one.name && of_same_call(other); });
  if (named != others.end()) return &*named;
  if (std::ranges::count_if(own, of_same_call) != 1 || std::ranges::count_if(others, of_same_call) != 1) return nullptr;
  return &*std::ranges::find_if(others, of_same_call);
}

/// What is another order now, or cannot be told to be the same any more; empty if nothing.
std::string change_of(const LibraryOrder& before, const LibraryOrder& now, bool drew_the_same) {
  if (before.repeatable != now.repeatable) return now.repeatable ? "is repeatable now" : "is not repeatable now";
  if (std::string difference = class_difference(before, now); !difference.empty()) return difference;
  // Bits of products are compared only where both drew the same.
  if (drew_the_same && before.answer != now.answer) return "the same trees, but other bits";
  return before.certified() && !now.certified() ? "the same trees, but they are not certified now" : "";
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

std::size_t orders_in_both(const OrderDocument& before, const OrderDocument& after) {
  return static_cast<std::size_t>(std::ranges::count_if(before.orders, [&](const LibraryOrder& order) {
    return counterpart(order, before.orders, after.orders) != nullptr;
  }));
}

std::vector<std::string> unexpected(const OrderDocument& expected, const OrderDocument& found) {
  std::vector<std::string> lines;
  for (const LibraryOrder& before : expected.orders) {
    const std::string what = fmt::format("{} {} {}, {} thread{}", before.name, before.request, before.dtype,
                                         before.threads, before.threads == 1 ? "" : "s");
    const LibraryOrder* now = counterpart(before, expected.orders, found.orders);
    if (now == nullptr || !now->refusal.empty()) {
      if (before.refusal.empty()) lines.push_back(what + ": was not read now");
      continue;
    }
    if (!before.refusal.empty()) continue;
    const std::string change = change_of(before, *now, expected.seed == found.seed);
    if (!change.empty()) lines.push_back(fmt::format("{}: {}", what, change));
  }
  return lines;
}

}  // namespace sqrtn::results
