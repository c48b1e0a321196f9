#include <memory>

#include "command/command.hpp"
#include "command/options.hpp"
#include "command/steps.hpp"
#include "libraries/children.hpp"
#include "report/chain_text.hpp"
#include "report/page_charts.hpp"
#include "report/page_parts.hpp"
#include "report/summary.hpp"
#include "results/propagation.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

struct PropagateOptions {
  experiment::ChainOptions chain;
  std::string init = "he_normal", gain, blas = "openblas", json, plot;
  std::vector<std::string> compare;
  bool all_layers = false;
};

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

int propagate(PropagateOptions options, const std::vector<std::string>& command) {
  if (!options.gain.empty()) options.chain.gain = parse_gain(options.gain);
  if (options.compare.empty()) options.compare = {options.init};
  std::vector<experiment::Propagation> all = experiment::understand(options.chain, options.compare);
  check_outputs(options);
  const blas::Backend backend = libraries::load_library(options.blas);
  backend.set_threads(1);
  results::Document document = make_document(backend, command, options.chain.seed, {}, {});
  for (experiment::Propagation& one : all) {
    experiment::propagate(one, options.chain, backend.functions());
    document.propagation.push_back(results::record_of(one));
  }
  deliver(document, options.json,
          all.size() == 1 ? report::propagation_text(all[0], options.all_layers) : report::comparison_text(all));
  // The picture comes last: what was computed is safe by then.
  if (!options.plot.empty()) draw(document, options.plot);
  return all_well;
}

constexpr const char* propagate_examples =
    "Columns: the law's RMS and the interval that holds 99 % of runs; the geometric mean over the runs that were "
    "computed, and its deviation from the law in standard errors; entries that are 0; units where |φ'| < 0.01; χ₁, "
    "the factor of a gradient's square.\n"
    R"(Examples:
  sqrtn propagate --init normal --activation identity  explodes
  sqrtn propagate --init normal --gain 0.01 --activation identity  vanishes
  sqrtn propagate --activation tanh --gain 1.6667 --replicates 100
  sqrtn propagate --compare normal,glorot_uniform,he_normal --plot chains.svg
  sqrtn propagate --init orthogonal --activation tanh --width 128
  sqrtn propagate --norm batch --batch 32 --gain 5)";

}  // namespace

void add_propagate(CLI::App& application, Action& chosen) {
  using Most = experiment::MostOfChain;
  auto options = std::make_shared<PropagateOptions>();
  PropagateOptions& o = *options;
  CLI::App* propagate_command = application.add_subcommand(
      "propagate", "Will the signal explode, vanish or hold? Theory layer by layer, beside what the BLAS computes");
  const auto number = [&](const char* name, auto& value, WholeNumbers range, const char* text) {
    add_whole_number(*propagate_command, name, value, text, range)->type_name("N")->capture_default_str();
  };
  const auto word = [&](const char* name, std::string& value, const char* type, const char* text) {
    propagate_command->add_option(name, value, text)->type_name(type)->check(word_error)->capture_default_str();
  };
  number("--width", o.chain.width, {1, Most::width}, "Units of every layer");
  number("--depth", o.chain.depth, {1, Most::depth}, "Layers");
  number("--batch", o.chain.batch, {1, Most::batch}, "Rows of N(0,1) that go through the same weights");
  word("--init", o.init, "RULE", "Initialiser: a rule of 'sqrtn init --list', or orthogonal");
  propagate_command->add_option("--compare", o.compare, "Several initialisers instead of one, separated by commas")
      ->type_name("RULE,...")
      ->delimiter(',')
      ->excludes("--init");
  word("--activation", o.chain.activation, "NAME", "relu, tanh, gelu, identity, ...");
  word("--weights", o.chain.weights, "fresh|shared", "New weights in each layer, or one matrix for all");
  word("--norm", o.chain.norm, "none|batch|layer", "Normalisation before the activation");
  propagate_command->add_flag("--residual", o.chain.residual, "x + f(x) instead of f(x)");
  word("--gain", o.gain, "G", "Number, or an activation whose gain keeps the mean square; default the rule's own");
  number("--replicates", o.chain.replicates, {1, Most::replicates}, "Runs to compute");
  word("--dtype", o.chain.dtype, "f32|f64", "Type of weights and signal");
  number("--threads", o.chain.threads, thread_counts, "Threads; 0: all available");
  number("--seed", o.chain.seed, {}, "Seed of every draw");
  add_blas(*propagate_command, o.blas)->check(word_error);
  add_file(*propagate_command, "--plot", o.plot, "Draw the law's band and the measurement, as .svg");
  add_json(*propagate_command, o.json);
  propagate_command->add_flag("--all-layers", o.all_layers, "Show every layer in the table");
  propagate_command->footer(propagate_examples);
  propagate_command->callback([options, propagate_command, &chosen] {
    chosen = [options, propagate_command] { return propagate(*options, command_line(*propagate_command)); };
  });
}

}  // namespace sqrtn::command
