#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiment/forecast.hpp"

/// A chain as `sqrtn propagate` asks for it, by names, and initialisers sent through it.
namespace sqrtn::experiment {

/// What each of them may be at most; at least 1.
struct MostOfChain {
  static constexpr std::size_t width = 1'000'000, depth = 100'000, batch = 65'536, replicates = 1'000'000;
};

struct ChainOptions {
  std::size_t width = 512, depth = 100, batch = 1, replicates = 20;
  std::string activation = "relu", weights = "fresh", norm = "none", dtype = "f32";
  std::optional<double> gain;  ///< else the rule's own
  std::uint64_t seed = 1;
  unsigned threads = 0;  ///< 0: all available
  bool residual = false;
  double within = default_within;  ///< the factor by which a signal or gradient that holds may change; above 1
};

/// The word of --norm.
std::string_view to_string(Norm norm);

/// One initialiser, and what became of the signal.
struct Propagation {
  std::string name;  ///< of the initialiser
  Chain chain;
  double gain = 1;  ///< that the initialiser was given, or its own
  std::string dtype;
  Forecast forecast;
  Runs runs;

  double within = default_within;

  /// ln of the RMS, over the runs: typical_log_rms.
  [[nodiscard]] double log_rms(std::size_t layer) const { return typical_log_rms(runs, layer); }
  [[nodiscard]] Verdict verdict() const { return verdict_of(runs, within); }
};

/// Throws: std::invalid_argument for a size, dtype or factor that no chain or stack may have.
void check_sizes(const ChainOptions& options);

/// The chain of each initialiser, without forecast and runs. Everything that can be wrong is found here, before any
/// work. Throws: std::invalid_argument, in the options' own names.
std::vector<Propagation> understand(const ChainOptions& options, const std::vector<std::string>& initialisers);

/// ln of the factor by which a readout of ten outputs, of `width` inputs and drawn by the same initialiser, changes an
/// RMS: ½·ln(width·variance); 0 for orthogonal rows.
double log_readout(const ChainOptions& options, const std::string& initialiser, std::size_t width);

/// Fills in forecast and runs, with a live line meanwhile; the library should be set to one thread.
void propagate(Propagation& propagation, const ChainOptions& options, const blas::Functions& blas);

}  // namespace sqrtn::experiment
