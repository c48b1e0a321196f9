#pragma once

#include <map>
#include <string>

namespace sqrtn::verify {

/// A mark of a picture: where it stands and what it says.
struct Mark {
  double x = 0, y = 0;
  std::string label;
};

/// Marks by what their label says before its first colon.
using Picture = std::map<std::string, Mark>;

/// What follows `word` in `text`.
inline std::string after(const std::string& text, const std::string& word) {
  const std::size_t at = text.find(word);
  return at == std::string::npos ? "" : text.substr(at + word.size());
}

/// "translate(1.5 2)" of the last mark before `at`, and the label that begins there.
inline Mark parse_mark(const std::string& svg, std::size_t at) {
  const std::size_t place = svg.rfind("translate(", at) + 10;
  Mark mark;
  mark.x = std::stod(svg.substr(place, 20));
  mark.y = std::stod(svg.substr(svg.find(' ', place), 20));
  mark.label = svg.substr(at, svg.find('<', at) - at);
  return mark;
}

/// The pictures of a page by their titles.
inline std::map<std::string, Picture> pictures_of(const std::string& page) {
  std::map<std::string, Picture> pictures;
  const std::string open = "<svg class=\"chart\"", title = "<title>";
  for (std::size_t at = page.find(open); at != std::string::npos; at = page.find(open, at + 1)) {
    const std::string svg = page.substr(at, page.find("</svg>", at) - at);
    const std::string name = after(after(svg, "<title id="), ">");
    Picture& picture = pictures[name.substr(0, name.find('<'))];
    for (std::size_t label = svg.find(title); label != std::string::npos; label = svg.find(title, label + 1)) {
      if (svg.rfind("class=\"roof", label) != std::string::npos &&
          svg.rfind("class=\"mark", label) == std::string::npos) {
        continue;  // a ceiling's
      }
      const Mark mark = parse_mark(svg, label + title.size());
      picture[mark.label.substr(0, mark.label.find(": "))] = mark;
    }
  }
  return pictures;
}

}  // namespace sqrtn::verify
