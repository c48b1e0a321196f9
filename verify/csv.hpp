#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sqrtn::verify {

/// RFC 4180 §2, read as strictly as it is written there.
inline std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  std::size_t at = 0;
  while (at < text.size()) {
    std::vector<std::string>& row = rows.emplace_back();
    for (;;) {
      std::string& field = row.emplace_back();
      const bool quoted = text[at] == '"';
      for (at += quoted ? 1 : 0; at < text.size(); ++at) {
        if (quoted && text[at] == '"' && text[++at] != '"') break;
        if (!quoted && (text[at] == ',' || text[at] == '\r')) break;
        field += text[at];
      }
      if (text[at] != ',') break;
      ++at;
    }
    EXPECT_EQ(text.substr(at, 2), "\r\n");
    at += 2;
  }
  return rows;
}

}  // namespace sqrtn::verify
