#include "report/page_orders.hpp"

#include <algorithm>

#include "report/order_tables.hpp"
#include "report/order_text.hpp"

namespace sqrtn::report {
namespace {

/// The classes of one library's entries, folded, with what its certificate says.
std::string classes_of(const LibraryOrder& order) {
  if (!order.refusal.empty())
    return fmt::format("<p>{}: {}\n", html::escaped(order.name), html::escaped(order.refusal));
  return html::folded(html::escaped(fmt::format("{}: {}", order.name, certificate_text(order))),
                      html::table(class_table(order)) + html::table(invariance_table(order)), false);
}

}  // namespace

std::string verdict_line(const OrderDocument& document) {
  return fmt::format("{} of {} orders are certified", std::ranges::count_if(document.orders, &LibraryOrder::certified),
                     document.orders.size());
}

More page_part(const OrderDocument& document, const std::string& name, std::size_t number) {
  const bool all = std::ranges::all_of(document.orders, &LibraryOrder::certified);
  std::string content =
      html::verdict_box(all ? claims::Verdict::pass : claims::Verdict::inconclusive, "", verdict_line(document));
  for (const std::vector<LibraryOrder>& part : by_request(document.orders)) {
    content += fmt::format("<h3>{} {}</h3>\n{}", html::escaped(part.front().request), html::escaped(part.front().dtype),
                           html::table(order_table(part)));
    if (const std::string parting = html::table(parting_table(part)); !parting.empty())
      content += "<p>The same letter is the same bits.\n" + parting;
    for (const LibraryOrder& order : part) content += classes_of(order);
  }
  return {{.id = fmt::format("orders-{}", number),
           .heading = fmt::format("Orders of sums {}", name),
           .content = std::move(content)},
          orders_page(document)};
}

}  // namespace sqrtn::report
