#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "sqrtn/statistics/hypothesis.hpp"

/// Values as strict JSON has them: null for what is not finite, not set or empty.
namespace sqrtn::results {

using Json = nlohmann::ordered_json;

inline Json number(double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); }

inline Json number(const std::optional<double>& x) { return x ? number(*x) : Json(nullptr); }

inline Json text(std::string_view s) { return s.empty() ? Json(nullptr) : Json(s); }

inline Json interval(const std::optional<statistics::Interval>& bounds) {
  return bounds ? Json::array({number(bounds->low), number(bounds->high)}) : Json(nullptr);
}

/// A value as a cell of CSV: text as it is, null as nothing.
inline std::string cell(const Json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace sqrtn::results
