#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/html.hpp"
#include "report/order_text.hpp"
#include "report/picture.hpp"
#include "results/format.hpp"
#include "sqrtn/laws/summation.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::report {
namespace {

constexpr double width = 820, height = 420;
constexpr double left = 20, right = 800, top = 60, bottom = 390;
constexpr std::size_t most_products = 4096;
constexpr std::array<const char*, 3> styles{"the product is added unrounded, by a fused multiply-add",
                                            "rounded products or sums", "the sum is kept in double"};

struct Place {
  double x = 0, y = 0;
  std::size_t above = 0;  ///< additions on the longest way to it
};

std::size_t style_of(const laws::SumNode& node) { return node.wide ? 2 : node.fused ? 0 : 1; }

/// Products side by side in the order of the tree, a sum between what it adds and above it.
std::vector<Place> places_of(const laws::SumTree& tree) {
  std::vector<Place> places(tree.nodes.size());
  const double step = (right - left) / static_cast<double>(std::max<std::size_t>(tree.products() - 1, 1));
  double x = left;
  for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
    const laws::SumNode& node = tree.nodes[i];
    if (node.is_leaf()) {
      places[i].x = x;
      x += step;
      continue;
    }
    const Place &a = places[static_cast<std::size_t>(node.left)], &b = places[static_cast<std::size_t>(node.right)];
    places[i] = {(a.x + b.x) / 2, 0, std::max(a.above, b.above) + 1};
  }
  const double highest = static_cast<double>(std::max<std::size_t>(places.back().above, 1));
  for (Place& place : places) place.y = bottom - (bottom - top) * static_cast<double>(place.above) / highest;
  return places;
}

std::string picture_of(const results::LibraryOrder& order, const results::OrderClass& one) {
  const laws::SumTree tree = laws::canonical(laws::from_code(one.tree));
  require(tree.products() <= most_products, "a picture shows at most {} products, and this tree has {}; ask for fewer",
          most_products, tree.products());
  const std::vector<Place> places = places_of(tree);
  std::array<std::string, styles.size()> paths;
  for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
    const laws::SumNode& node = tree.nodes[i];
    if (node.is_leaf()) continue;
    const Place &a = places[static_cast<std::size_t>(node.left)], &b = places[static_cast<std::size_t>(node.right)];
    paths[style_of(node)] += fmt::format("M{:.1f} {:.1f}V{:.1f}H{:.1f}V{:.1f}", a.x, a.y, places[i].y, b.x, b.y);
  }
  const std::string title = fmt::format("{}, {} {}, {} thread{}", order.name, order.request, order.dtype, order.threads,
                                        order.threads == 1 ? "" : "s");
  std::string body = svg_names("tree", title, one.formula);
  body += fmt::format(R"(<text x="{:.0f}" y="20">{}</text><text x="{:.0f}" y="40">{}</text>)", left,
                      html::escaped(title), left, html::escaped(results::shortened(one.formula, 110)));
  // Thin where products stand close together.
  const double line = std::clamp(0.5 * (right - left) / static_cast<double>(tree.products()), 0.3, 1.6);
  std::vector<std::pair<std::size_t, std::string>> legend;
  for (std::size_t style = 0; style < styles.size(); ++style) {
    if (paths[style].empty()) continue;
    body += fmt::format(R"(<g class="s{}"><path class="line" style="stroke-width:{:.2f}" d="{}"/></g>)", style, line,
                        paths[style]);
    legend.emplace_back(style, styles[style]);
  }
  return svg_file("tree", width, height, body, legend);
}

}  // namespace

std::string tree_svg(const results::OrderDocument& document) {
  for (const results::LibraryOrder& order : document.orders) {
    if (!order.classes.empty() && !order.classes.front().tree.empty()) return picture_of(order, order.classes.front());
  }
  return {};
}

}  // namespace sqrtn::report
