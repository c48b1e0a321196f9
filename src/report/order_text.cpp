#include "report/order_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/order_tables.hpp"
#include "results/format.hpp"
#include "results/libraries.hpp"
#include "support/words.hpp"

namespace sqrtn::report {
namespace {

std::string threads_text(int threads) { return fmt::format("{} thread{}", threads, threads == 1 ? "" : "s"); }

std::string library_text(const LibraryOrder& order) {
  std::string text = order.name;
  for (const std::string& part : {results::short_version(order.identity), order.identity.kernel}) {
    if (!part.empty()) text += ", " + part;
  }
  return text;
}

/// Of classes beyond those of the table, and why classes are not certified.
std::string reasons_of(const LibraryOrder& order) {
  std::string text;
  std::size_t told = 0;
  for (const OrderClass& one : order.classes) {
    if (!one.reason.empty() && ++told <= shown_classes)
      text += fmt::format("entry ({}, {}): {}\n", one.row, one.column, one.reason);
  }
  if (told > shown_classes) text += fmt::format("{} more classes are not certified\n", told - shown_classes);
  if (order.classes.size() > shown_classes && told == 0)
    text += fmt::format("{} more classes, all certified\n", order.classes.size() - shown_classes);
  const std::size_t unlisted = order.distinct - std::min(order.distinct, order.classes.size());
  if (unlisted > 0) text += fmt::format("{} more classes of entries were not read\n", unlisted);
  return text.empty() ? "" : "\n" + text;
}

std::string scalars_text(const LibraryOrder& order) {
  if (order.alpha == OrderAlpha::unknown) return {};
  return fmt::format("alpha: {}; beta: {}\n", word_of(order.alpha, order_alpha_words),
                     word_of(order.beta, order_beta_words));
}

std::string one_text(const LibraryOrder& order) {
  std::string text =
      fmt::format("{}: {} {}, {}\n\n", library_text(order), order.request, order.dtype, threads_text(order.threads));
  if (!order.refusal.empty()) return text + "not read: " + printable(order.refusal) + "\n";
  const Table classes = class_table(order), invariance = invariance_table(order);
  if (!classes.rows.empty()) text += to_screen(classes) + reasons_of(order) + '\n';
  if (!invariance.rows.empty()) text += to_screen(invariance) + '\n';
  return text + scalars_text(order) + certificate_text(order);
}

std::string several_text(const std::vector<LibraryOrder>& orders, bool for_screen) {
  const Table table = order_table(orders), parting = parting_table(orders);
  const auto show = [&](const Table& shown) { return for_screen ? to_screen(shown) : to_markdown(shown); };
  std::string text = show(table);
  if (!parting.rows.empty()) text += "\nThe same letter is the same bits.\n\n" + show(parting);
  return text;
}

}  // namespace

std::string certificate_text(const LibraryOrder& order) {
  if (!order.repeatable) return "not repeatable: the same call gave other bits, so it has no order of its own\n";
  if (order.certified()) {
    return fmt::format("certified: the bits of {} fresh entries were predicted, of all classes\n",
                       predicted_text(order.predicted, order.compared));
  }
  return fmt::format("unknown for {} of the entries; of the others {} fresh ones were predicted, bit for bit\n",
                     percent(order.unknown_share), predicted_text(order.predicted, order.compared));
}

std::string orders_text(const OrderDocument& document) {
  if (document.orders.size() == 1) return one_text(document.orders.front());
  std::string text;
  for (const auto& part : by_request(document.orders)) {
    text += fmt::format("{}{} {}\n\n{}", text.empty() ? "" : "\n", part.front().request, part.front().dtype,
                        several_text(part, true));
  }
  return text;
}

std::string order_changes_text(const std::vector<OrderChanged>& changes, std::size_t in_both) {
  std::string text =
      fmt::format("{} order{} in both documents, {} changed{}\n", in_both, in_both == 1 ? "" : "s",
                  changes.empty() ? "none" : fmt::to_string(changes.size()), changes.empty() ? "." : ":\n");
  for (const OrderChanged& one : changes)
    text += fmt::format("- {}\n", markdown_text(fmt::format("{}: {}", one.of, one.text)));
  return text;
}

std::string orders_page(const OrderDocument& document) {
  const Environment& machine = document.environment;
  std::string text = fmt::format("# The order of sums\n\n`{}`, sqrtn {}, on {}.\n", shell_line(document.command),
                                 machine.version, markdown_text(machine.cpu_model));
  for (const auto& part : by_request(document.orders)) {
    text += fmt::format("\n## {} {}\n\n{}", part.front().request, part.front().dtype, several_text(part, false));
  }
  return text;
}

}  // namespace sqrtn::report
