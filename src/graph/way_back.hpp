#pragma once

#include <functional>
#include <optional>
#include <string>

#include "graph/run.hpp"

/// A gradient sent back through a graph that has run.
namespace sqrtn::graph {

/// Where the way back ends early.
struct Stop {
  std::size_t step = 0;
  std::string why;  ///< a refusal of the derivative, or empty: there is none
};

/// Is told of each gradient as it is whole, by the slot of its value: what it was divided by is e^log_taken.
using GradientObserver = std::function<void(std::size_t slot, const Value& gradient, double log_taken)>;

/// From the first output of step `top` back to the inputs of the model, along values of real numbers that the signal
/// reaches; `constant` are inputs that are no signal. At steps on every path all is divided by a power of two, so that
/// the pass neither overflows nor vanishes by itself. Nothing is told of what lies before a stop.
/// Throws: std::invalid_argument unless the tape holds the run and the gradient has the output's shape.
std::optional<Stop> send_back(const Model& model, const Plan& plan, const Tape& tape, const blas::Functions& blas,
                              const RunOptions& options, const std::vector<std::string>& constant, std::size_t top,
                              Value gradient, const GradientObserver& observe);

}  // namespace sqrtn::graph
