#include "report/stack_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <set>

#include "experiment/stack_faults.hpp"
#include "report/table.hpp"
#include "report/verdict_text.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

using experiment::Fate;
using experiment::LayerState;
using experiment::StackPropagation;
using network::NormPlace;

Row block_row(const StackPropagation& p, std::size_t block) {
  const double log_rms = experiment::typical_log_rms(p.runs, block);
  Row row{fmt::to_string(block),
          std::isnan(log_rms) ? "not finite" : show_log(log_rms),
          show_log(band_over(p.runs, block, &LayerState::log_rms).interval),
          show_log(experiment::median_log_gradient(p.runs, block)),
          show_log(band_over(p.runs, block, &LayerState::log_gradient).interval),
          compact(mean_of(p.runs, block, &LayerState::correlation), 3),
          fmt::format("{:.1f}", 100 * mean_of(p.runs, block, &LayerState::zeros))};
  if (p.law) {
    row.insert(row.begin() + 5, compact(p.law->correlation[block], 3));
    row.insert(row.begin() + 3, show_log(p.law->log_gradient[block]));
    row.insert(row.begin() + 1, show_log(p.law->log_rms[block]));
  }
  return row;
}

std::vector<std::string> columns_of(const StackPropagation& p) {
  const auto coverage = [&](double LayerState::*field) {
    return coverage_text(
        std::min(band_over(p.runs, p.stack.depth, field).coverage, band_over(p.runs, 0, field).coverage));
  };
  std::vector<std::string> columns{
      "block",       "RMS",    coverage(&LayerState::log_rms), "gradient", coverage(&LayerState::log_gradient),
      "correlation", "zeros %"};
  if (p.law) {
    columns.insert(columns.begin() + 5, "law: correlation");
    columns.insert(columns.begin() + 3, "law: gradient");
    columns.insert(columns.begin() + 1, "law: RMS");
  }
  return columns;
}

std::set<std::size_t> chosen_blocks(const StackPropagation& p, bool all) {
  const experiment::Verdict verdict = p.verdict();
  std::set<std::size_t> blocks{0, p.stack.depth, verdict.signal.layer};
  if (verdict.gradient) blocks.insert(verdict.gradient->layer);
  const std::size_t step = all || p.stack.depth <= 16 ? 1 : p.stack.depth / 12;
  for (std::size_t block = 0; block <= p.stack.depth; block += step) blocks.insert(block);
  return blocks;
}

/// "12 transformer blocks of 768,3072,768, gelu, 12 heads, 128 tokens, pre layer norm, branch 1, f32"
std::string title_of(const StackPropagation& p) {
  const auto& o = p.stack.block;
  std::string text = fmt::format("{} {} blocks of {}", p.stack.depth, p.block, fmt::join(o.widths, ","));
  if (o.block != network::Block::attention) text += ", " + p.activation;
  if (p.stack.tokens > 1) text += fmt::format(", {} heads, {} tokens", o.attention.heads, p.stack.tokens);
  if (p.stack.batch > 1) text += fmt::format(", {} samples", p.stack.batch);
  text += p.norm == "none" ? ", no norm" : fmt::format(", {} {} norm", p.norm_place, p.norm);
  return text + fmt::format(", branch {}, {}", p.branch_scale, p.dtype);
}

/// Which law stands beside the runs, or why there is none.
std::string_view basis_of(const StackPropagation& p) {
  if (p.law) return "law of infinite width by quadrature";
  const auto none = experiment::no_law(p.stack);
  if (!none) return "no law: it leaves the range of its quadrature";
  return *none == experiment::NoLaw::batch_norm ? "no closed law of batch norm, so the runs alone"
                                                : "no closed law of causal attention, so the runs alone";
}

double growth_of(const StackPropagation& p) {
  return (experiment::typical_log_rms(p.runs, p.stack.depth) - experiment::typical_log_rms(p.runs, 0)) /
         static_cast<double>(p.stack.depth);
}

std::string growth_text(const StackPropagation& p) {
  const double back = experiment::median_log_gradient(p.runs, 0) / static_cast<double>(p.stack.depth);
  if (!std::isfinite(growth_of(p)) || !std::isfinite(back)) return {};
  return fmt::format("A block multiplies the signal's RMS by {} and the gradient's by {}.\n", show_log(growth_of(p)),
                     show_log(back));
}

/// Tokens, or the rows of a batch, that end up alike, whatever they were.
std::string collapse_text(const StackPropagation& p) {
  constexpr double alike = 0.9;
  const double end = mean_of(p.runs, p.stack.depth, &LayerState::correlation);
  const double start = mean_of(p.runs, 0, &LayerState::correlation);
  if (!(end > alike) || start > alike) return {};
  return fmt::format("{} collapse: the mean cosine between them is {} at the end, {} at the start.\n",
                     p.stack.tokens > 1 ? "Tokens" : "Rows", compact(end, 3), compact(start, 3));
}

std::string_view name_of(experiment::StackFault fault) {
  switch (fault) {
    case experiment::StackFault::branch_scale:
      return "Branches are not scaled; with --branch-scale 1/sqrt(2L)";
    case experiment::StackFault::norm_after_sum:
      return "The norm stands after the sum; with --norm-place pre";
    case experiment::StackFault::score_scale:
      return "Scores are not divided by √d; with --score-scale 1/sqrt(d)";
    case experiment::StackFault::packed_gate:
      return "The gate's fans are those of one packed matrix; without --packed-gate";
  }
  return {};
}

/// What each known fault does, beside the law without it.
std::string faults_text(const StackPropagation& p) {
  std::string text;
  const auto shown = [](double log) { return std::isnan(log) ? std::string("not finite") : show_log(log); };
  for (const auto& [fault, is, mended] : experiment::named_faults(p)) {
    text +=
        fmt::format("{} the signal would grow by {} instead of {}, the gradient by {} instead of {}", name_of(fault),
                    shown(mended.growth), shown(is.growth), shown(mended.gradient), shown(is.gradient));
    if (!std::isnan(mended.correlation)) {
      text += fmt::format(", and the cosine end at {} instead of {}", compact(mended.correlation, 3),
                          compact(is.correlation, 3));
    }
    text += ".\n";
  }
  return text;
}

std::string advice(const StackPropagation& p) {
  const experiment::Verdict verdict = p.verdict();
  const auto& o = p.stack.block;
  if (verdict.holds()) return {};
  const bool normed = o.norm != network::BlockNorm::none, scaled = o.branch_scale != 1 || o.skip_scale != 1;
  if (normed && o.place == NormPlace::post && !scaled) {
    return "A norm after the sum divides every gradient that passes the block: --norm-place pre, or --branch-scale "
           "deepnet.\n";
  }
  if (!normed) {
    return fmt::format("Nothing holds what a branch adds: --norm {} --norm-place pre{}.\n",
                       o.block == network::Block::conv || o.block == network::Block::bottleneck ? "batch" : "layer",
                       scaled ? "" : ", or --branch-scale 1/sqrt(2L) and a gain of about 1");
  }
  return scaled ? "Branches are too strong: a smaller --branch-scale, or a smaller --gain.\n"
                : "Branches add up: --branch-scale 1/sqrt(2L), or rezero.\n";
}

}  // namespace

std::string stack_text(const StackPropagation& p, bool all) {
  Table table{.title = fmt::format("{}, gain {}, {}", p.name, compact(p.gain), title_of(p)),
              .columns = columns_of(p),
              .rows = {}};
  for (const std::size_t block : chosen_blocks(p, all)) table.rows.push_back(block_row(p, block));
  return fmt::format("Verdict: {}; {} run{} in {}, {}.\n{}\n{}\n{}{}{}", verdict_text(p.verdict(), "block"),
                     p.runs.size(), p.runs.size() == 1 ? "" : "s", p.dtype, basis_of(p), faults_text(p),
                     to_markdown(table), growth_text(p), collapse_text(p), advice(p));
}

std::string comparison_text(const std::vector<StackPropagation>& propagations) {
  Table table{.title = "Initialisers compared: " + title_of(propagations.front()),
              .columns = {"init", "gain", "verdict", "RMS at the end", "growth a block", "gradients", "correlation"},
              .rows = {}};
  for (const StackPropagation& p : propagations) {
    const double log_rms = experiment::typical_log_rms(p.runs, p.stack.depth);
    table.rows.push_back({p.name, compact(p.gain), short_verdict(p.verdict(), "block"),
                          std::isnan(log_rms) ? "not finite" : show_log(log_rms), show_log(growth_of(p)),
                          show_log(experiment::median_log_gradient(p.runs, 0)),
                          compact(mean_of(p.runs, p.stack.depth, &LayerState::correlation), 3)});
  }
  return to_markdown(table);
}

}  // namespace sqrtn::report
