#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

/// What all pictures of the page are made of.
namespace sqrtn::report {

/// Styles that can be told apart by mark and dashes, and by colour with any colour vision.
inline constexpr std::size_t chart_styles = 9;

/// 1, 2 or 5 times a power of ten, about a fifth of `range`.
double nice_step(double range);

/// The mark of a style; `more`: another class of it, after a space.
std::string mark_at(std::size_t style, double x, double y, const char* more = "");

/// The mark and the line of a style, for legends: one inline SVG.
std::string svg_key(std::size_t style);

/// The opening tag of an inline picture, named by svg_names.
std::string svg_opened(const std::string& id, double width, double height, const char* more = "");
std::string svg_names(const std::string& id, const std::string& title, const std::string& description);

/// A picture as a file of its own, with its style sheet and below it what each style stands for.
std::string svg_file(const std::string& id, double width, double height, const std::string& body,
                     const std::vector<std::pair<std::size_t, std::string>>& legend);

}  // namespace sqrtn::report
