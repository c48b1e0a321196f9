#include <fmt/format.h>

#include <cctype>
#include <memory>

#include "command/command.hpp"
#include "command/options.hpp"
#include "command/usage.hpp"
#include "init/weight.hpp"
#include "report/weights.hpp"
#include "results/document.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

struct InitOptions {
  init::WeightOptions weight;
  std::string gain, json;
  bool list = false;
};

/// Text on standard output, unless something else goes there.
int show(const InitOptions& options, const std::string& text, const nlohmann::ordered_json& json) {
  const bool standard_output_is_free = options.weight.output != "-" && options.json != "-";
  if (!standard_output_is_free) fmt::print(stderr, "{}", text);
  write_each({{standard_output_is_free ? "-" : "", text}, {options.json, results::to_text(json)}});
  return all_well;
}

int draw(const InitOptions& options, const auto& plan) {
  for (const std::string& path : {options.weight.output, options.json}) {
    if (!path.empty()) require_writable(path);
  }
  const auto drawn = init::draw(plan, options.weight);
  return show(options, report::weight_text(plan, drawn), report::weight_json(plan, drawn));
}

int run(InitOptions& options) {
  init::WeightOptions& weight = options.weight;
  require(!same_file(weight.output, options.json),
          "--output and --json both name '{}'; give the summary a file of its own", weight.output);
  if (options.list) return show(options, report::rules_text(), report::rules_json());
  require(!weight.rule.empty() && !weight.shape.empty(),
          "init needs a rule and a shape, as 'sqrtn init he_normal 512x256'; 'sqrtn init --list' explains the rules");
  if (!options.gain.empty()) weight.gain = parse_gain(options.gain);
  const init::StructuredRule* structured = init::find_structured(weight.rule);
  return structured != nullptr ? draw(options, init::plan_matrix(weight, *structured))
                               : draw(options, init::plan_entries(weight));
}

/// A shape such as -1x3 looks like an option to the parser; it is to be refused as a shape.
void take_shape_from(const CLI::App& init, InitOptions& options) {
  for (const std::string& extra : init.remaining()) {
    require(options.weight.shape.empty() && extra.size() > 1 && std::isdigit(static_cast<unsigned char>(extra[1])),
            "{}", unknown_word(init, extra));
    options.weight.shape = extra;
  }
}

constexpr const char* init_examples = R"(Examples:
  sqrtn init he_normal 512x256 --seed 1 --output w.npy   of a linear layer
  sqrtn init glorot_uniform 64x3x7x7 --dtype f64         a convolution
  sqrtn init he_normal 512x256 --dtype bf16 --output w.safetensors
  sqrtn init lecun_normal 48x1x5x5 --groups 24 --gain tanh
  sqrtn init xavier_uniform 24x40x3x3 --layer transposed_conv --json -
  sqrtn init orthogonal 512x256 --gain relu --output w.npy
  sqrtn init delta_orthogonal 64x64x3x3                  keeps norms
  sqrtn init he_normal 512x256 --spectral                of spectral norm 1
  sqrtn init --list                                      rules and gains)";

}  // namespace

void add_init(CLI::App& application, Action& chosen) {
  CLI::App* init = application.add_subcommand("init", "Draw a weight by rule, write it as NumPy file, and measure it");
  auto options = std::make_shared<InitOptions>();
  init::WeightOptions& w = options->weight;
  init->add_option("RULE", w.rule, "he_normal, glorot_uniform, orthogonal, ...; --list explains them");
  init->add_option(
      "SHAPE", w.shape,
      "linear fan_out x fan_in; conv c_out x c_in/groups x k...; transposed_conv c_in x c_out/groups x k...");
  init->add_flag("--list", options->list, "Explain the rules, and the activations with their gains");
  add_whole_number(*init, "--seed", w.seed, "Seed")->capture_default_str();
  add_whole_number(*init, "--stream", w.stream, "Stream; give every weight of a network its own")
      ->capture_default_str();
  init->add_option("--engine", w.engine, "Generator")->type_name("ars|philox")->capture_default_str();
  init->add_option("--dtype", w.dtype, "Type of the entries; the shorter ones are floats rounded to nearest")
      ->type_name("f16|bf16|f32|f64")
      ->capture_default_str();
  init->add_option("--layer", w.layer, "What the weight belongs to; by default linear for two axes, else conv")
      ->type_name("linear|conv|transposed_conv");
  add_whole_number(*init, "--groups", w.groups,
                   "Groups stacked on the first axis, for fans and dirac (default 1, as frameworks count)");
  init->add_option("--gain", options->gain,
                   "Number, or an activation whose gain keeps the mean square: relu, tanh, ...");
  init->add_option("--mode", w.mode, "Which fan counts, instead of the rule's own")
      ->type_name("fan_in|fan_out|fan_avg");
  init->add_option("--law", w.law, "Law of the entries, instead of the rule's own")
      ->type_name("normal|uniform|truncated_normal");
  init->add_option("--scale", w.scale, "Factor of the variance beside gain^2, instead of the rule's own");
  init->add_flag("--spectral", w.spectral,
                 "Divide by the spectral norm; a convolution is flattened to its first axis x the rest");
  add_whole_number(*init, "--threads", w.threads, "Threads; 0: all. Changes no bit of the weight", thread_counts)
      ->capture_default_str();
  add_file(*init, "--output", w.output,
           "File to write, .npy or .safetensors by its name; - for .npy on standard output");
  add_file(*init, "--json", options->json,
           "Write the summary, or the list, as JSON to a file, or - for standard output");
  init->footer(init_examples);
  init->allow_extras();
  init->callback([init, options, &chosen] {
    chosen = [init, options] {
      take_shape_from(*init, *options);
      return run(*options);
    };
  });
}

}  // namespace sqrtn::command
