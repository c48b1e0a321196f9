#include "report/graph_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "report/chain_text.hpp"
#include "report/stack_text.hpp"
#include "report/table.hpp"
#include "report/verdict_text.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

using experiment::Course;
using experiment::Fate;
using experiment::GraphNode;
using experiment::GraphPropagation;
using experiment::LayerState;

constexpr std::size_t shown_unless_all = 40;

std::string fate_text(const GraphPropagation& p) {
  const Course course = p.verdict().signal;
  if (course.fate == Fate::holds) {
    return fmt::format("the signal holds, its RMS within a factor {} of the input's", compact(p.within));
  }
  const GraphNode& node = p.nodes[course.layer];
  const bool explodes = course.fate == Fate::explodes;
  return fmt::format("the signal {} at node '{}' ({}), where the RMS {} {} the input's",
                     explodes ? "explodes" : "vanishes", node.name, node.op, explodes ? "passes" : "falls below",
                     explodes ? compact(p.within) + " times" : fmt::format("1/{} of", compact(p.within)));
}

/// Of the way back, or why there is none.
std::string gradient_text(const GraphPropagation& p) {
  if (p.stop) {
    if (p.stop->node.empty()) return "gradients are not judged: what they need is more than the memory allows";
    return fmt::format("gradients are not judged: node '{}' ({}) {}", p.stop->node, p.stop->op,
                       p.stop->why.empty() ? "has no derivative here" : p.stop->why);
  }
  const auto course = p.verdict().gradient;
  if (!course) return "no gradient is known";
  if (course->fate == Fate::holds) return "gradients hold";
  const GraphNode& node = p.nodes[course->layer];
  const bool explodes = course->fate == Fate::explodes;
  return fmt::format(
      "gradients {} at node '{}' ({}) on their way back, {} those at the last node judged",
      explodes ? "explode" : "vanish", node.name, node.op,
      explodes ? fmt::format("past {} times", compact(p.within)) : fmt::format("below 1/{} of", compact(p.within)));
}

std::string input_text(const graph::InputDraw& input) {
  const std::string entries = input.kind == graph::Kind::real ? "N(0,1)"
                              : input.ids > 0                 ? fmt::format("ids 0 to {}", input.ids - 1)
                                                              : "all 1";
  return fmt::format("{} {}, {}", input.name, graph::shape_text(input.shape), entries);
}

std::string inputs_text(const GraphPropagation& p) {
  std::vector<std::string> texts;
  for (const graph::InputDraw& input : p.inputs) texts.push_back(input_text(input));
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::string weights_text(const GraphPropagation& p) {
  if (p.name == experiment::file_weights) return "weights as in the file";
  const bool batch_norms =
      std::ranges::find(p.model->nodes, "BatchNormalization", &graph::Node::op) != p.model->nodes.end();
  return fmt::format("{}, gain {}: {} weights drawn, {} biases and norms at 0 and 1, all else as in the file{}", p.name,
                     compact(p.gain), p.redraw.drawn.size(), p.redraw.constant.size(),
                     batch_norms ? "; batch norms by each batch, as in training" : "");
}

double squared_deviation(const GraphPropagation& p, std::size_t node) {
  double sum = 0, count = 0;
  for (const auto& run : p.runs) {
    if (std::isnan(run[node].stddev)) continue;
    sum += run[node].stddev * run[node].stddev;
    ++count;
  }
  return count > 0 ? sum / count : std::nan("");
}

double lost_share(const GraphPropagation& p, std::size_t node) {
  const auto lost = std::ranges::count_if(p.runs, [&](const auto& run) { return !run[node].finite; });
  return static_cast<double>(lost) / static_cast<double>(p.runs.size());
}

std::string percent(double share) { return fmt::format("{:.1f}", 100 * share); }

Row node_row(const GraphPropagation& p, std::size_t i) {
  const double log_rms = experiment::typical_log_rms(p.runs, i);
  const auto& node = p.nodes[i];
  return {node.name + (node.judged ? " *" : ""),
          node.op,
          graph::shape_text(node.shape),
          std::isnan(log_rms) ? "not finite" : show_log(2 * log_rms),
          compact(squared_deviation(p, i), 4),
          std::isnan(log_rms) ? "–" : show_log(log_rms - experiment::typical_log_rms(p.runs, 0)),
          show_log(band_over(p.runs, i, &LayerState::log_rms).interval),
          show_log(experiment::median_log_gradient(p.runs, i)),
          percent(mean_of(p.runs, i, &LayerState::zeros)),
          percent(mean_of(p.runs, i, &LayerState::dead)),
          percent(lost_share(p, i))};
}

/// All if they are few; else those that are judged, or of many of them some, the first and the last, and where it ends.
std::set<std::size_t> chosen_nodes(const GraphPropagation& p, bool all) {
  const experiment::Verdict verdict = p.verdict();
  std::set<std::size_t> chosen{0, p.nodes.size() - 1, verdict.signal.layer};
  if (verdict.gradient) chosen.insert(verdict.gradient->layer);
  std::vector<std::size_t> judged;
  for (std::size_t i = 0; i < p.nodes.size(); ++i) {
    if (p.nodes[i].judged) judged.push_back(i);
    if (all || p.nodes.size() <= shown_unless_all) chosen.insert(i);
  }
  const std::size_t step = judged.size() / shown_unless_all + 1;
  for (std::size_t i = 0; i < judged.size(); i += step) chosen.insert(judged[i]);
  return chosen;
}

std::string coverage_of(const GraphPropagation& p) {
  return coverage_text(band_over(p.runs, 0, &LayerState::log_rms).coverage);
}

}  // namespace

std::string graph_text(const GraphPropagation& p, bool all) {
  const std::set<std::size_t> chosen = chosen_nodes(p, all);
  Table table{
      .title = fmt::format("{}, {} nodes, {} of them shown", p.model->path, p.model->nodes.size(), chosen.size()),
      .columns = {"node", "operator", "shape", "mean square", "variance", "RMS/input", "RMS, " + coverage_of(p),
                  "gradient", "zeros %", "dead %", "not finite %"},
      .rows = {}};
  for (const std::size_t node : chosen) table.rows.push_back(node_row(p, node));
  return fmt::format(
      "Verdict: {}; {}; {} run{} in f32, {}.\n"
      "Input: {}. Judged are the nodes with a *, through which every path to the output leads, up to a softmax.\n\n{}",
      fate_text(p), gradient_text(p), p.runs.size(), p.runs.size() == 1 ? "" : "s", weights_text(p), inputs_text(p),
      to_markdown(table));
}

std::string comparison_text(const std::vector<GraphPropagation>& all) {
  Table table{.title = fmt::format("Initialisers compared: {}, {} nodes", all.front().model->path,
                                   all.front().model->nodes.size()),
              .columns = {"init", "gain", "verdict", "gradients", "mean square at the end", "RMS/input at the end"},
              .rows = {}};
  for (const GraphPropagation& p : all) {
    const std::size_t last = p.nodes.size() - 1;
    const double log_rms = experiment::typical_log_rms(p.runs, last);
    table.rows.push_back({p.name, p.name == experiment::file_weights ? "–" : compact(p.gain), fate_text(p),
                          gradient_text(p), std::isnan(log_rms) ? "not finite" : show_log(2 * log_rms),
                          std::isnan(log_rms) ? "–" : show_log(log_rms - experiment::typical_log_rms(p.runs, 0))});
  }
  return to_markdown(table);
}

std::string networks_text(const experiment::Networks& networks, bool all) {
  struct Text {
    bool all;
    std::string operator()(const std::vector<experiment::Propagation>& p) const {
      return p.size() == 1 ? propagation_text(p[0], all) : comparison_text(p);
    }
    std::string operator()(const std::vector<experiment::StackPropagation>& p) const {
      return p.size() == 1 ? stack_text(p[0], all) : comparison_text(p);
    }
    std::string operator()(const std::vector<GraphPropagation>& p) const {
      return p.size() == 1 ? graph_text(p[0], all) : comparison_text(p);
    }
  };
  return std::visit(Text{all}, networks);
}

}  // namespace sqrtn::report
