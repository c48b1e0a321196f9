#include <memory>
#include <set>

#include "command/command.hpp"
#include "command/propagate_options.hpp"
#include "command/steps.hpp"
#include "command/values.hpp"
#include "init/rule_text.hpp"
#include "libraries/children.hpp"
#include "report/graph_text.hpp"
#include "report/page_charts.hpp"
#include "report/page_parts.hpp"
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

/// The same network in several widths. All of them are understood before any work.
std::string sweep(PropagateOptions options, const blas::Functions& blas, results::Document& document) {
  const std::vector<std::size_t> widths = experiment::parse_widths("--widths-sweep", options.widths_sweep);
  require(std::set(widths.begin(), widths.end()).size() >= 2, "--widths-sweep needs two different widths, got '{}'",
          options.widths_sweep);
  const std::vector<std::string> initialisers = options.initialisers();
  std::vector<experiment::Networks> networks;
  std::vector<experiment::Runs> runs;
  std::vector<double> readout;
  for (const std::size_t width : widths) {
    options.chain.width = width;
    networks.push_back(experiment::understand(options.chain, options.block, options.graph, initialisers));
    readout.push_back(experiment::log_readout(options.chain, initialisers.front(), width));
  }
  for (experiment::Networks& network : networks) {
    experiment::propagate(network, options.chain, blas);
    results::add_records(network, document.propagation);
    runs.push_back(experiment::first_runs(network));
  }
  return report::sweep_text(initialisers.front() + ", " + results::setting_of(document.propagation.front()), widths,
                            runs, readout, options.chain.within, options.within_exponent);
}

int propagate(PropagateOptions options, const std::vector<std::string>& command) {
  if (!options.gain.empty()) options.chain.gain = init::parse_gain(options.gain);
  experiment::Networks networks =
      experiment::understand(options.chain, options.block, options.graph, options.initialisers());
  check_outputs(options);
  const blas::Backend backend = libraries::load_library(options.blas);
  backend.set_threads(1);
  results::Document document = make_document(backend, command, options.chain.seed, {}, {});
  std::string text;
  if (options.widths_sweep.empty()) {
    experiment::propagate(networks, options.chain, backend.functions());
    results::add_records(networks, document.propagation);
    text = report::networks_text(networks, options.all_layers);
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
