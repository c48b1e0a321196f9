#include "results/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

namespace sqrtn::results {
namespace {

constexpr const char* unset = "–";

struct Unit {
  double size;
  const char* name;
};

/// The largest unit that is not above `x`, the smallest one for less.
template <std::size_t n>
const Unit& unit_for(double x, const std::array<Unit, n>& largest_first) {
  const auto found = std::ranges::find_if(largest_first, [x](const Unit& unit) { return x >= unit.size; });
  return found == largest_first.end() ? largest_first.back() : *found;
}

const Unit& time_unit(double seconds) {
  static constexpr std::array<Unit, 4> units{{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}}};
  return unit_for(seconds, units);
}

/// Bytes of the sign that begins there: 0 if it is no UTF-8.
std::size_t sign_length(std::string_view text, std::size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  const std::size_t length = c < 0x80                ? 1
                             : c >= 0xC2 && c < 0xE0 ? 2
                             : (c & 0xF0) == 0xE0    ? 3
                             : c >= 0xF0 && c < 0xF5 ? 4
                                                     : 0;
  for (std::size_t k = 1; k < length; ++k) {
    if (at + k >= text.size() || (text[at + k] & 0xC0) != 0x80) return 0;
  }
  return length;
}

/// Of Unicode's two ranges of control characters, the second being U+0080 to U+009F.
bool is_control(std::string_view sign) {
  const auto c = static_cast<unsigned char>(sign[0]);
  return c < 0x20 || c == 0x7F || (c == 0xC2 && static_cast<unsigned char>(sign[1]) < 0xA0);
}

}  // namespace

std::string significant(std::optional<double> x, int digits) {
  if (!x || !std::isfinite(*x)) return unset;
  const double size = std::fabs(*x);
  if (size != 0 && (size < 1e-4 || size >= 1e7)) return fmt::format("{:.{}e}", *x, digits - 1);
  const int exponent = size == 0 ? 0 : static_cast<int>(std::floor(std::log10(size)));
  return fmt::format("{:.{}f}", *x, std::max(0, digits - 1 - exponent));
}

std::string compact(std::optional<double> x, int digits) {
  return x && std::isfinite(*x) ? fmt::format("{:.{}g}", *x, digits) : unset;
}

std::string compact(const std::optional<statistics::Interval>& interval, int digits) {
  if (!interval || !std::isfinite(interval->low) || !std::isfinite(interval->high)) return unset;
  return fmt::format("[{}, {}]", compact(interval->low, digits), compact(interval->high, digits));
}

std::string duration(std::optional<double> seconds, int digits) {
  if (!seconds || !std::isfinite(*seconds)) return unset;
  const Unit& unit = time_unit(*seconds);
  return fmt::format("{} {}", significant(*seconds / unit.size, digits), unit.name);
}

std::string duration(const std::optional<statistics::Interval>& seconds) {
  if (!seconds || !std::isfinite(seconds->low) || !std::isfinite(seconds->high)) return unset;
  const Unit& unit = time_unit(seconds->high);
  return fmt::format("{}–{} {}", significant(seconds->low / unit.size), significant(seconds->high / unit.size),
                     unit.name);
}

std::string count(std::optional<std::size_t> n) {
  static constexpr std::array<Unit, 4> units{{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}};
  if (!n) return unset;
  if (*n < 1000) return fmt::to_string(*n);
  const Unit& unit = unit_for(static_cast<double>(*n), units);
  return fmt::format("{} {}", significant(static_cast<double>(*n) / unit.size, 3), unit.name);
}

std::string percent(std::optional<double> share) {
  return share && std::isfinite(*share) ? fmt::format("{:.3g} %", 100 * *share) : unset;
}

std::string bytes(std::size_t n) {
  static constexpr std::array<Unit, 4> units{{{0x1p30, "GiB"}, {0x1p20, "MiB"}, {0x1p10, "KiB"}, {1, "B"}}};
  const Unit& unit = unit_for(static_cast<double>(n), units);
  return fmt::format("{:.4g} {}", static_cast<double>(n) / unit.size, unit.name);
}

std::string shell_line(const std::vector<std::string>& words) {
  static constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

std::string printable(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sign_length(text, i);
    const std::string_view sign = text.substr(i, std::max<std::size_t>(length, 1));
    if (sign == "\t" || sign == "\n" || sign == "\r") {
      result += ' ';
    } else {
      result += length == 0 || is_control(sign) ? "?" : sign;
    }
    i += sign.size();
  }
  return result;
}

std::string shortened(std::string_view text, std::size_t longest) {
  constexpr std::string_view gap = "…";
  if (text.size() <= longest) return std::string(text);
  const std::size_t kept = (longest - gap.size()) / 2;
  const auto continues = [&text](std::size_t at) { return (text[at] & 0xC0) == 0x80; };
  std::size_t end = kept, begin = text.size() - kept;
  while (end > 0 && continues(end)) --end;
  while (begin < text.size() && continues(begin)) ++begin;
  return fmt::format("{}{}{}", text.substr(0, end), gap, text.substr(begin));
}

std::string exact_filter(std::string_view id) {
  std::string pattern = "^";
  for (const char c : id) {
    if (std::string_view(R"(\^$.|?*+()[]{})").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern + '$';
}

std::string published(const std::string& text) {
  if (const std::size_t equals = text.find('='); text.starts_with('-') && equals != std::string::npos) {
    return text.substr(0, equals + 1) + published(text.substr(equals + 1));
  }
  const std::filesystem::path path(text);
  return path.is_absolute() || text.starts_with("..") ? path.filename().string() : text;
}

std::string published_library(const std::string& blas) {
  const bool local = blas.starts_with("/usr/local/");
  const bool system = (blas.starts_with("/usr/") && !local) || blas.starts_with("/lib") || blas.starts_with("/opt/");
  return blas.find('/') == std::string::npos || system ? blas : fmt::format("./{}", blas.substr(blas.rfind('/') + 1));
}

}  // namespace sqrtn::results
