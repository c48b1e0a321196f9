#pragma once

#include <string>
#include <vector>

#include "sqrtn/statistics/hypothesis.hpp"

/// Deep chains in a document: the law of the signal's size layer by layer beside what the library computed.
namespace sqrtn::results {

/// One layer; what is not finite or not known is NaN, null in JSON.
struct ChainLayer {
  std::size_t layer = 0;          ///< 0 is the input
  double mean = 0, stddev = 0;    ///< the law's, of ln RMS of one run
  statistics::Interval interval;  ///< that holds 99 % of runs
  double measured = 0;            ///< ln of the geometric mean of the RMS over the runs
  std::string state;              ///< "finite", "zero" or "not finite": why there is no `measured`
  double zeros = 0, flat = 0;     ///< shares of the entries, means over the runs
  double slope = 0;               ///< what the layer does to the square of a gradient
};

/// Runs of one initialiser; the fields are those of experiment::Chain and Course.
struct ChainRecord {
  std::string init;
  double gain = 1;
  std::string activation;
  std::size_t width = 0, depth = 0, batch = 1;
  bool shared_weights = false;
  std::string norm;
  bool residual = false;
  std::string dtype;
  double weight_stddev = 0;
  std::size_t runs = 0;
  std::string basis;  ///< of the law
  std::string fate;   ///< "holds", "explodes", "vanishes"
  std::size_t fate_layer = 0;
  double holding_stddev = 0, holding_stability = 0;
  std::vector<ChainLayer> layers;  ///< 0, the input, to depth
};

/// What chains of one picture have in common: "100 layers of 512, relu, f32".
std::string setting_of(const ChainRecord& chain);

}  // namespace sqrtn::results
