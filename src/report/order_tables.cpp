#include "report/order_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "results/format.hpp"
#include "support/words.hpp"

namespace sqrtn::report {
namespace {

/// "yes", "no: m = 4" or nothing where it was not asked.
std::string invariant_text(const LibraryOrder& order, OrderCircumstance circumstance) {
  const auto found = std::ranges::find(order.invariance, circumstance, &OrderInvariance::circumstance);
  if (found == order.invariance.end()) return "";
  return found->answers == 1 ? "yes" : "from " + found->first;
}

/// How products are added; those of bfloat16 are exact in float, so that nothing tells it.
std::string products_text(const LibraryOrder& order, const OrderClass& one) {
  return order.dtype == "bf16" ? "exact" : std::string(word_of(one.fusion, order_fusion_words));
}

std::string order_word(const LibraryOrder& order) {
  if (!order.refusal.empty()) return "not read";
  if (!order.repeatable) return "not repeatable";
  return order.certified() ? "certified" : fmt::format("{} unknown", percent(order.unknown_share));
}

/// Those that return the same bits, by places; what has none of its own is in none.
std::vector<std::vector<std::size_t>> same_bits(const std::vector<LibraryOrder>& orders) {
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (!orders[i].refusal.empty() || !orders[i].repeatable) continue;
    const auto group = std::ranges::find_if(groups, [&](const std::vector<std::size_t>& others) {
      return results::compare(orders[others.front()], orders[i]).same_bits;
    });
    if (group == groups.end())
      groups.push_back({i});
    else
      group->push_back(i);
  }
  return groups;
}

std::string letter(std::size_t group) {
  return group < 26 ? std::string(1, static_cast<char>('A' + group)) : fmt::to_string(group);
}

/// "A", "A, 3 % unknown", "not repeatable".
std::string bits_text(const LibraryOrder& order, const std::vector<std::vector<std::size_t>>& groups,
                      std::size_t place) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (std::ranges::find(groups[g], place) == groups[g].end()) continue;
    return letter(g) + (order.certified() ? "" : ", " + order_word(order));
  }
  return order_word(order);
}

}  // namespace

std::string predicted_text(std::size_t predicted, std::size_t compared) {
  return fmt::format("{} of {}", predicted, compared);
}

Table class_table(const LibraryOrder& order) {
  Table table{
      .title = "",
      .columns = {"entries", "one of them", "formula", "products", "roundings", "error bound", "predicted", "order"},
      .rows = {}};
  for (const OrderClass& one : order.classes) {
    if (table.rows.size() == shown_classes) break;
    const bool read = !one.tree.empty();
    table.rows.push_back({percent(static_cast<double>(one.entries) / static_cast<double>(order.entries)),
                          fmt::format("({}, {})", one.row, one.column), shortened(one.formula, shown_formula),
                          read ? products_text(order, one) : "", read ? fmt::to_string(one.roundings) : "",
                          read ? significant(one.error_bound, 3) : "",
                          read ? predicted_text(one.predicted, one.compared) : "",
                          std::string(word_of(one.verdict, order_verdict_words))});
  }
  return table;
}

Table invariance_table(const LibraryOrder& order) {
  Table table{.title = "", .columns = {"whatever the", "tried", "answers", "first other"}, .rows = {}};
  for (const OrderInvariance& one : order.invariance) {
    table.rows.push_back({std::string(word_of(one.circumstance, order_circumstance_words)), fmt::to_string(one.tried),
                          fmt::to_string(one.answers), one.answers == 1 ? "none: invariant" : one.first});
  }
  return table;
}

Table order_table(const std::vector<LibraryOrder>& orders) {
  const auto groups = same_bits(orders);
  Table table{.title = "",
              .columns = {"library", "threads", "bits", "order", "predicted", "classes", "formula of most entries",
                          "products", "error bound", "any m", "any n", "not read because"},
              .rows = {}};
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const LibraryOrder& order = orders[i];
    std::string bits;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (std::ranges::find(groups[g], i) != groups[g].end()) bits = letter(g);
    }
    const OrderClass none, &most = order.classes.empty() ? none : order.classes.front();
    const bool read = !most.tree.empty();
    table.rows.push_back({order.name, fmt::to_string(order.threads), bits, order_word(order),
                          read ? predicted_text(order.predicted, order.compared) : "",
                          read ? fmt::to_string(order.distinct) : "", shortened(most.formula, shown_formula),
                          read ? products_text(order, most) : "", read ? significant(most.error_bound, 3) : "",
                          invariant_text(order, OrderCircumstance::rows),
                          invariant_text(order, OrderCircumstance::columns), printable(order.refusal)});
  }
  drop_empty_columns(table, 2);
  return table;
}

Table parting_table(const std::vector<LibraryOrder>& orders) {
  const auto groups = same_bits(orders);
  Table table{.title = "", .columns = {"bits", "and", "where they part"}, .rows = {}};
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (std::size_t h = g + 1; h < groups.size(); ++h) {
      const OrderPair pair = results::compare(orders[groups[g].front()], orders[groups[h].front()]);
      table.rows.push_back({letter(g), letter(h), shortened(pair.difference, shown_formula)});
    }
  }
  return table;
}

std::vector<std::vector<LibraryOrder>> by_request(const std::vector<LibraryOrder>& orders) {
  std::vector<std::vector<LibraryOrder>> parts;
  for (const LibraryOrder& order : orders) {
    auto part = std::ranges::find_if(parts, [&](const std::vector<LibraryOrder>& others) {
      return others.front().request == order.request && others.front().dtype == order.dtype;
    });
    if (part == parts.end()) part = parts.insert(part, std::vector<LibraryOrder>{});
    part->push_back(order);
  }
  return parts;
}

Table same_bits_table(const std::vector<LibraryOrder>& orders) {
  Table table{.title = "", .columns = {"library"}, .rows = {}};
  for (const auto& part : by_request(orders)) {
    const std::size_t first = table.columns.size();
    for (const char* column : {"bits", "any m", "any n", "error bound"})
      table.columns.push_back(fmt::format("{} {}", part.front().dtype, column));
    const auto groups = same_bits(part);
    for (std::size_t i = 0; i < part.size(); ++i) {
      const LibraryOrder& order = part[i];
      auto row = std::ranges::find_if(table.rows, [&](const Row& cells) { return cells[0].text == order.name; });
      if (row == table.rows.end()) row = table.rows.insert(row, Row{order.name});
      row->resize(first);
      const bool read = !order.classes.empty() && !order.classes.front().tree.empty();
      row->insert(row->end(), {bits_text(order, groups, i), invariant_text(order, OrderCircumstance::rows),
                               invariant_text(order, OrderCircumstance::columns),
                               read ? significant(order.classes.front().error_bound, 3) : ""});
    }
  }
  for (Row& row : table.rows) row.resize(table.columns.size());
  return table;
}

}  // namespace sqrtn::report
