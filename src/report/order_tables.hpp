#pragma once

#include <string>
#include <vector>

#include "report/table.hpp"
#include "results/order.hpp"

/// The order in which libraries add, as tables.
namespace sqrtn::report {

/// Of a formula, or of where two part.
inline constexpr std::size_t shown_formula = 160, shown_classes = 16;

/// "961312 of 961312"
std::string predicted_text(std::size_t predicted, std::size_t compared);

/// A line for each of the largest classes: where it is, its formula, and whether it is certified.
Table class_table(const LibraryOrder& order);

/// A line a circumstance: how many answers the same numbers had in it.
Table invariance_table(const LibraryOrder& order);

/// A line a library, of one request and type; the same letter is the same bits.
Table order_table(const std::vector<LibraryOrder>& orders);

/// Where each two letters part.
Table parting_table(const std::vector<LibraryOrder>& orders);

/// Orders of one request and type together, in the order of their first.
std::vector<std::vector<LibraryOrder>> by_request(const std::vector<LibraryOrder>& orders);

/// A line a library, by type: which return the same bits, by letters, whether a row's answer is the same among any
/// number of rows and a column's likewise, and the error bound of most entries.
Table same_bits_table(const std::vector<LibraryOrder>& orders);

}  // namespace sqrtn::report
