#include "command/propagate_options.hpp"

#include "command/options.hpp"

namespace sqrtn::command {
namespace {

constexpr const char* propagate_examples =
    "Columns: the law's RMS and the interval that holds 99 % of runs (or the share that its head names); the geometric "
    "mean over the runs that were computed, and its deviation from the law in standard errors; entries that are 0; "
    "units where |φ'| < 0.01; χ₁, the factor of a gradient's square in an infinitely wide layer; the gradient's RMS "
    "over that at the last layer, of the middle run, and the law's interval; the mean cosine between rows.\n"
    "--block repeats a block, x + s·f(x), instead of single layers. Its law is that of infinite width, but for batch "
    "norm and causal attention, which have none. Intervals are those of the runs themselves, from the smallest to the "
    "largest or a little inside, and their head says which share of runs they hold: 99 % from --replicates 199 on. "
    "Below the "
    "verdict stand the usual faults, where they show, beside the law without each.\n"
    "--model sends an ONNX graph (opset 7 to 22) forward, with the weights of its file or drawn by --init, one input a "
    "run, and a gradient back. Judged are the nodes that every path leads through; the verdict names the node that has "
    "no derivative here, if one stops the gradient.\n"
    R"(Examples:
  sqrtn propagate --init normal --activation identity  explodes
  sqrtn propagate --init normal --gain 0.01 --activation identity  vanishes
  sqrtn propagate --activation tanh --gain 1.6667 --replicates 100
  sqrtn propagate --compare normal,glorot_uniform,he_normal --plot chains.svg
  sqrtn propagate --init orthogonal --activation tanh --width 128
  sqrtn propagate --norm batch --batch 32 --gain 5  gradients explode
  sqrtn propagate --block transformer --depth 12 --width 768 --norm layer
      --activation gelu --init normal --gain 0.02
  sqrtn propagate --block mlp --widths 256,1024,256 --depth 48 --norm layer
      --activation swiglu --branch-scale '1/sqrt(2L)'
  sqrtn propagate --init normal --gain 0.02 --activation tanh --depth 4
      --widths-sweep 128,256,512,1024
  sqrtn propagate --block bottleneck --width 64 --depth 16 --norm batch
      --norm-place inner --batch 4
  sqrtn propagate --model model.onnx --input 4,16 --replicates 200
  sqrtn propagate --model model.onnx --compare file,he_normal)";

void add_width_options(CLI::App& command, PropagateOptions& o) {
  add_whole_number(command, "--width", o.chain.width, "Units of every layer", {1, experiment::MostOfChain::width})
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--widths-sweep", o.widths_sweep, "Several widths: do signal, logits and gradients depend on it?")
      ->type_name("N,N,...")
      ->check(word_error)
      ->excludes("--width");
  command
      .add_option("--within-exponent", o.within_exponent,
                  "Of several widths: what holds is RMS ∝ width^e with e from -E to E")
      ->type_name("E")
      ->check(number_between(1e-6, 10))
      ->needs("--widths-sweep")
      ->capture_default_str();
}

void add_chain_options(CLI::App& command, PropagateOptions& o) {
  using Most = experiment::MostOfChain;
  const auto number = [&](const char* name, auto& value, WholeNumbers range, const char* text) {
    add_whole_number(command, name, value, text, range)->type_name("N")->capture_default_str();
  };
  const auto word = [&](const char* name, std::string& value, const char* type, const char* text) {
    command.add_option(name, value, text)->type_name(type)->check(word_error)->capture_default_str();
  };
  add_width_options(command, o);
  number("--depth", o.chain.depth, {1, Most::depth}, "Layers, or blocks");
  number("--batch", o.chain.batch, {1, Most::batch}, "Rows of N(0,1), or samples, that go through the same weights");
  command.add_option("--init", o.init, "Initialiser: a rule of 'sqrtn init --list', or orthogonal; default he_normal")
      ->type_name("RULE")
      ->check(word_error);
  command.add_option("--compare", o.compare, "Several initialisers instead of one, separated by commas")
      ->type_name("RULE,...")
      ->delimiter(',')
      ->excludes("--init")
      ->excludes("--widths-sweep");
  word("--activation", o.chain.activation, "NAME", "relu, tanh, gelu, sin, ...; in blocks swiglu, geglu, softmax too");
  word("--weights", o.chain.weights, "fresh|shared", "New weights in each layer, or one matrix for all");
  word("--norm", o.chain.norm, "none|batch|layer|rms", "Normalisation before the activation, or as --norm-place says");
  command.add_flag("--residual", o.chain.residual, "x + f(x) instead of f(x), for single layers");
  word("--gain", o.gain, "G", "Number, or an activation whose gain keeps the mean square; default the rule's own");
  command
      .add_option("--within", o.chain.within,
                  "What holds changes its RMS by this factor at most: the signal from the first layer on, the gradient "
                  "from the last")
      ->type_name("F")
      ->check(number_between(1.001, 1e300))
      ->capture_default_str();
  number("--replicates", o.chain.replicates, {1, Most::replicates}, "Runs to compute");
  word("--dtype", o.chain.dtype, "f32|f64", "Type of weights and signal");
  number("--threads", o.chain.threads, thread_counts, "Threads; 0: all available");
  number("--seed", o.chain.seed, {}, "Seed of every draw");
}

/// A graph from a file decides what the options of chains and blocks say.
void add_graph_options(CLI::App& command, PropagateOptions& o) {
  CLI::Option* model =
      command.add_option("--model", o.graph.model, "Send an ONNX graph forward instead, and a gradient back");
  model->type_name("FILE.onnx")->check(word_error);
  for (const char* other : {"--width", "--widths-sweep", "--depth", "--activation", "--weights", "--norm", "--residual",
                            "--dtype", "--block"}) {
    model->excludes(command.get_option(other));
  }
  command
      .add_option("--input", o.graph.inputs,
                  "Shape of the first input, or NAME=N,...; open first axes are --batch, real entries N(0,1)")
      ->type_name("N,N,...")
      ->check(word_error)
      ->needs(model)
      ->take_all();
}

/// Without --block they mean nothing.
void add_block_options(CLI::App& command, PropagateOptions& o) {
  using Most = experiment::MostOfStack;
  CLI::Option* block = command.add_option("--block", o.block.block, "Repeat this block instead of single layers");
  block->type_name("mlp|attention|transformer|conv|bottleneck")->check(word_error);
  const auto of_block = [&](CLI::Option* option) { return option->needs(block); };
  const auto word = [&](const char* name, std::string& value, const char* type, const char* text) {
    of_block(command.add_option(name, value, text)->type_name(type)->check(word_error)->capture_default_str());
  };
  word("--norm-place", o.block.norm_place, "pre|post|sandwich|inner", "Where a block's norm stands");
  word("--branch-scale", o.block.branch_scale, "S",
       "s of x + s·f(x): a number, 1/sqrt(2L), 1/sqrt(L), rezero, deepnet");
  word("--widths", o.block.widths, "N,N,N", "Widths inside a block, which end as they begin");
  command.get_option("--widths")->excludes("--width")->excludes("--widths-sweep");
  of_block(add_whole_number(command, "--heads", o.block.heads, "Heads of attention; 0: width/64", {0, Most::heads}))
      ->type_name("N");
  of_block(add_whole_number(command, "--tokens", o.block.tokens, "Tokens of a sample; 0: 128", {0, Most::tokens}))
      ->type_name("N");
  of_block(command.add_flag("--causal", o.block.causal, "A token sees none behind it"));
  word("--score-scale", o.block.score_scale, "S", "Of the products of queries and keys: a number, 1/sqrt(d) or 1/d");
  of_block(command.add_flag("--packed-gate", o.block.packed_gate, "Both halves of a gate by the fans of one matrix"));
  of_block(add_whole_number(command, "--side", o.block.side, "Height and width of images", {1, Most::side}))
      ->type_name("N")
      ->capture_default_str();
  of_block(command.add_option("--embedding", o.block.embedding, "Deviation of the input's entries"))
      ->type_name("S")
      ->check(number_between(1e-30, 1e30))
      ->capture_default_str();
}

}  // namespace

std::vector<std::string> PropagateOptions::initialisers() const {
  if (!compare.empty()) return compare;
  if (!init.empty()) return {init};
  return {graph.model.empty() ? "he_normal" : std::string(experiment::file_weights)};
}

void add_propagate_options(CLI::App& command, PropagateOptions& options) {
  add_chain_options(command, options);
  add_block_options(command, options);
  add_graph_options(command, options);
  add_blas(command, options.blas)->check(word_error);
  add_file(command, "--plot", options.plot, "Draw the law's band and the measurement, as .svg");
  add_json(command, options.json);
  command.add_flag("--all-layers", options.all_layers, "Show every layer in the table");
  command.footer(propagate_examples);
}

}  // namespace sqrtn::command
