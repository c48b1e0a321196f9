#include "experiment/initialised_chain.hpp"

#include <fmt/format.h>

#include <cmath>
#include <mutex>

#include "experiment/option_words.hpp"
#include "sqrtn/init/structured.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/require.hpp"
#include "support/environment.hpp"
#include "support/progress.hpp"
#include "support/words.hpp"

namespace sqrtn::experiment {
namespace {

constexpr std::string_view norm_words[] = {"none", "batch", "layer", "rms"};
constexpr std::string_view weight_words[] = {"fresh", "shared"};

void check_size(const char* option, std::size_t value, std::size_t most) {
  require(value >= 1 && value <= most, "{} must be from 1 to {}, got {}", option, most, value);
}

/// Haar matrices, times the gain.
void choose_orthogonal_weights(Propagation& p, const ChainOptions& options, const init::StructuredRule& rule) {
  require(rule.structure == init::Structure::orthogonal,
          "'{}' is not for square chains; take a rule as he_normal, or orthogonal", rule.name);
  p.name = rule.name;
  p.gain = options.gain.value_or(1);
  init::check_structured(rule, {options.width, options.width}, 1, p.gain);
  const double flop = 4 * std::pow(static_cast<double>(options.width), 3) *
                      static_cast<double>(options.replicates * (p.chain.shared ? 1 : options.depth));
  require(flop <= 1e14,
          "orthogonal weights of --width {} for {} replicates take {:.2g} FLOP; take a smaller width, "
          "depth or --replicates",
          options.width, options.replicates, flop);
  p.chain.orthogonal = true;
  p.chain.weights = {init::Law::normal, p.gain * p.gain / static_cast<double>(options.width)};
}

Propagation understand(const ChainOptions& options, const std::string& initialiser) {
  check_sizes(options);
  Propagation p;
  p.dtype = options.dtype;
  p.chain.width = options.width;
  p.chain.depth = options.depth;
  p.chain.batch = options.batch;
  p.chain.residual = options.residual;
  p.chain.gradients = true;
  p.within = options.within;
  constexpr std::string_view of_blocks[] = {"softmax", "swiglu", "geglu", "reglu", "glu"};
  require(std::ranges::find(of_blocks, options.activation) == std::ranges::end(of_blocks),
          "--activation {} takes --block mlp or transformer", options.activation);
  p.chain.activation = &init::find_activation(options.activation);
  p.chain.shared = place_of(options.weights, "--weights", weight_words) == 1;
  p.chain.norm = static_cast<Norm>(place_of(options.norm, "--norm", norm_words));
  if (const init::StructuredRule* structured = init::find_structured(initialiser)) {
    choose_orthogonal_weights(p, options, *structured);
  } else {
    const init::Rule& rule = init::find_rule(initialiser);
    p.name = rule.name;
    p.gain = options.gain.value_or(rule.default_gain);
    p.chain.weights = init::distribution(rule, {options.width, options.width}, {.gain = options.gain});
  }
  require(p.chain.norm != Norm::batch || p.chain.batch >= 2,
          "--norm batch needs --batch 2 or more, got {}: a single row would always become 0", p.chain.batch);
  return p;
}

/// Every thread holds a weight, a few batches, and two of each layer for the way back; the law may be simulated in
/// double. Every run keeps what became of each layer.
void require_memory(const ChainOptions& options) {
  const double threads = options.threads > 0 ? options.threads : available_threads();
  const double width = static_cast<double>(options.width);
  const double depth = static_cast<double>(options.depth), batch = static_cast<double>(options.batch);
  const double states = static_cast<double>(options.replicates + 2000) * (depth + 1);
  const double needed = threads * 8 * width * (width + (2 * depth + 5) * batch) + states * sizeof(LayerState);
  const double memory = static_cast<double>(physical_memory_bytes());
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

/// The live line says how many weights of all that the measured chains need have been drawn.
template <class T>
void run(Propagation& p, const ChainOptions& options, const blas::Functions& blas) {
  // All but the last layer's weights are drawn again for the way back.
  const auto total = static_cast<double>(options.replicates * (p.chain.shared ? 1 : 2 * p.chain.depth - 1));
  const std::string text = fmt::format("{} × {} layers", options.replicates, p.chain.depth);
  std::mutex mutex;
  Progress progress("propagate " + p.name);
  double drawn = 0;
  const auto draw = [&](const random::Stream& stream, std::span<T> out) {
    draw_weights<T>(p, stream, out);
    const std::lock_guard lock(mutex);
    progress.update(std::min(1.0, ++drawn / total), text);
  };
  const random::Stream stream{random::Engine::ars, options.seed, random::stream_of("propagate/" + p.name), 0};
  p.runs = run_chains<T>(p.chain, blas, stream, options.replicates, options.threads, draw);
}

}  // namespace

void check_sizes(const ChainOptions& options) {
  check_size("--width", options.width, MostOfChain::width);
  check_size("--depth", options.depth, MostOfChain::depth);
  check_size("--batch", options.batch, MostOfChain::batch);
  check_size("--replicates", options.replicates, MostOfChain::replicates);
  require(options.within > 1, "--within must be above 1, got {}", options.within);
  require(options.dtype == "f32" || options.dtype == "f64", "unknown dtype '{}'; known: f32, f64", options.dtype);
}

std::string_view to_string(Norm norm) { return word_of(norm, norm_words); }

std::vector<Propagation> understand(const ChainOptions& options, const std::vector<std::string>& initialisers) {
  std::vector<Propagation> all;
  for (const std::string& initialiser : initialisers) all.push_back(understand(options, initialiser));
  require_memory(options);
  for (const Propagation& one : all) {
    require(std::ranges::count(all, one.name, &Propagation::name) == 1, "--compare names '{}' twice", one.name);
  }
  return all;
}

double log_readout(const ChainOptions& options, const std::string& initialiser, std::size_t width) {
  constexpr std::size_t outputs = 10;
  if (init::find_structured(initialiser) != nullptr) return std::log(options.gain.value_or(1));
  const auto law = init::distribution(init::find_rule(initialiser), {width, outputs}, {.gain = options.gain});
  return std::log(static_cast<double>(width) * law.variance) / 2;
}

void propagate(Propagation& p, const ChainOptions& options, const blas::Functions& blas) {
  const random::Stream law{random::Engine::ars, options.seed, random::stream_of("propagate/law/" + p.name), 0};
  const auto draw = [&](const random::Stream& stream, std::span<double> out) { draw_weights<double>(p, stream, out); };
  p.forecast = forecast(p.chain, blas, law, options.threads, draw);
  p.dtype == "f32" ? run<float>(p, options, blas) : run<double>(p, options, blas);
}

}  // namespace sqrtn::experiment
