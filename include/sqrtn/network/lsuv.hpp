#pragma once

#include "sqrtn/network/layer.hpp"

namespace sqrtn::network {

struct LsuvOptions {
  double tolerance = 1e-3;  ///< on each layer's |Var − 1|
  unsigned max_sweeps = 10;
};

/// Layer-sequential unit variance: scales the weight of each linear and convolution layer, first to last,
/// by 1/√Var of what the layer gives on this batch, over all its entries, until every |Var − 1| ≤ tolerance
/// in one pass that changes nothing. Starts from the weights that the network has; the paper's are
/// orthogonal. Norms in training mode see the batch, so their running statistics move.
/// Returns: the number of passes, 1 if nothing had to change; nullopt if max_sweeps were not enough, as
/// with a bias that alone varies more than 1.
/// Throws: std::invalid_argument for a layer whose outputs are all equal or not finite, and names it.
/// Source: Mishkin and Matas, "All you need is a good init", ICLR 2016, algorithm 1.
template <class T>
std::optional<unsigned> lsuv(Layer<T>& network, const blas::Functions& blas, const Tensor<T>& batch,
                             const LsuvOptions& options = {});

/// Biased variance of all entries about their mean, in double. Throws: std::invalid_argument for none.
template <class T>
double variance_of(const Tensor<T>& x);

}  // namespace sqrtn::network
