#include "command/init_options.hpp"

#include "command/options.hpp"

namespace sqrtn::command {
namespace {

constexpr const char* init_examples = R"(Examples:
  sqrtn init he_normal 512x256 --seed 1 --output w.npy   of a linear layer
  sqrtn init glorot_uniform 64x3x7x7 --dtype f64         a convolution
  sqrtn init he_normal 512x256 --dtype bf16 --output w.safetensors
  sqrtn init lecun_normal 48x1x5x5 --groups 24 --gain tanh
  sqrtn init xavier_uniform 24x40x3x3 --layer transposed_conv --json -
  sqrtn init orthogonal 512x256 --gain relu --output w.npy
  sqrtn init delta_orthogonal 64x64x3x3                  keeps norms
  sqrtn init he_normal 512x256 --spectral                of spectral norm 1
  sqrtn init --layers layers.txt --output model.safetensors
  sqrtn init --list                                      rules and gains
Each line of layers.txt is a name, a shape and a rule with its options:
  encoder.weight 512x256 he_normal,gain=gelu
  encoder.bias 512 zeros)";

/// Of one weight: how it is drawn.
void add_rule_options(CLI::App& subcommand, InitOptions& options) {
  init::WeightOptions& w = options.weight;
  subcommand.add_option("--layer", w.layer, "What the weight belongs to; by default linear for two axes, else conv")
      ->type_name("linear|conv|transposed_conv");
  add_whole_number(subcommand, "--groups", w.groups,
                   "Groups stacked on the first axis, for fans and dirac (default 1, as frameworks count)");
  subcommand.add_option("--gain", options.gain,
                        "Number, or an activation whose gain keeps the mean square: relu, tanh, ...");
  subcommand.add_option("--mode", w.mode, "Which fan counts, instead of the rule's own")
      ->type_name("fan_in|fan_out|fan_avg");
  subcommand.add_option("--law", w.law, "Law of the entries, instead of the rule's own")
      ->type_name("normal|uniform|truncated_normal");
  subcommand.add_option("--scale", w.scale, "Factor of the variance beside gain^2, instead of the rule's own");
  subcommand.add_flag("--spectral", w.spectral,
                      "Divide by the spectral norm; a convolution is flattened to its first axis x the rest");
}

}  // namespace

void add_init_options(CLI::App& subcommand, InitOptions& options) {
  init::WeightOptions& w = options.weight;
  subcommand.add_option("RULE", w.rule, "he_normal, glorot_uniform, orthogonal, ...; --list explains them");
  subcommand.add_option(
      "SHAPE", w.shape,
      "linear fan_out x fan_in; conv c_out x c_in/groups x k...; transposed_conv c_in x c_out/groups x k...");
  subcommand.add_flag("--list", options.list, "Explain the rules, and the activations with their gains");
  add_whole_number(subcommand, "--seed", w.seed, "Seed")->capture_default_str();
  add_whole_number(subcommand, "--stream", w.stream, "Stream; give every weight of a network its own")
      ->capture_default_str();
  subcommand.add_option("--engine", w.engine, "Generator")->type_name("ars|philox")->capture_default_str();
  subcommand.add_option("--dtype", w.dtype, "Type of the entries; the shorter ones are floats rounded to nearest")
      ->type_name("f16|bf16|f32|f64")
      ->capture_default_str();
  add_whole_number(subcommand, "--threads", w.threads, "Threads; 0: all. Changes no bit of the weight", thread_counts)
      ->capture_default_str();
  add_file(subcommand, "--output", w.output,
           "File to write, .npy or .safetensors by its name; - for .npy on standard output");
  add_file(subcommand, "--json", options.json,
           "Write the summary, or the list, as JSON to a file, or - for standard output");
  add_rule_options(subcommand, options);
  add_file(subcommand, "--layers", options.layers, "File of a model's weights: on each line a name, a shape and a rule")
      ->excludes("RULE", "SHAPE", "--stream", "--layer", "--groups", "--gain", "--mode", "--law", "--scale",
                 "--spectral", "--list");
  subcommand.footer(init_examples);
}

}  // namespace sqrtn::command
