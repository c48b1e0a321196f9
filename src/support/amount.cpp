#include "support/amount.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "support/number.hpp"

namespace sqrtn {
namespace {

struct Suffix {
  std::string_view text;
  double factor;
};

// The last of each is no suffix, with which every text ends.
constexpr Suffix time_suffixes[] = {{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"", 1}};
constexpr Suffix share_suffixes[] = {{"%", 0.01}, {"", 1}};

std::optional<double> parse(std::string_view text, std::span<const Suffix> suffixes) {
  const auto suffix = std::ranges::find_if(suffixes, [&](const Suffix& s) { return text.ends_with(s.text); });
  text.remove_suffix(suffix->text.size());
  const std::optional<double> number = parse_number<double>(text);
  return number && std::isfinite(*number) && *number > 0 ? std::optional(*number * suffix->factor) : std::nullopt;
}

}  // namespace

std::optional<double> parse_time_s(std::string_view text) { return parse(text, time_suffixes); }
std::optional<double> parse_share(std::string_view text) { return parse(text, share_suffixes); }

}  // namespace sqrtn
