#pragma once

#include "experiment/verdict.hpp"
#include "sqrtn/network/blocks.hpp"
#include "sqrtn/random/stream.hpp"

/// A stack of equal blocks with weights of their own, and what becomes of the signal and of a gradient, block by block.
namespace sqrtn::experiment {

struct Stack {
  network::BlockOptions block;
  std::size_t depth = 12;
  std::size_t batch = 1;
  std::size_t tokens = 1;  ///< of attention and transformer; else 1
  double embedding = 1;    ///< deviation of the input's entries, iid normal

  /// Batch × width, batch × tokens × width or batch × width × side × side.
  [[nodiscard]] Shape input_shape() const;
  /// Entries of a row: a token, a sample or an image.
  [[nodiscard]] std::size_t row_length() const;
};

/// Weights that one block holds. Throws: as network::make_block.
std::size_t weights_per_block(const Stack& stack);

/// About what one run holds: all blocks with their weights and what they keep for the way back, if that is a GiB at
/// most, else one block and a signal a depth.
double bytes_per_thread(const Stack& stack, std::size_t entry_bytes);

/// Run r draws block b's weights from elements beginning at (r·depth + b)·(weights of a block) of streams that `stream`
/// and the parameter's path name, its input and the gradient at the last block from streams of their own. Blocks that
/// are not all held draw their weights twice and compute their signal twice, which changes no bit.
/// LayerState::correlation is the mean over samples of that between tokens, or between samples where there are none.
/// `progress` is called after each block, there and back, from any thread. The number of threads changes no bit.
template <class T>
Runs run_stacks(const Stack& stack, const blas::Functions& blas, const random::Stream& stream, std::size_t n_runs,
                unsigned threads = 0, const std::function<void()>& progress = {});

}  // namespace sqrtn::experiment
