#pragma once

#include <string>

#include "report/table.hpp"

/// The notebooks' numbers beside their laws, for people.
namespace sqrtn::report {

/// The rows of one notebook, "000".
Table reproduction_table(const Document& document, const std::string& notebook);

/// All tables, the published values that their laws call improbable, and the counts last.
std::string reproduction_text(const Document& document);

/// Writes reproduced.md, reproduced.csv and reproduced.json into `folder`, made if missing.
/// Throws: std::system_error with the path and the reason; earlier files stay whole.
void write_reproduction(const Document& document, const std::string& folder);

}  // namespace sqrtn::report
