#include "command/init.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "command/command.hpp"
#include "command/options.hpp"
#include "results/document.hpp"
#include "support/output.hpp"

namespace sqrtn::command {

random::Stream stream_of(const InitArguments& arguments) {
  return {random::parse_engine(arguments.engine), arguments.seed, arguments.stream};
}

void check_outputs(const InitArguments& arguments) {
  for (const std::string& path : {arguments.output, arguments.json}) {
    if (!path.empty()) require_writable(path);
  }
}

void check_affordable(const Shape& shape, std::size_t rows, std::size_t cols) {
  constexpr double max_entries = 0x1p30, max_flop = 1e13;
  const double l = static_cast<double>(std::max(rows, cols)), s = static_cast<double>(std::min(rows, cols));
  require(static_cast<double>(element_count(shape)) <= max_entries,
          "{} is held in memory as a whole and has more than 2^30 entries; ask for a smaller weight",
          sqrtn::to_string(shape));
  require(4 * l * s * s <= max_flop,
          "decomposing {} x {} takes about {:.1g} FLOP on one core, more than the limit of {:.0g}; ask for a smaller "
          "weight, at most 13000x13000 if square",
          rows, cols, 4 * l * s * s, max_flop);
}

namespace {

/// Text on standard output, unless something else goes there.
int show(const InitArguments& arguments, const InitReport& report) {
  if (!arguments.json.empty()) write_file(arguments.json, results::to_text(report.json));
  if (arguments.output == "-" || arguments.json == "-") {
    fmt::print(stderr, "{}", report.text);
  } else {
    write_file("-", report.text);
  }
  return all_well;
}

int run(const InitArguments& arguments) {
  require(!same_file(arguments.output, arguments.json),
          "--output and --json both name '{}'; give the summary a file of its own", arguments.output);
  if (arguments.list) return show(arguments, {init_list(), init_list_json()});
  require(!arguments.rule.empty() && !arguments.shape.empty(),
          "init needs a rule and a shape, as 'sqrtn init he_normal 512x256'; 'sqrtn init --list' explains the rules");
  require(arguments.dtype == "f32" || arguments.dtype == "f64", "unknown dtype '{}'; known: f32, f64", arguments.dtype);
  const init::StructuredRule* structured = init::find_structured(arguments.rule);
  return show(arguments, structured != nullptr ? init_structured(arguments, *structured) : init_by_rule(arguments));
}

/// A shape such as -1x3 looks like an option to the parser; it is to be refused as a shape.
void take_shape_from(const CLI::App& init, InitArguments& arguments) {
  for (const std::string& extra : init.remaining()) {
    require(arguments.shape.empty() && extra.size() > 1 && std::isdigit(static_cast<unsigned char>(extra[1])),
            "init does not know '{}'; see 'sqrtn init --help'", extra);
    arguments.shape = extra;
  }
}

constexpr const char* init_examples = R"(Examples:
  sqrtn init he_normal 512x256 --seed 1 --output w.npy   linear weight, fan_out x fan_in
  sqrtn init glorot_uniform 64x3x7x7 --dtype f64         convolution; prints the summary alone
  sqrtn init lecun_normal 48x1x5x5 --groups 24 --gain tanh
  sqrtn init xavier_uniform 24x40x3x3 --layer transposed_conv --json -
  sqrtn init orthogonal 512x256 --gain relu --output w.npy
  sqrtn init delta_orthogonal 64x64x3x3                  convolution that keeps norms
  sqrtn init he_normal 512x256 --spectral                divided by its largest singular value
  sqrtn init --list                                      rules and gains explained)";

}  // namespace

void add_init(CLI::App& application, Action& chosen) {
  CLI::App* init = application.add_subcommand("init", "Draw a weight by rule, write it as NumPy file, and measure it");
  auto arguments = std::make_shared<InitArguments>();
  InitArguments& a = *arguments;
  init->add_option("RULE", a.rule, "he_normal, glorot_uniform, orthogonal, ...; --list explains them");
  init->add_option(
      "SHAPE", a.shape,
      "linear fan_out x fan_in; conv c_out x c_in/groups x k...; transposed_conv c_in x c_out/groups x k...");
  init->add_flag("--list", a.list, "Explain the rules, and the activations with their gains");
  init->add_option("--seed", a.seed, "Seed")->check(whole_number_error)->transform(decimal)->capture_default_str();
  init->add_option("--stream", a.stream, "Stream; give every weight of a network its own")
      ->check(whole_number_error)
      ->transform(decimal)
      ->capture_default_str();
  init->add_option("--engine", a.engine, "Generator: ars or philox")->capture_default_str();
  init->add_option("--dtype", a.dtype, "Type of the entries: f32 or f64")->capture_default_str();
  init->add_option("--layer", a.layer, "linear, conv or transposed_conv; by default linear for two axes, else conv");
  init->add_option("--groups", a.groups,
                   "Groups stacked on the first axis, for fans and dirac (default 1, as frameworks count)")
      ->check(whole_number_error)
      ->transform(decimal);
  init->add_option("--gain", a.gain, "Number, or an activation whose gain keeps the mean square: relu, tanh, ...");
  init->add_option("--mode", a.mode, "fan_in, fan_out or fan_avg instead of the rule's own");
  init->add_option("--law", a.law, "normal, uniform or truncated_normal instead of the rule's own");
  init->add_option("--scale", a.scale, "Factor of the variance beside gain^2, instead of the rule's own");
  init->add_flag("--spectral", a.spectral,
                 "Divide by the spectral norm; a convolution is flattened to its first axis x the rest");
  init->add_option("--threads", a.threads, "Threads; 0: all. Changes no bit of the weight")
      ->check(whole_number_error)
      ->transform(decimal)
      ->capture_default_str();
  init->add_option("--output", a.output, "NumPy file to write, or - for standard output")->check(word_error);
  init->add_option("--json", a.json, "Write the summary, or the list, as JSON to a file, or - for standard output")
      ->check(word_error);
  init->footer(init_examples);
  init->allow_extras();
  init->callback([init, arguments, &chosen] {
    chosen = [init, arguments] {
      take_shape_from(*init, *arguments);
      return run(*arguments);
    };
  });
}

}  // namespace sqrtn::command
