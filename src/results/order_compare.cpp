#include <fmt/format.h>

#include <algorithm>

#include "results/order.hpp"
#include "support/words.hpp"

namespace sqrtn::results {
namespace {

struct Difference {
  OrderChange change = OrderChange::none;
  std::string text;
};

/// Where two trees part, if they do and one is known.
Difference parting(const OrderClass& a, const OrderClass& b) {
  if (a.tree.empty() && b.tree.empty()) return {};
  if (a.tree.empty() || b.tree.empty()) return {OrderChange::known, "the order of one is not known"};
  const laws::OrderDifference difference = laws::compare(laws::from_code(a.tree), laws::from_code(b.tree));
  if (difference.node.empty() || difference.change == OrderChange::fused) return {difference.change, difference.text};
  return {difference.change,
          fmt::format("{}; they part at the sum of products {}", difference.text, laws::runs_text(difference.node))};
}

const OrderClass* class_at(const LibraryOrder& order, const OrderClass& one) {
  const auto found = std::ranges::find_if(order.classes, [&](const OrderClass& other) {
    return other.row == one.row && other.column == one.column && other.entries == one.entries;
  });
  return found == order.classes.end() ? nullptr : &*found;
}

/// The first difference between classes in the same places; else between the largest.
Difference class_difference(const LibraryOrder& a, const LibraryOrder& b) {
  for (const OrderClass& one : a.classes) {
    const OrderClass* other = class_at(b, one);
    if (other == nullptr) continue;
    if (const Difference where = parting(one, *other); where.change != OrderChange::none) return where;
  }
  const bool in_same_places = a.distinct == b.distinct && std::ranges::all_of(a.classes, [&](const OrderClass& one) {
                                return class_at(b, one) != nullptr;
                              });
  if (in_same_places || a.classes.empty() || b.classes.empty()) return {};
  const Difference where = parting(a.classes.front(), b.classes.front());
  const std::string counts = fmt::format("one has {} classes of entries, the other {}", a.distinct, b.distinct);
  if (where.change == OrderChange::none)
    return {OrderChange::classes, a.distinct != b.distinct ? counts : "the same trees hold for other entries"};
  return a.distinct != b.distinct ? Difference{where.change, fmt::format("{} ({})", where.text, counts)} : where;
}

/// Of α and β: where β·C joins is told by where α is multiplied in.
Difference scalar_difference(const LibraryOrder& a, const LibraryOrder& b) {
  if (a.alpha != b.alpha)
    return {OrderChange::alpha, fmt::format("alpha: before {}; now {}", sqrtn::word_of(a.alpha, order_alpha_words),
                                            sqrtn::word_of(b.alpha, order_alpha_words))};
  if (a.beta != b.beta)
    return {OrderChange::beta, fmt::format("beta: before {}; now {}", sqrtn::word_of(a.beta, order_beta_words),
                                           sqrtn::word_of(b.beta, order_beta_words))};
  return {};
}

/// The first circumstance that has answers of its own in one of them.
Difference invariance_difference(const LibraryOrder& a, const LibraryOrder& b) {
  const auto told = [](const OrderInvariance& one) {
    return one.answers == 1 ? std::string("the same") : fmt::format("another from {}", one.first);
  };
  for (const OrderInvariance& one : a.invariance) {
    const auto other = std::ranges::find(b.invariance, one.circumstance, &OrderInvariance::circumstance);
    if (other == b.invariance.end() || other->tried != one.tried) continue;
    if (other->answers == one.answers && other->first == one.first) continue;
    return {OrderChange::invariance,
            fmt::format("answers whatever the {}: before {}; now {}",
                        sqrtn::word_of(one.circumstance, order_circumstance_words), told(one), told(*other))};
  }
  return {};
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

/// All that is another order now, or cannot be told to be the same any more.
std::vector<Difference> changes_of(const LibraryOrder& before, const LibraryOrder& now, bool drew_the_same) {
  if (before.repeatable != now.repeatable)
    return {{OrderChange::repeatability, now.repeatable ? "is repeatable now" : "is not repeatable now"}};
  const bool no_longer_certified = before.certified() && !now.certified();
  std::vector<Difference> all{class_difference(before, now)};
  // What is certified no more has lost its α and β with its tree.
  if (!no_longer_certified) all.push_back(scalar_difference(before, now));
  all.push_back(invariance_difference(before, now));
  std::erase_if(all, [](const Difference& one) { return one.change == OrderChange::none; });
  if (!all.empty()) return all;
  if (no_longer_certified) return {{OrderChange::certainty, "the same trees, but they are not certified now"}};
  // Bits of products are compared only where both drew the same.
  if (drew_the_same && before.answer != now.answer) return {{OrderChange::bits, "the same trees, but other bits"}};
  return {};
}

}  // namespace

OrderPair compare(const LibraryOrder& a, const LibraryOrder& b) {
  OrderPair pair;
  pair.a = a.name;
  pair.b = b.name;
  pair.comparable = a.refusal.empty() && b.refusal.empty() && a.repeatable && b.repeatable;
  if (!pair.comparable) return pair;
  pair.same_bits = a.answer == b.answer;
  const Difference difference = class_difference(a, b);
  pair.same_trees = difference.change == OrderChange::none && a.certified() && b.certified();
  if (pair.same_bits) return pair;
  pair.change = difference.change == OrderChange::none ? OrderChange::bits : difference.change;
  pair.difference =
      difference.change == OrderChange::none ? "their trees are the same as far as they are known" : difference.text;
  return pair;
}

std::size_t orders_in_both(const OrderDocument& before, const OrderDocument& after) {
  return static_cast<std::size_t>(std::ranges::count_if(before.orders, [&](const LibraryOrder& order) {
    return counterpart(order, before.orders, after.orders) != nullptr;
  }));
}

std::vector<OrderChanged> unexpected(const OrderDocument& expected, const OrderDocument& found) {
  std::vector<OrderChanged> changes;
  for (const LibraryOrder& before : expected.orders) {
    const std::string of = fmt::format("{} {} {}, {} thread{}", before.name, before.request, before.dtype,
                                       before.threads, before.threads == 1 ? "" : "s");
    const LibraryOrder* now = counterpart(before, expected.orders, found.orders);
    if (!before.refusal.empty()) continue;
    if (now == nullptr || !now->refusal.empty()) {
      changes.push_back({of, OrderChange::unread, "was not read now"});
      continue;
    }
    for (const Difference& one : changes_of(before, *now, expected.seed == found.seed))
      changes.push_back({of, one.change, one.text});
  }
  return changes;
}

}  // namespace sqrtn::results
