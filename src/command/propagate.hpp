#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "experiment/forecast.hpp"
#include "results/chain.hpp"

/// One initialiser sent through the chain, and how it is told.
namespace sqrtn::command {

struct Propagation {
  std::string name;  ///< of the initialiser
  experiment::Chain chain;
  double gain = 1;  ///< that the initialiser was given, or its own
  std::string dtype;
  experiment::Forecast forecast;
  std::vector<std::vector<experiment::LayerState>> runs;

  /// Of a field over the runs.
  [[nodiscard]] double mean(std::size_t layer, double experiment::LayerState::*field) const;
  /// Over the runs, ln of the geometric mean of the RMS; NaN if any run is not finite there, −∞ if one is 0.
  [[nodiscard]] double log_rms(std::size_t layer) const;
  [[nodiscard]] experiment::Course course() const;
};

/// "100 layers of 512, relu, fresh weights, gain 1.41421, f32": what a table or picture is of.
std::string title_of(const Propagation& propagation);

std::string_view name_of(experiment::Norm norm);

/// The table by layer, chosen layers unless `all`, then the verdict and the advice.
std::string propagation_text(const Propagation& propagation, bool all);

/// One line an initialiser.
std::string comparison_text(const std::vector<Propagation>& propagations);

/// For the document.
results::ChainRecord record_of(const Propagation& propagation);

}  // namespace sqrtn::command
