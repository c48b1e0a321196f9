#pragma once

#include <string>

#include "report/page.hpp"
#include "results/order.hpp"

namespace sqrtn::report {

/// "3 of 4 orders are certified", in one line.
std::string verdict_line(const OrderDocument& document);

/// The order in which libraries add, on the page of results: by request and type a line a library, where those part
/// that return other bits, and below each the classes of its entries. `name`: of the file; `number` sets apart several
/// on one page.
More page_part(const OrderDocument& document, const std::string& name, std::size_t number);

}  // namespace sqrtn::report
