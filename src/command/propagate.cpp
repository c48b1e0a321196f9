#include <memory>
#include <set>
#include <variant>

#include "command/command.hpp"
#include "command/propagate_options.hpp"
#include "command/steps.hpp"
#include "command/values.hpp"
#include "libraries/children.hpp"
#include "report/chain_text.hpp"
#include "report/page_charts.hpp"
#include "report/page_parts.hpp"
#include "report/stack_text.hpp"
#include "report/summary.hpp"
#include "report/sweep_text.hpp"
#include "results/propagation.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

void check_outputs(const PropagateOptions& options) {
  require(!same_file(options.plot, options.json), "--plot and --json both name '{}'; give each a file of its own",
          options.plot);
  require(options.plot.empty() || options.plot.ends_with(".svg"), "--plot writes .svg, got '{}'", options.plot);
  for (const std::string& path : {options.json, options.plot}) {
    if (!path.empty()) require_writable(path);
  }
}

/// All chains in one picture, which says where they come from.
void draw(const results::Document& document, const std::string& path) {
  report::Chart chart = report::chain_charts({{.label = "", .document = &document}}).front();
  chart.description = fmt::format("{}. {}", report::provenance_line(document), chart.description);
  write_file(path, report::svg_file(chart));
}

using Chains = std::vector<experiment::Propagation>;
using Stacks = std::vector<experiment::StackPropagation>;
using Networks = std::variant<Chains, Stacks>;

Networks understood(const PropagateOptions& o) {
  if (o.block.block == "layer") return experiment::understand(o.chain, o.compare);
  return experiment::understand(o.chain, o.block, o.compare);
}

/// Each initialiser in turn: its runs, and a record of them.
void propagate_all(Networks& networks, const PropagateOptions& options, const blas::Functions& blas,
                   results::Document& document) {
  const auto each = [&](auto& all) {
    for (auto& one : all) {
      experiment::propagate(one, options.chain, blas);
      document.propagation.push_back(results::record_of(one));
    }
  };
  std::visit(each, networks);
}

std::string text_of(const Chains& all, bool all_layers) {
  return all.size() == 1 ? report::propagation_text(all[0], all_layers) : report::comparison_text(all);
}
std::string text_of(const Stacks& all, bool all_layers) {
  return all.size() == 1 ? report::stack_text(all[0], all_layers) : report::comparison_text(all);
}

/// The same network in several widths. All of them are understood before any work.
std::string sweep(PropagateOptions options, const blas::Functions& blas, results::Document& document) {
  const std::vector<std::size_t> widths = experiment::parse_widths("--widths-sweep", options.widths_sweep);
  require(std::set(widths.begin(), widths.end()).size() >= 2, "--widths-sweep needs two different widths, got '{}'",
          options.widths_sweep);
  std::vector<Networks> networks;
  std::vector<experiment::Runs> runs;
  std::vector<double> readout;
  for (const std::size_t width : widths) {
    options.chain.width = width;
    networks.push_back(understood(options));
    readout.push_back(experiment::log_readout(options.chain, options.init, width));
  }
  for (Networks& network : networks) {
    propagate_all(network, options, blas, document);
    runs.push_back(std::visit([](const auto& all) { return all[0].runs; }, network));
  }
  return report::sweep_text(options.init + ", " + results::setting_of(document.propagation.front()), widths, runs,
                            readout, options.chain.within);
}

int propagate(PropagateOptions options, const std::vector<std::string>& command) {
  if (!options.gain.empty()) options.chain.gain = parse_gain(options.gain);
  if (options.compare.empty()) options.compare = {options.init};
  Networks networks = understood(options);
  check_outputs(options);
  const blas::Backend backend = libraries::load_library(options.blas);
  backend.set_threads(1);
  results::Document document = make_document(backend, command, options.chain.seed, {}, {});
  std::string text;
  if (options.widths_sweep.empty()) {
    propagate_all(networks, options, backend.functions(), document);
    text = std::visit([&](const auto& all) { return text_of(all, options.all_layers); }, networks);
  } else {
    text = sweep(options, backend.functions(), document);
  }
  deliver(document, options.json, text);
  // The picture comes last: what was computed is safe by then.
  if (!options.plot.empty()) draw(document, options.plot);
  return all_well;
}

}  // namespace

void add_propagate(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<PropagateOptions>();
  CLI::App* propagate_command = application.add_subcommand(
      "propagate", "Will the signal explode, vanish or hold? Theory layer by layer, beside what the BLAS computes");
  add_propagate_options(*propagate_command, *options);
  propagate_command->callback([options, propagate_command, &chosen] {
    chosen = [options, propagate_command] { return propagate(*options, command_line(*propagate_command)); };
  });
}

}  // namespace sqrtn::command
