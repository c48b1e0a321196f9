#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>

#include "report/page_charts.hpp"
#include "report/summary.hpp"
#include "results/format.hpp"

/// Deep chains: the law's band beside what was computed, layer by layer.
namespace sqrtn::report {
namespace {

// Far beyond double's range; what a document says beyond is not drawn.
constexpr double most_log10 = 2000;

constexpr std::size_t most_marks = 25, most_law_points = 128;

double log10_of(double ln) { return ln / std::numbers::ln10; }

std::optional<statistics::Interval> log10_of(const statistics::Interval& ln) {
  return statistics::Interval{log10_of(ln.low), log10_of(ln.high)};
}

bool drawable(double log10) { return std::fabs(log10) < most_log10; }

/// At most about `most` of the layers, evenly, the first and the last among them.
std::vector<std::size_t> chosen_layers(const ChainRecord& chain, std::size_t most) {
  std::vector<std::size_t> layers;
  const std::size_t last = chain.layers.size() - 1, step = last / most + 1;
  for (std::size_t layer = 0; layer < last; layer += step) layers.push_back(layer);
  layers.push_back(last);
  return layers;
}

std::string computed_text(const ChainLayer& layer) {
  return layer.state == "finite" ? compact(log10_of(layer.measured), 5) : layer.state;
}

/// Each chain has a gain of its own.
std::string name_of(const ChainRecord& chain) { return fmt::format("{}, gain {}", chain.init, compact(chain.gain, 6)); }

ChartSeries law_of(const ChainRecord& chain, std::size_t style) {
  ChartSeries series{.name = name_of(chain), .style = style, .points = {}, .marked = false};
  for (const std::size_t layer : chosen_layers(chain, most_law_points)) {
    const ChainLayer& at = chain.layers[layer];
    if (!drawable(log10_of(at.mean))) continue;
    series.points.push_back({static_cast<double>(layer), log10_of(at.mean), log10_of(at.interval), "", true});
  }
  return series;
}

ChartSeries computed_of(const ChainRecord& chain, std::size_t style) {
  ChartSeries series{.name = name_of(chain), .style = style, .points = {}};
  for (const std::size_t layer : chosen_layers(chain, most_marks)) {
    const ChainLayer& at = chain.layers[layer];
    if (at.state != "finite" || !drawable(log10_of(at.measured))) continue;
    series.points.push_back({static_cast<double>(layer), log10_of(at.measured), std::nullopt,
                             fmt::format("{}, {}: log₁₀ RMS {}, law {}, 99 % of runs {}", chain.init,
                                         place_of(chain, layer), computed_text(at), compact(log10_of(at.mean), 5),
                                         with_coverage(compact(log10_of(at.interval), 5), at)),
                             false});
  }
  return series;
}

/// "he_normal holds. normal explodes at layer 3 and is not finite from layer 31 on."
std::string story_of(const ChainRecord& chain) {
  std::string text = fmt::format("{} {}", chain.init, chain.fate);
  if (chain.fate != "holds") text += " at " + place_of(chain, chain.fate_layer);
  const auto lost = std::ranges::find_if(chain.layers, [](const ChainLayer& layer) { return layer.state != "finite"; });
  if (lost != chain.layers.end()) {
    text += fmt::format(" and is {} from {} on", lost->state,
                        place_of(chain, static_cast<std::size_t>(lost - chain.layers.begin())));
  }
  return text + ". ";
}

template <class T>
void add_limits(const ChainRecord& chain, Chart& chart) {
  const auto reached = [&chain](const char* state) {
    return std::ranges::find(chain.layers, state, &ChainLayer::state) != chain.layers.end();
  };
  const auto add = [&](const char* which, double value) {
    const std::string label = fmt::format("{} {}: {:.4g}", which, chain.dtype, value);
    if (std::ranges::find(chart.roofs, label, &ChartRoof::label) == chart.roofs.end()) {
      chart.roofs.push_back({std::log10(value), 6, label});
    }
  };
  if (reached("not finite")) add("largest", std::numeric_limits<T>::max());
  if (reached("zero")) add("smallest", std::numeric_limits<T>::denorm_min());
}

void add_chain(const ChainRecord& chain, Chart& chart) {
  const std::size_t style = chart.series.size() / 2 % chart_styles;
  chart.series.push_back(law_of(chain, style));
  chart.series.push_back(computed_of(chain, style));
  chart.description += story_of(chain);
  chain.dtype == "f32" ? add_limits<float>(chain, chart) : add_limits<double>(chain, chart);
}

std::string charts_and_legends(const std::vector<Run>& runs) {
  std::string figures;
  for (const Chart& chart : chain_charts(runs)) {
    std::vector<std::pair<std::size_t, std::string>> names;
    for (const ChartSeries& series : chart.series) {
      if (series.marked) names.emplace_back(series.style, series.name);
    }
    figures += figure_of(chart.title, svg(chart) + legend_of(names));
  }
  return "<div class=charts>\n" + figures + "</div>\n";
}

Table layer_grid(const std::vector<Run>& runs) {
  Table grid{.title = "log₁₀ of the RMS by layer",
             .columns = columns_with_run(
                 runs, 1, {"chain", "layer", "law", "99 % of runs", "computed", "entries 0", "flat", "slope"}),
             .rows = {}};
  for (const Run& run : runs) {
    for (const ChainRecord& chain : run.document->propagation) {
      for (const std::size_t layer : chosen_layers(chain, most_marks)) {
        const ChainLayer& at = chain.layers[layer];
        grid.add(with_run(
            runs, run.label, 1,
            {fmt::format("{}: {}, {}", chain.init, setting_of(chain), place_of(chain, layer)), fmt::to_string(layer),
             compact(log10_of(at.mean), 5), with_coverage(compact(log10_of(at.interval), 5), at), computed_text(at),
             percent(at.zeros), percent(at.flat), compact(at.slope, 4)}));
      }
    }
  }
  return grid;
}

constexpr const char* how_to_read_chains =
    "<p>Signals of N(0,1) go through fresh weights layer by layer. The line is the law's mean of log₁₀ RMS and the "
    "band "
    "holds 99 % of runs, or the share that stands behind an interval; marks are the geometric mean of the runs that "
    "the library computed.\n";

}  // namespace

std::vector<Chart> chain_charts(const std::vector<Run>& runs) {
  std::vector<Chart> charts;
  for (const Run& run : runs) {
    std::map<std::string, std::size_t> chart_of_title;
    for (const ChainRecord& chain : run.document->propagation) {
      const std::string title =
          fmt::format("{}{}log₁₀ RMS, {}", run.label, run.label.empty() ? "" : ": ", setting_of(chain));
      const auto [found, is_new] = chart_of_title.emplace(title, charts.size());
      if (is_new) {
        charts.push_back({.id = fmt::format("chain-{}", charts.size() + 1),
                          .title = title,
                          .description = "log₁₀ of the RMS by layer. ",
                          .x_label = "layer",
                          .y_label = "",
                          .series = {},
                          .roofs = {},
                          .linear = true});
      }
      add_chain(chain, charts[found->second]);
    }
  }
  return charts;
}

html::Section chains_part(const std::vector<Run>& runs) {
  Table grid{.title = "Deep chains", .columns = {}, .rows = {}};
  for (const Run& run : runs) {
    const Table table = chain_table(run.document->propagation);
    grid.columns = columns_with_run(runs, 1, table.columns);
    for (const auto& row : table.rows) grid.add(with_run(runs, run.label, 1, row));
  }
  if (grid.rows.empty()) return {};
  std::string text = how_to_read_chains + charts_and_legends(runs) + html::table(grid) +
                     html::folded("Layer by layer", html::table(layer_grid(runs)), false);
  return {.id = "chains", .heading = "Deep chains", .content = std::move(text), .filter = true, .folds = true};
}

}  // namespace sqrtn::report
