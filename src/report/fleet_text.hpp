#pragma once

#include <string>

#include "report/table.hpp"
#include "results/fleet.hpp"

/// A fleet for people, the odd ones first.
namespace sqrtn::report {

/// "10000 nodes: 1 fail, 9998 pass, 1 unreadable".
std::string verdict_line(const Fleet& fleet);

/// What is wrong on each node, and what cannot be read; at most `most` lines, and how many are left out. "" if nothing.
std::string fleet_findings(const Fleet& fleet, std::size_t most = 40);

/// At most `most` nodes: those that fail first, then the open and the unreadable, those that differ in most, the
/// slowest. With the share of the median rate of their kind.
Table node_table(const Fleet& fleet, std::size_t most = 20);

/// The traits in which nodes differ: how many have which value, the rarest first.
Table trait_table(const Fleet& fleet, std::size_t most = 20);

std::string fleet_text(const Fleet& fleet);

}  // namespace sqrtn::report
