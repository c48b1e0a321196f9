#include "command/propagate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>

#include "command/command.hpp"
#include "command/options.hpp"
#include "command/steps.hpp"
#include "libraries/children.hpp"
#include "report/page_charts.hpp"
#include "report/page_parts.hpp"
#include "report/summary.hpp"
#include "sqrtn/init/structured.hpp"
#include "sqrtn/support/parallel.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

struct PropagateOptions {
  std::size_t width = 512, depth = 100, batch = 1, replicates = 20;
  std::string init = "he_normal", activation = "relu", weights = "fresh", norm = "none", gain, dtype = "f32";
  std::vector<std::string> compare;
  std::string blas = "openblas", json, plot;
  std::uint64_t seed = 1;
  unsigned threads = 0;
  bool residual = false, all_layers = false;
};

template <class Value>
Value choose(const std::string& option, const std::string& text,
             const std::vector<std::pair<std::string, Value>>& choices) {
  std::string names;
  for (const auto& [name, value] : choices) {
    if (name == text) return value;
    names += (names.empty() ? "" : ", ") + name;
  }
  throw std::invalid_argument(fmt::format("{} takes {}, got '{}'", option, names, text));
}

void check_size(const char* option, std::size_t value, std::size_t most) {
  require(value >= 1 && value <= most, "{} must be from 1 to {}, got {}", option, most, value);
}

/// The law of the weights: a rule's, or Haar matrices.
void choose_weights(Propagation& p, const PropagateOptions& options, const std::string& init) {
  std::optional<double> gain;
  if (!options.gain.empty()) gain = parse_gain(options.gain);
  const init::StructuredRule* structured = init::find_structured(init);
  if (structured == nullptr) {
    const init::Rule& rule = init::find_rule(init);
    p.name = rule.name;
    p.gain = gain.value_or(rule.default_gain);
    p.chain.weights = init::distribution(rule, {options.width, options.width}, {.gain = gain});
    return;
  }
  require(structured->structure == init::Structure::orthogonal,
          "'{}' is not for square chains; take a rule as he_normal, or orthogonal", init);
  p.name = structured->name;
  p.gain = gain.value_or(1);
  init::check_structured(*structured, {options.width, options.width}, 1, p.gain);
  const double flop = 4 * std::pow(static_cast<double>(options.width), 3) *
                      static_cast<double>(options.replicates * (p.chain.shared ? 1 : options.depth));
  require(flop <= 1e14,
          "orthogonal weights of --width {} for {} replicates take {:.2g} FLOP; take a smaller width, "
          "depth or --replicates",
          options.width, options.replicates, flop);
  p.chain.orthogonal = true;
  p.chain.weights = {init::Law::normal, p.gain * p.gain / static_cast<double>(options.width)};
}

/// The chain of one initialiser; everything that can be wrong is found here, before any work.
Propagation understand(const PropagateOptions& options, const std::string& init) {
  check_size("--width", options.width, 1'000'000);
  check_size("--depth", options.depth, 100'000);
  check_size("--batch", options.batch, 65'536);
  check_size("--replicates", options.replicates, 1'000'000);
  require(options.dtype == "f32" || options.dtype == "f64", "unknown dtype '{}'; known: f32, f64", options.dtype);
  Propagation p;
  p.dtype = options.dtype;
  p.chain.width = options.width;
  p.chain.depth = options.depth;
  p.chain.batch = options.batch;
  p.chain.activation = &init::find_activation(options.activation);
  p.chain.shared = choose<bool>("--weights", options.weights, {{"fresh", false}, {"shared", true}});
  p.chain.norm = choose<experiment::Norm>(
      "--norm", options.norm,
      {{"none", experiment::Norm::none}, {"batch", experiment::Norm::batch}, {"layer", experiment::Norm::layer}});
  p.chain.residual = options.residual;
  choose_weights(p, options, init);
  require(p.chain.norm != experiment::Norm::batch || p.chain.batch >= 2,
          "--norm batch needs --batch 2 or more, got {}: a single row would always become 0", p.chain.batch);
  return p;
}

/// Every thread holds a weight and two batches; the law may be simulated in double. Every run keeps what
/// became of each layer.
void require_memory(const PropagateOptions& options) {
  const double threads = options.threads > 0 ? options.threads : available_threads();
  const double width = static_cast<double>(options.width);
  const double layers = static_cast<double>(options.replicates + 400) * static_cast<double>(options.depth + 1);
  const double needed =
      threads * 8 * width * (width + 2 * static_cast<double>(options.batch)) + layers * sizeof(experiment::LayerState);
  const double memory = static_cast<double>(describe_environment().memory_bytes);
  require(memory == 0 || needed < 0.8 * memory,
          "--width {}, --batch {}, --depth {} and --replicates {} need {:.3g} GiB on {} threads, of {:.3g} GiB here; "
          "take a smaller width, fewer replicates or --threads 1",
          options.width, options.batch, options.depth, options.replicates, needed / 0x1p30, threads, memory / 0x1p30);
}

template <class T>
void draw_weights(const Propagation& p, const random::Stream& stream, std::span<T> out) {
  if (p.chain.orthogonal) {
    const std::size_t n = p.chain.width;
    init::initialise_structured<T>(*init::find_structured(p.name), {n, n}, 1, p.gain, stream, out);
  } else {
    init::initialise<T>(p.chain.weights, stream, out);
  }
}

/// The live line: so many weights of all that the measured chains need.
class DrawProgress {
 public:
  DrawProgress(const Propagation& p, std::size_t runs)
      : progress_("propagate " + p.name),
        total_(static_cast<double>(runs * (p.chain.shared ? 1 : p.chain.depth))),
        text_(fmt::format("{} × {} layers", runs, p.chain.depth)) {}
  void count() {
    const std::lock_guard lock(mutex_);
    progress_.update(std::min(1.0, ++drawn_ / total_), text_);
  }

 private:
  std::mutex mutex_;
  Progress progress_;
  double total_, drawn_ = 0;
  std::string text_;
};

template <class T>
void run_chains_of(Propagation& p, const PropagateOptions& options, const blas::Functions& blas) {
  DrawProgress progress(p, options.replicates);
  const auto draw = [&](const random::Stream& stream, std::span<T> out) {
    draw_weights<T>(p, stream, out);
    progress.count();
  };
  const random::Stream stream{random::Engine::ars, options.seed, random::stream_of("propagate/" + p.name), 0};
  p.runs = experiment::run_chains<T>(p.chain, blas, stream, options.replicates, options.threads, draw);
}

void propagate_one(Propagation& p, const PropagateOptions& options, const blas::Functions& blas) {
  const random::Stream law{random::Engine::ars, options.seed, random::stream_of("propagate/law/" + p.name), 0};
  const auto draw = [&](const random::Stream& stream, std::span<double> out) { draw_weights<double>(p, stream, out); };
  p.forecast = experiment::forecast(p.chain, blas, law, options.threads, draw);
  if (p.dtype == "f32") {
    run_chains_of<float>(p, options, blas);
  } else {
    run_chains_of<double>(p, options, blas);
  }
}

/// All chains in one picture, which says where they come from.
void draw(const results::Document& document, const std::string& path) {
  report::Chart chart = report::chain_charts({{.label = "", .document = &document}}).front();
  chart.description = fmt::format("{}. {}", report::provenance_line(document), chart.description);
  write_file(path, report::svg_file(chart));
}

int propagate(const PropagateOptions& options, const std::vector<std::string>& command) {
  std::vector<Propagation> all;
  if (options.compare.empty()) all.push_back(understand(options, options.init));
  for (const std::string& init : options.compare) all.push_back(understand(options, init));
  require_memory(options);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) require(all[i].name != all[j].name, "--compare names '{}' twice", all[i].name);
  }
  require(!same_file(options.plot, options.json), "--plot and --json both name '{}'; give each a file of its own",
          options.plot);
  if (!options.json.empty()) require_writable(options.json);
  if (!options.plot.empty()) {
    require(options.plot.ends_with(".svg"), "--plot writes .svg, got '{}'", options.plot);
    require_writable(options.plot);
  }

  const blas::Backend backend = libraries::load_library(options.blas);
  backend.set_threads(1);
  results::Document document = make_document(backend, command, options.seed, {}, {});
  for (std::size_t i = 0; i < all.size(); ++i) {
    propagate_one(all[i], options, backend.functions());
    document.propagation.push_back(record_of(all[i]));
  }
  const std::string text = all.size() == 1 ? propagation_text(all[0], options.all_layers) : comparison_text(all);
  deliver(document, options.json, text);
  // The picture comes last: what was computed is safe by then.
  if (!options.plot.empty()) draw(document, options.plot);
  return all_well;
}

constexpr const char* propagate_examples =
    R"(Columns: the law's RMS and the interval that holds 99 % of runs; the geometric mean over the runs that were
computed, and its deviation from the law in standard errors; entries that are 0; units where |φ'| < 0.01; χ₁, the
factor of a gradient's square.
Examples:
  sqrtn propagate --init normal --activation identity              explodes: the first infinite layer
  sqrtn propagate --init normal --gain 0.01 --activation identity  vanishes
  sqrtn propagate --activation tanh --gain 1.6667 --replicates 100
  sqrtn propagate --compare normal,glorot_uniform,he_normal --plot chains.svg
  sqrtn propagate --init orthogonal --activation tanh --width 128
  sqrtn propagate --norm batch --batch 32 --gain 5)";

}  // namespace

void add_propagate(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<PropagateOptions>();
  PropagateOptions& o = *options;
  CLI::App* propagate_command = application.add_subcommand(
      "propagate", "Will the signal explode, vanish or hold? Theory layer by layer, beside what the BLAS computes");
  const auto number = [&](const char* name, auto& value, const char* text) {
    propagate_command->add_option(name, value, text)
        ->type_name("N")
        ->check(whole_number_error)
        ->transform(decimal)
        ->capture_default_str();
  };
  const auto word = [&](const char* name, std::string& value, const char* type, const char* text) {
    propagate_command->add_option(name, value, text)->type_name(type)->check(word_error)->capture_default_str();
  };
  number("--width", o.width, "Units of every layer");
  number("--depth", o.depth, "Layers");
  number("--batch", o.batch, "Rows of N(0,1) that go through the same weights");
  word("--init", o.init, "RULE", "Initialiser: a rule of 'sqrtn init --list', or orthogonal");
  propagate_command->add_option("--compare", o.compare, "Several initialisers instead of one, separated by commas")
      ->type_name("RULE,...")
      ->delimiter(',');
  word("--activation", o.activation, "NAME", "relu, tanh, gelu, identity, ...");
  word("--weights", o.weights, "fresh|shared", "New weights in each layer, or one matrix for all");
  word("--norm", o.norm, "none|batch|layer", "Normalisation before the activation");
  propagate_command->add_flag("--residual", o.residual, "x + f(x) instead of f(x)");
  word("--gain", o.gain, "G", "Number, or an activation whose gain keeps the mean square; default the rule's own");
  number("--replicates", o.replicates, "Runs to compute");
  word("--dtype", o.dtype, "f32|f64", "Type of weights and signal");
  number("--threads", o.threads, "Threads; 0: all available");
  number("--seed", o.seed, "Seed of every draw");
  word("--blas", o.blas, "NAME_OR_PATH",
       "The BLAS: openblas, blis, atlas, reference, mkl, a name of `sqrtn backends`, a SONAME or a path");
  word("--plot", o.plot, "FILE", "Draw the law's band and the measurement, as .svg");
  word("--json", o.json, "FILE", "Also write the results as JSON; '-' is standard output, with nothing else");
  propagate_command->add_flag("--all-layers", o.all_layers, "Show every layer in the table");
  propagate_command->footer(propagate_examples);
  propagate_command->callback([options, propagate_command, &chosen] {
    chosen = [options, propagate_command] { return propagate(*options, command_line(*propagate_command)); };
  });
}

}  // namespace sqrtn::command
