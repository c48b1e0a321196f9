#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "experiment/band.hpp"
#include "experiment/layer_state.hpp"

/// Whether a network holds its signal and its gradients, judged by the middle one of its runs.
namespace sqrtn::experiment {

/// Of each run the layers 0, the input, to depth.
using Runs = std::vector<std::vector<LayerState>>;

/// How a signal or a gradient ends.
enum class Fate {
  holds,
  explodes,  ///< the RMS passes `within` times that of its start, or is no longer finite
  vanishes,  ///< the RMS falls below 1/within of it, or is 0
};

struct Course {
  Fate fate = Fate::holds;
  std::size_t layer = 0;  ///< the first at which it is so, on its way; the last of them if it holds
};

inline constexpr double default_within = 1000;

/// From the logarithms of the RMS in the order in which they are met; NaN means not finite.
Course course(const std::vector<double>& log_rms, double within = default_within);

struct Verdict {
  Course signal;                   ///< from the input on
  std::optional<Course> gradient;  ///< from the last layer to the input; none where the signal is lost
  double within = default_within;
  [[nodiscard]] bool holds() const { return signal.fate == Fate::holds && gradient && gradient->fate == Fate::holds; }
};

/// Throws: std::invalid_argument unless within > 1.
Verdict verdict_of(const Runs& runs, double within = default_within);

/// ln of the geometric mean of the RMS over the runs that are neither 0 nor infinite at that layer; but NaN if the
/// middle run is not finite, and −∞ if it is 0.
double typical_log_rms(const Runs& runs, std::size_t layer);

/// LayerState::log_gradient of the middle one of the runs in which there is one; NaN if there is none.
double median_log_gradient(const Runs& runs, std::size_t layer);

/// Mean of a field over the runs in which it is no NaN; NaN if it always is.
double mean_of(const Runs& runs, std::size_t layer, double LayerState::*field);

/// band_of the runs in which the field is finite.
Band band_over(const Runs& runs, std::size_t layer, double LayerState::*field);

}  // namespace sqrtn::experiment
