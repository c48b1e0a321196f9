#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "page_rows.hpp"

/// Numbers as a page shows them against those of the JSON.
namespace sqrtn::verify {

using nlohmann::ordered_json;

/// As the page writes these two signs.
inline std::string escaped(std::string text) {
  for (const auto& [sign, entity] : {std::pair{"<", "&lt;"}, {">", "&gt;"}}) {
    for (std::size_t at = text.find(sign); at != std::string::npos; at = text.find(sign)) text.replace(at, 1, entity);
  }
  return text;
}

/// Whether the words show `json` to `digits` significant digits, and "–" only where it is null.
inline void expect_number(const std::string& text, const ordered_json& json, int digits, const std::string& what) {
  if (json.is_null()) {
    EXPECT_EQ(text, "–") << what;
    return;
  }
  char* end = nullptr;
  const double shown = std::strtod(text.c_str(), &end), exact = json.get<double>();
  EXPECT_NE(end, text.c_str()) << what << ": '" << text << "'";
  EXPECT_LE(std::fabs(shown - exact), std::fabs(exact) * 0.5001 * std::pow(10, 1 - digits)) << what << ": " << text;
}

/// Whether the exact value beside the rounded one is the JSON's, bit for bit.
inline void expect_exact(const PageCell& cell, const ordered_json& json, const std::string& what) {
  if (json.is_null()) {
    EXPECT_EQ(cell.value, "") << what;
  } else {
    EXPECT_EQ(std::strtod(cell.value.c_str(), nullptr), json.get<double>()) << what;
  }
}

/// Of "[low, high]".
inline void expect_interval(const std::string& text, const ordered_json& json, const std::string& what,
                            int digits = 5) {
  if (json.is_null()) {
    EXPECT_EQ(text, "–") << what;
    return;
  }
  expect_number(text.substr(1), json[0], digits, what);
  expect_number(text.substr(text.find(',') + 1), json[1], digits, what);
}

}  // namespace sqrtn::verify
