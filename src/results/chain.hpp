#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sqrtn/statistics/hypothesis.hpp"

/// Deep chains in a document: the law of the signal's size layer by layer beside what the library computed.
namespace sqrtn::results {

/// One layer; what is not finite or not known is NaN, null in JSON.
struct ChainLayer {
  std::size_t layer = 0;          ///< 0 is the input
  double mean = 0, stddev = 0;    ///< the law's, of ln RMS of one run
  statistics::Interval interval;  ///< that holds the share `coverage` of runs
  double measured = 0;            ///< ln of the geometric mean of the RMS over the runs that are finite and not 0
  std::string state;              ///< "finite", "zero" or "not finite": why there is no `measured`
  double zeros = 0, flat = 0;     ///< shares of the entries, means over the runs
  double slope = 0;               ///< what the layer does to the square of a gradient
  double coverage = 0.99;
  double dead = 0;         ///< share of rows that are 0 throughout, by the law
  double correlation = 0;  ///< mean cosine between rows
  /// ln of the gradient's RMS over that at the last layer: of the middle run, and the law's interval and its coverage.
  double gradient = 0;
  statistics::Interval gradient_interval = {};
  double gradient_coverage = 0.99;
  std::string node = {}, op = {}, shape = {};  ///< of a graph, whose layers are nodes; else empty
};

/// Runs of one initialiser; the fields are those of experiment::Chain or Stack and of the verdict. The intervals of a
/// stack are those of the runs.
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
  std::string gradient_fate = {};  ///< as `fate`; empty where the signal is lost
  std::size_t gradient_fate_layer = 0;
  double within = 0;  ///< the factor by which what holds may change; earlier documents: 1000
  /// Of a stack of blocks, by the words of the command; empty and 0 for single layers. A layer is then a block.
  std::string block = {}, norm_place = {}, branch_scale = {}, widths = {};
  std::size_t heads = 0, tokens = 0;
};

/// ChainRecord::block of a graph from a file: its layers are nodes, and `widths` is the file's name.
inline constexpr std::string_view graph_block = "graph";

/// "layer 12", or of a graph "node 12, '/fc/Gemm' (Gemm)".
std::string place_of(const ChainRecord& chain, std::size_t layer);

/// "90 %" of a layer's interval, where that is less than the 99 % that a heading says; else empty.
std::string less_coverage(const ChainLayer& layer);

/// What chains of one picture have in common: "100 layers of 512, relu, f32".
std::string setting_of(const ChainRecord& chain);

}  // namespace sqrtn::results
