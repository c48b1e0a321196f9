#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sqrtn/experiment/forecast.hpp"
#include "sqrtn/report/plot.hpp"

/// One initialiser sent through the chain, and how it is told.
namespace sqrtn::command {

struct Propagation {
  std::string name;  ///< of the initialiser
  experiment::Chain chain;
  double gain = 1;  ///< that the initialiser was given, or its own
  std::string dtype;
  experiment::Forecast forecast;
  std::vector<std::vector<experiment::LayerState>> runs;

  /// Over the runs, ln of the geometric mean of the RMS; NaN if any run is not finite there, −∞ if one is 0.
  [[nodiscard]] double log_rms(std::size_t layer) const;
  [[nodiscard]] experiment::Course course() const;
};

/// The table by layer, chosen layers unless `all`, then the verdict and the advice.
std::string propagation_text(const Propagation& propagation, bool all);

/// One line an initialiser.
std::string comparison_text(const std::vector<Propagation>& propagations);

nlohmann::ordered_json propagation_json(const Propagation& propagation);

report::Curve curve_of(const Propagation& propagation);

}  // namespace sqrtn::command
