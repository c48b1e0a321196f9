#pragma once

#include <string>
#include <vector>

#include "report/table.hpp"
#include "results/order.hpp"

/// What people read of the order in which libraries add.
namespace sqrtn::report {

/// One library: its classes with their formulas, what the certificate says, and invariance. Several: a line each, which
/// return the same bits, and where the others part from them.
std::string orders_text(const results::OrderDocument& document);

/// What its certificate says, in a line.
std::string certificate_text(const results::LibraryOrder& order);

/// The same as a page of Markdown, by request and type, with its provenance.
std::string orders_page(const results::OrderDocument& document);

/// What results::unexpected tells of two documents that have so many orders in common.
std::string order_changes_text(const std::vector<results::OrderChanged>& changes, std::size_t in_both);

/// The tree of most entries of the first order that has one, as a picture of its own: products from left to right as
/// they are added, sums above them, fused and rounded ones told apart. Empty if no tree was read.
/// Throws: std::invalid_argument for a tree of more than 4096 products.
std::string tree_svg(const results::OrderDocument& document);

}  // namespace sqrtn::report
