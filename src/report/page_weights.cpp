#include "report/page_weights.hpp"

#include <algorithm>
#include <cmath>

#include "report/inspection.hpp"
#include "report/page_charts.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

using claims::weights::Bin;
using claims::weights::Inspection;
using claims::weights::Judged;
using claims::weights::Picture;
using claims::weights::RankedValue;
using claims::weights::Spectrum;

constexpr std::size_t most_tensors = 1000;

/// Styles of the law and of what was found.
constexpr std::size_t law_style = 0, found_style = 1, edge_style = 6;

/// Whether the numbers between both are told apart by more than their rounding.
bool drawable(double low, double high) { return high - low > 1e-9 * std::max(std::abs(low), std::abs(high)); }

/// Values of a bin as a share of all, over the bin's width in units of the mean width: so that bins whose ends were
/// moved to rounding cells are comparable.
double height_of(const Bin& bin, double count, double per_width) { return count / (bin.high - bin.low) * per_width; }

bool is_inside(const Bin& bin) {
  const auto count = static_cast<double>(bin.count);
  return count >= bin.least && count <= bin.most;
}

/// Of all values in percent, a bin of mean width.
double scale_of(const Picture& picture) {
  double all = static_cast<double>(picture.below) + static_cast<double>(picture.above);
  for (const Bin& bin : picture.bins) all += static_cast<double>(bin.count);
  const double width = picture.bins.back().high - picture.bins.front().low;
  return width / static_cast<double>(picture.bins.size()) / std::max(all, 1.0) * 100;
}

/// Line and band; no points where no law is known.
ChartSeries law_of(const Picture& picture) {
  ChartSeries series{.name = picture.law, .style = law_style, .points = {}, .marked = false};
  if (picture.law.empty()) return series;
  const double scale = scale_of(picture);
  for (const Bin& bin : picture.bins) {
    series.points.push_back({(bin.low + bin.high) / 2, height_of(bin, bin.expected, scale),
                             statistics::Interval{height_of(bin, bin.least, scale), height_of(bin, bin.most, scale)},
                             "", true});
  }
  return series;
}

ChartSeries values_of(const Picture& picture) {
  ChartSeries series{.name = "values", .style = found_style, .points = {}};
  const double scale = scale_of(picture);
  const bool alone = picture.law.empty();
  for (const Bin& bin : picture.bins) {
    std::string label =
        fmt::format("above {}, up to {}: {} values", compact(bin.low, 4), compact(bin.high, 4), bin.count);
    if (!alone) label += fmt::format(", the law's {} to {}", compact(bin.least, 6), compact(bin.most, 6));
    series.points.push_back({(bin.low + bin.high) / 2, height_of(bin, static_cast<double>(bin.count), scale),
                             std::nullopt, std::move(label), alone});
  }
  return series;
}

std::string story_of(const Picture& picture) {
  std::string text = fmt::format("{} bins of values, of no law that is known.", picture.bins.size());
  if (!picture.law.empty()) {
    text = fmt::format("{} of {} bins lie in the band of {}.", std::ranges::count_if(picture.bins, is_inside),
                       picture.bins.size(), picture.law);
  }
  if (picture.below > 0 || picture.above > 0)
    text += fmt::format(" Beyond the picture are {} values below and {} above.", picture.below, picture.above);
  return text;
}

Chart values_chart(const Judged& judged, const Picture& picture, const std::string& id) {
  Chart chart{.id = id + "-values",
              .title = fmt::format("Values of {}, % a bin", judged.name),
              .description = story_of(picture),
              .x_label = "value",
              .y_label = "",
              .series = {},
              .roofs = {},
              .y_room = 0,
              .linear = true};
  if (!picture.law.empty()) chart.series.push_back(law_of(picture));
  chart.series.push_back(values_of(picture));
  return chart;
}

Chart spectrum_chart(const Judged& judged, const Spectrum& spectrum, const std::string& id) {
  const std::size_t all = std::min(spectrum.rows, spectrum.columns);
  Chart chart{
      .id = id + "-spectrum",
      .title = "Singular values of " + judged.name,
      .description = "",
      .x_label = "share of them that is larger",
      .y_label = "",
      .series = {},
      .roofs = {{spectrum.low_edge, edge_style, fmt::format("lower edge: {}", compact(spectrum.low_edge, 5))},
                {spectrum.high_edge, edge_style, fmt::format("upper edge: {}", compact(spectrum.high_edge, 5))}},
      .y_room = 0,
      .linear = true};
  ChartSeries law{.name = "independent entries", .style = law_style, .points = {}, .marked = false};
  ChartSeries found{.name = "singular values", .style = found_style, .points = {}};
  std::size_t beyond = 0;
  for (const RankedValue& one : spectrum.values) {
    const double x = (static_cast<double>(one.rank) - 0.5) / static_cast<double>(all);
    law.points.push_back({x, one.law, std::nullopt, "", true});
    beyond += one.value > spectrum.high_edge;
    found.points.push_back(
        {x, one.value, std::nullopt,
         fmt::format("{} of {}: {}, by the law {}", one.rank, all, compact(one.value, 5), compact(one.law, 5)), false});
  }
  chart.description =
      fmt::format("{} x {}: of {} singular values that are shown {} lie above the upper edge {}, the largest is {}.",
                  spectrum.rows, spectrum.columns, spectrum.values.size(), beyond, compact(spectrum.high_edge, 5),
                  spectrum.values.empty() ? "none" : compact(spectrum.values.front().value, 5));
  chart.series = {std::move(law), std::move(found)};
  return chart;
}

std::string figure(const Chart& chart) {
  std::vector<std::pair<std::size_t, std::string>> names;
  for (const ChartSeries& series : chart.series) names.emplace_back(series.style, series.name);
  return figure_of(chart.title,
                   svg(chart) + legend_of(names) + "<p class=soft>" + html::escaped(chart.description) + "\n");
}

std::string pictures_of(const Inspection& inspection, const std::string& id) {
  std::string figures;
  std::size_t number = 0;
  for (const Judged& judged : inspection.tensors) {
    if (!judged.picture) continue;
    const std::string own = fmt::format("{}-{}", id, ++number);
    const Picture& picture = *judged.picture;
    if (drawable(picture.bins.front().low, picture.bins.back().high))
      figures += figure(values_chart(judged, picture, own));
    if (picture.spectrum && !picture.spectrum->values.empty())
      figures += figure(spectrum_chart(judged, *picture.spectrum, own));
  }
  return figures.empty() ? ""
                         : fmt::format(
                               "<h3>Pictures</h3>\n<p>The band holds all bins of a draw of the law at once "
                               "in 99 % of cases, were its deviation known. Singular values of independent "
                               "entries lie between the dashed edges, but for the outermost few.\n"
                               "<div class=charts>\n{}</div>\n",
                               figures);
}

Table cut(Table table) {
  if (table.rows.size() > most_tensors) table.rows.resize(most_tensors);
  return table;
}

std::string wide(const Table& table) {
  return table.rows.empty() ? "" : "<div class=wide>\n" + html::table(table) + "</div>\n";
}

claims::Verdict verdict_of(const Inspection& inspection) {
  if (inspection.n_wrong() > 0) return claims::Verdict::fail;
  if (inspection.tensors.empty()) return claims::Verdict::skipped;
  return inspection.n_inconclusive() > 0 ? claims::Verdict::inconclusive : claims::Verdict::pass;
}

}  // namespace

std::string verdict_line(const InspectionDocument& document) {
  const std::string text = inspection_summary(document.inspection);
  return text.substr(0, text.find('\n'));
}

More page_part(const InspectionDocument& document, const std::string& name, std::size_t number) {
  const Inspection& inspection = document.inspection;
  const std::string id = fmt::format("weights-{}", number), summary = inspection_summary(inspection);
  std::string content = html::verdict_box(verdict_of(inspection), "", verdict_line(document));
  if (const std::size_t end = summary.find('\n'); end + 1 < summary.size())
    content += fmt::format("<p>{}", html::escaped(summary.substr(end + 1)));
  Inspection ordered = inspection;
  std::stable_partition(ordered.tensors.begin(), ordered.tensors.end(), is_faulty);
  const Table table = inspection_table(ordered);
  content += wide(cut(table));
  if (table.rows.size() > most_tensors)
    content += fmt::format("<p>{} more tensors are not shown.\n", table.rows.size() - most_tensors);
  content += wide(cut(change_table(document.changes))) + pictures_of(inspection, id);
  return {{.id = id, .heading = fmt::format("Weights {}", name), .content = std::move(content)},
          fmt::format("## Weights {}\n\n{}\n{}", markdown_text(name), to_markdown(table),
                      markdown_item(verdict_line(document)))};
}

}  // namespace sqrtn::report
