#include "experiment/initialised_chain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <mutex>

#include "sqrtn/init/structured.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/require.hpp"
#include "support/environment.hpp"
#include "support/progress.hpp"
#include "support/words.hpp"

namespace sqrtn::experiment {
namespace {

constexpr std::string_view norm_words[] = {"none", "batch", "layer"};
constexpr std::string_view weight_words[] = {"fresh", "shared"};

/// The place of the option's value among those that it takes.
std::size_t place_of(const std::string& value, std::string_view option, std::span<const std::string_view> words) {
  const auto found = std::ranges::find(words, value);
  require(found != words.end(), "{} takes {}, got '{}'", option, fmt::join(words, ", "), value);
  return static_cast<std::size_t>(found - words.begin());
}

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
  check_size("--width", options.width, MostOfChain::width);
  check_size("--depth", options.depth, MostOfChain::depth);
  check_size("--batch", options.batch, MostOfChain::batch);
  check_size("--replicates", options.replicates, MostOfChain::replicates);
  require(options.dtype == "f32" || options.dtype == "f64", "unknown dtype '{}'; known: f32, f64", options.dtype);
  Propagation p;
  p.dtype = options.dtype;
  p.chain.width = options.width;
  p.chain.depth = options.depth;
  p.chain.batch = options.batch;
  p.chain.residual = options.residual;
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

/// Every thread holds a weight and two batches; the law may be simulated in double. Every run keeps what
/// became of each layer.
void require_memory(const ChainOptions& options) {
  const double threads = options.threads > 0 ? options.threads : available_threads();
  const double width = static_cast<double>(options.width);
  const double layers = static_cast<double>(options.replicates + 400) * static_cast<double>(options.depth + 1);
  const double needed =
      threads * 8 * width * (width + 2 * static_cast<double>(options.batch)) + layers * sizeof(LayerState);
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

/// The live line says how many weights of all that the measured chains need have been drawn.
template <class T>
void run(Propagation& p, const ChainOptions& options, const blas::Functions& blas) {
  const auto total = static_cast<double>(options.replicates * (p.chain.shared ? 1 : p.chain.depth));
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

std::string_view to_string(Norm norm) { return word_of(norm, norm_words); }

double Propagation::mean(std::size_t layer, double LayerState::*field) const {
  double sum = 0;
  for (const auto& run : runs) sum += run[layer].*field;
  return sum / static_cast<double>(runs.size());
}

double Propagation::log_rms(std::size_t layer) const { return mean(layer, &LayerState::log_rms); }

Course Propagation::course() const {
  std::vector<double> logs;
  for (std::size_t layer = 0; layer <= chain.depth; ++layer) logs.push_back(log_rms(layer));
  return experiment::course(logs);
}

std::vector<Propagation> understand(const ChainOptions& options, const std::vector<std::string>& initialisers) {
  std::vector<Propagation> all;
  for (const std::string& initialiser : initialisers) all.push_back(understand(options, initialiser));
  require_memory(options);
  for (const Propagation& one : all) {
    require(std::ranges::count(all, one.name, &Propagation::name) == 1, "--compare names '{}' twice", one.name);
  }
  return all;
}

void propagate(Propagation& p, const ChainOptions& options, const blas::Functions& blas) {
  const random::Stream law{random::Engine::ars, options.seed, random::stream_of("propagate/law/" + p.name), 0};
  const auto draw = [&](const random::Stream& stream, std::span<double> out) { draw_weights<double>(p, stream, out); };
  p.forecast = forecast(p.chain, blas, law, options.threads, draw);
  p.dtype == "f32" ? run<float>(p, options, blas) : run<double>(p, options, blas);
}

}  // namespace sqrtn::experiment
