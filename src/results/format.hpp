#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sqrtn/statistics/hypothesis.hpp"

/// Numbers and words as people read them. What is unset or not finite is "–".
namespace sqrtn::results {

/// `digits` significant digits, trailing zeros kept: "94.00", "0.0123", "12345"; a power of ten
/// below 1e-4 and from 1e7 on: "1.235e-09".
std::string significant(std::optional<double> x, int digits = 4);

/// At most `digits` significant digits, trailing zeros dropped: "1", "0.999871".
std::string compact(std::optional<double> x, int digits = 6);

/// "[0.9951, 1.0049]", each as compact.
std::string compact(const std::optional<statistics::Interval>& interval, int digits = 6);

/// Seconds in the unit that fits, as significant: "850.0 ns", "12.34 µs", "1.500 s".
std::string duration(std::optional<double> seconds, int digits = 4);

/// Both ends in the unit of the upper one: "12.30–12.51 µs".
std::string duration(const std::optional<statistics::Interval>& seconds);

/// Three significant digits and a decimal prefix from a thousand on: "999", "2.36 M".
std::string count(std::optional<std::size_t> n);

/// A share in per cent: 0.005 is "0.5 %".
std::string percent(std::optional<double> share);

/// "16 KiB", "2 MiB": exact multiples keep no decimals.
std::string bytes(std::size_t n);

/// The words as one line for a POSIX shell, quoted where needed.
std::string shell_line(const std::vector<std::string>& words);

/// A word for the results, which are published: a path outside the working folder is reduced to its file name.
std::string published(const std::string& text);

/// The library as --blas takes it where that is public: a name, or a path in the system's folders; else its file alone,
/// "./libblis.so.4".
std::string published_library(const std::string& blas);

/// Text from elsewhere as one line that speaks to no terminal: control characters, and bytes that are no UTF-8, become
/// '?', tabs and line ends spaces.
std::string printable(std::string_view text);

/// At most `longest` bytes of it, its middle left out for "…" if it is longer; no sign is cut.
std::string shortened(std::string_view text, std::size_t longest);

/// A regular expression that matches `id` and nothing else: "^a/leaky_relu\(0\.01\)$".
std::string exact_filter(std::string_view id);

}  // namespace sqrtn::results
