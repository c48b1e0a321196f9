#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/table.hpp"

/// The pieces of a page. Text that comes in is text that is shown: everything is escaped here.
namespace sqrtn::report::html {

/// `text` for an element's content or a quoted attribute.
std::string escaped(std::string_view text);

/// "<code>…</code>", escaped.
std::string code(std::string_view text);

/// A table in a box that scrolls sideways where the screen is narrow; columns of numbers are
/// right-aligned. Empty if there are no rows. Throws: std::invalid_argument for a ragged table.
std::string table(const Table& table);

/// A sign beside a verdict's word, so that colour is not all that tells them apart.
const char* sign(claims::Verdict verdict);

/// A verdict with what bears it out. `label`: whose it is; empty if it is the only one.
std::string verdict_box(claims::Verdict verdict, const std::string& label, const std::string& text);

/// A part of the page under a heading; it is left out if there is nothing in it.
struct Section {
  std::string id, heading, content;  ///< the content is markup
  bool filter = false;               ///< the rows of its tables can be filtered, where scripts run
  bool folds = false;                ///< it opens when asked for
};

std::string to_html(const Section& section);

/// A list that opens and closes. `summary` is markup.
std::string folded(const std::string& summary, const std::string& content, bool open);

}  // namespace sqrtn::report::html
