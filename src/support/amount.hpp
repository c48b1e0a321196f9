#pragma once

#include <optional>
#include <string_view>

/// Positive amounts as people write them; nullopt for what is none.
namespace sqrtn {

/// "90s", "5m", "1h", "20ms" in seconds, which a number without a unit has already.
std::optional<double> parse_time_s(std::string_view text);

/// "2%" or "0.02".
std::optional<double> parse_share(std::string_view text);

}  // namespace sqrtn
