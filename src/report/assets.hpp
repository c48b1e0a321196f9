#pragma once

#include <string_view>

/// page.css and page.js as they are in the sources.
namespace sqrtn::report {

std::string_view page_style_sheet();
std::string_view page_script();

}  // namespace sqrtn::report
