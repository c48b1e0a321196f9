#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "history/trends.hpp"
#include "report/table.hpp"

/// Trends as people and programs read them.
namespace sqrtn::history {

/// "slower: 1 new changes for the worse, 0 for the better"
std::string headline(const History& history, const Trends& trends);

/// The new changes, with size, interval and range of commits.
std::string check_text(const History& history, const Trends& trends);
/// A row for each case: its level now, and its changes; of a single case its runs too.
std::string show_text(const History& history, const Trends& trends);

/// The name of a case, with its machine where there are several.
std::string case_name(const History& history, const Series& series);
/// "slower, +10.2 % [+9.1 %, +11.4 %], after 1a2b3c (2026-01-14) up to 4d5e6f (2026-01-15)"
std::string change_text(const History& history, const Finding& finding);
/// A row for each change, slower ones first.
report::Table change_table(const History& history, const Trends& trends, bool only_new);

/// Schema "sqrtn.trends/1".
nlohmann::ordered_json to_json(const History& history, const Trends& trends);

}  // namespace sqrtn::history
