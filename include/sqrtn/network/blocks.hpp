#pragma once

#include <functional>

#include "sqrtn/network/attention.hpp"

/// The blocks that deep networks repeat, x + s·f(x), with a norm where it is asked for.
namespace sqrtn::network {

enum class Block {
  mlp,          ///< f: linear layers through the widths, an activation between each two
  attention,    ///< f: attention of tokens to each other
  transformer,  ///< attention, then mlp, each a sum of its own
  conv,         ///< f: two 3×3 convolutions, an activation between them
  bottleneck,   ///< f: 1×1 to the inner width, 3×3, 1×1 back, activations between
};

enum class BlockNorm { none, batch, layer, rms };

enum class NormPlace {
  pre,       ///< x + s·f(norm(x))
  post,      ///< norm(x + s·f(x))
  sandwich,  ///< x + s·norm(f(norm(x)))
  inner,     ///< x + s·f(x), a norm after each product of f
};

struct BlockOptions {
  Block block = Block::transformer;
  std::vector<std::size_t> widths{64, 256, 64};  ///< of the signal, inside f, and of the signal again
  std::size_t side = 8;                          ///< of the images of conv and bottleneck
  const init::Activation* activation = nullptr;  ///< nullptr: softmax
  bool gated = false;                            ///< each inner layer of an mlp is φ(W_g x)∘(W_u x)
  bool packed_gate = false;                      ///< the fans of both are those of one matrix, 2·fan_out × fan_in
  BlockNorm norm = BlockNorm::layer;
  NormPlace place = NormPlace::pre;
  Attention attention;
  double branch_scale = 1;  ///< s
  double skip_scale = 1;    ///< a: a·x + s·f(x)
  double value_gain = 1;    ///< multiplies the weights of f but for queries and keys
  bool residual = true;     ///< else f alone
  /// Of the weights, from their fans. A gated layer's two have their own.
  std::function<init::Distribution(const init::Fans&)> weights;
};

/// Rows are batch × width for mlp, tokens batch × tokens × width for attention and transformer, images
/// batch × width × side × side for conv and bottleneck. No biases; norms start with gain 1.
/// Throws: std::invalid_argument for widths that do not end as they begin (with a residual sum), fewer than two, a
/// batch norm of tokens, or another number of widths than conv (2) and bottleneck (3) have.
template <class T>
LayerPtr<T> make_block(const BlockOptions& options);

/// s = 0: each block starts as the identity (ReZero).
/// Source: Bachlechner and others, "ReZero is all you need", UAI 2021.
BlockOptions rezero(BlockOptions options);

/// Post-norm with skip_scale (2L)^¼ and value_gain (8L)^−¼, L blocks of an encoder.
/// Source: Wang and others, "DeepNet: scaling transformers to 1,000 layers", 2022, figure 2.
BlockOptions deepnet(BlockOptions options, std::size_t depth);

}  // namespace sqrtn::network
