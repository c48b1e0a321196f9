#include "report/picture.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "report/assets.hpp"
#include "report/html.hpp"

namespace sqrtn::report {
namespace {

/// Shapes of about one area around the origin, told apart without colour.
constexpr std::array<const char*, chart_styles> marks{
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",                                           // disc
    "M-3.5-3.5h7v7h-7z",                                                            // square
    "M0-4.5L4.5 3.5H-4.5z",                                                         // triangle
    "M0-5L4.5 0 0 5-4.5 0z",                                                        // diamond
    "M0 4.5L4.5-3.5H-4.5z",                                                         // triangle downwards
    "M-1.5-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",                                        // plus
    "M-4.5-1L0-4.5 4.5-1 2.8 4.2H-2.8z",                                            // pentagon
    "M-4.5-3L-3-4.5 0-1.5 3-4.5 4.5-3 1.5 0 4.5 3 3 4.5 0 1.5-3 4.5-4.5 3-1.5 0z",  // cross
    "M-5-2h10v4h-10z"};                                                             // bar

std::string key(std::size_t style) {
  return fmt::format(R"(<path class="line" d="M-16 0H16"/><path class="mark" d="{}"/>)", marks.at(style));
}

}  // namespace

double nice_step(double range) {
  const double step = std::pow(10.0, std::floor(std::log10(range / 5)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (range / (factor * step) <= 6) return factor * step;
  }
  return 10 * step;
}

std::string mark_at(std::size_t style, double x, double y, const char* more) {
  return fmt::format(R"svg(<path class="mark{}" transform="translate({:.1f} {:.1f})" d="{}"/>)svg", more, x, y,
                     marks.at(style % chart_styles));
}

std::string svg_key(std::size_t style) {
  return fmt::format(R"(<svg class="key s{}" viewBox="-16 -7 32 14" aria-hidden="true">{}</svg>)", style % chart_styles,
                     key(style % chart_styles));
}

std::string svg_opened(const std::string& id, double width, double height, const char* more) {
  return fmt::format(R"(<svg class="chart" viewBox="0 0 {0:.0f} {1:.0f}" role="img" aria-labelledby="{2}-t {2}-d"{3}>)",
                     width, height, id, more);
}

std::string svg_names(const std::string& id, const std::string& title, const std::string& description) {
  return fmt::format(R"(<title id="{0}-t">{1}</title><desc id="{0}-d">{2}</desc>)", id, html::escaped(title),
                     html::escaped(description));
}

std::string svg_file(const std::string& id, double width, double height, const std::string& body,
                     const std::vector<std::pair<std::size_t, std::string>>& legend) {
  constexpr double line_height = 18;
  std::string lines;
  for (std::size_t i = 0; i < legend.size(); ++i) {
    const auto& [style, name] = legend[i];
    lines += fmt::format(R"svg(<g class="s{}" transform="translate(64 {:.0f})">{}<text x="24" y="4">{}</text></g>)svg",
                         style % chart_styles, height + line_height * (static_cast<double>(i) + 0.5),
                         key(style % chart_styles), html::escaped(name));
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
         svg_opened(id, width, height + line_height * static_cast<double>(legend.size()),
                    R"( xmlns="http://www.w3.org/2000/svg")") +
         fmt::format("<style>{}</style>", page_style_sheet()) + body + lines + "</svg>\n";
}

}  // namespace sqrtn::report
