#include "experiment/stack.hpp"

#include <algorithm>
#include <cmath>

#include "sqrtn/random/fill.hpp"
#include "sqrtn/support/parallel.hpp"

namespace sqrtn::experiment {
namespace {

using network::Block;
using network::Tensor;

bool of_tokens(const Stack& stack) {
  return stack.block.block == Block::attention || stack.block.block == Block::transformer;
}

bool of_images(const Stack& stack) {
  return stack.block.block == Block::conv || stack.block.block == Block::bottleneck;
}

constexpr double most_held_bytes = 0x1p30;

template <class T>
MatrixView<const T> rows_of(const Tensor<T>& x, std::size_t length) {
  return {x.values.data(), x.size() / length, length};
}

template <class T>
LayerState state_of_signal(const Stack& stack, const Tensor<T>& x) {
  const std::size_t length = stack.row_length();
  LayerState state = state_of<T>(rows_of(x, length));
  if (!of_tokens(stack) || stack.batch == 1 || stack.tokens == 1) return state;
  state.correlation = 0;
  for (std::size_t sample = 0; sample < stack.batch; ++sample) {
    const MatrixView<const T> tokens(x.values.data() + sample * stack.tokens * length, stack.tokens, length);
    state.correlation += state_of<T>(tokens).correlation / static_cast<double>(stack.batch);
  }
  return state;
}

/// Entries that one block keeps for the way back, in signals: its norms' inputs and a few of each width.
double kept_signals(const Stack& stack) {
  double signals = of_tokens(stack) ? 6 : 0;
  for (const std::size_t width : stack.block.widths) {
    signals += 3 * static_cast<double>(width) / static_cast<double>(stack.block.widths.front());
  }
  return signals;
}

double block_entries(const Stack& stack) {
  return static_cast<double>(weights_per_block(stack)) +
         kept_signals(stack) * static_cast<double>(element_count(stack.input_shape()));
}

bool holds_all(const Stack& stack, std::size_t entry_bytes) {
  return static_cast<double>(stack.depth * entry_bytes) * block_entries(stack) <= most_held_bytes;
}

/// One run: all blocks with what each keeps for the way back, or one block in the place of each.
template <class T>
class Run {
 public:
  Run(const Stack& stack, const blas::Functions& blas, const random::Stream& stream, std::size_t run,
      std::size_t weights, const std::function<void()>& progress)
      : stack_(stack),
        blas_(blas),
        stream_(stream.skip(run * stack.depth * weights)),
        weights_(weights),
        input_{stream.engine, stream.seed, ~stream.stream, stream.offset},
        progress_(progress) {
    input_ = input_.skip(run * element_count(stack.input_shape()));
    const std::size_t held = holds_all(stack, sizeof(T)) ? stack.depth : 1;
    for (std::size_t b = 0; b < held; ++b) blocks_.push_back(network::make_block<T>(stack.block));
  }

  std::vector<LayerState> states() {
    Tensor<T> x(stack_.input_shape());
    random::fill_normal<T>(input_, x.values.span(), T(0), static_cast<T>(stack_.embedding));
    std::vector<Tensor<T>> inputs;
    std::vector<LayerState> states{state_of_signal(stack_, x)};
    for (std::size_t b = 0; b < stack_.depth; ++b) {
      if (!all_held()) inputs.push_back(x.copy());
      network::Layer<T>& block = drawn(b);
      block.set_keeping(all_held());
      x = block.forward(blas_, std::move(x));
      states.push_back(state_of_signal(stack_, x));
      if (progress_) progress_();
    }
    const auto lost = [](const LayerState& state) { return !std::isfinite(state.log_rms); };
    if (std::ranges::none_of(states, lost)) trace_back(std::move(inputs), states);
    return states;
  }

 private:
  [[nodiscard]] bool all_held() const { return blocks_.size() == stack_.depth; }

  /// Block b with its weights; the only one draws them again when it takes another's place.
  network::Layer<T>& drawn(std::size_t b) {
    network::Layer<T>& block = *blocks_[all_held() ? b : 0];
    if (!drawn_ || *drawn_ < b || (!all_held() && *drawn_ != b)) {
      block.initialise(stream_.skip(b * weights_));
      drawn_ = b;
    }
    return block;
  }

  void trace_back(std::vector<Tensor<T>> inputs, std::vector<LayerState>& states) {
    Tensor<T> gradient(stack_.input_shape());
    const random::Stream at{input_.engine, input_.seed, input_.stream ^ random::stream_of("gradient"), input_.offset};
    random::fill_normal<T>(at, gradient.values.span(), T(0), T(1));
    const auto log_rms_now = [&] { return state_of<T>(rows_of(gradient, stack_.row_length()), true).log_rms; };
    const double top = log_rms_now();
    double taken = 0;
    states[stack_.depth].log_gradient = 0;
    for (std::size_t b = stack_.depth; b-- > 0;) {
      network::Layer<T>& block = drawn(b);
      if (!all_held()) {
        block.set_keeping(true);
        block.forward(blas_, std::move(inputs[b]));
      }
      gradient = block.backward(blas_, std::move(gradient));
      const double log_rms = log_rms_now();
      states[b].log_gradient = log_rms + taken - top;
      taken += rescale(gradient.values.span(), log_rms);
      if (progress_) progress_();
    }
  }

  const Stack& stack_;
  const blas::Functions& blas_;
  random::Stream stream_;
  std::size_t weights_;
  std::vector<network::LayerPtr<T>> blocks_;
  random::Stream input_;
  const std::function<void()>& progress_;
  std::optional<std::size_t> drawn_;  ///< by the only block, where not all are held
};

}  // namespace

Shape Stack::input_shape() const {
  const std::size_t width = block.widths.front();
  if (of_images(*this)) return {batch, width, block.side, block.side};
  return of_tokens(*this) ? Shape{batch, tokens, width} : Shape{batch, width};
}

std::size_t Stack::row_length() const {
  return of_images(*this) ? block.widths.front() * block.side * block.side : block.widths.front();
}

std::size_t weights_per_block(const Stack& stack) {
  const auto& o = stack.block;
  std::size_t count = 0;
  for (std::size_t i = 0; i + 1 < o.widths.size() && o.block != Block::attention; ++i) {
    const bool last = i + 2 == o.widths.size(), narrow = o.block == Block::bottleneck && i != 1;
    const std::size_t taps = of_images(stack) && !narrow ? 9 : 1, matrices = o.gated && !last ? 2 : 1;
    count += o.widths[i] * o.widths[i + 1] * taps * matrices;
  }
  return count + (of_tokens(stack) ? 4 * o.widths.front() * o.widths.front() : 0);
}

double bytes_per_thread(const Stack& stack, std::size_t entry_bytes) {
  const double depth = static_cast<double>(stack.depth), tokens = static_cast<double>(stack.tokens);
  const double signal = static_cast<double>(element_count(stack.input_shape()));
  const double held =
      holds_all(stack, entry_bytes) ? depth * block_entries(stack) : block_entries(stack) + depth * signal;
  return (held + 2 * kept_signals(stack) * signal + 3 * tokens * tokens) * static_cast<double>(entry_bytes);
}

template <class T>
Runs run_stacks(const Stack& stack, const blas::Functions& blas, const random::Stream& stream, std::size_t n_runs,
                unsigned threads, const std::function<void()>& progress) {
  require(stack.depth >= 1 && stack.batch >= 1 && stack.tokens >= 1,
          "a stack needs depth, batch and tokens >= 1, got {}, {} and {}", stack.depth, stack.batch, stack.tokens);
  require(of_tokens(stack) || stack.tokens == 1, "only attention and transformer take tokens, got {}", stack.tokens);
  require(stack.embedding > 0 && std::isfinite(stack.embedding), "the input's deviation must be positive, got {}",
          stack.embedding);
  const std::size_t weights = weights_per_block(stack);
  Runs runs(n_runs);
  parallel_for(n_runs, threads,
               [&](std::size_t run) { runs[run] = Run<T>(stack, blas, stream, run, weights, progress).states(); });
  return runs;
}

template Runs run_stacks<float>(const Stack&, const blas::Functions&, const random::Stream&, std::size_t, unsigned,
                                const std::function<void()>&);
template Runs run_stacks<double>(const Stack&, const blas::Functions&, const random::Stream&, std::size_t, unsigned,
                                 const std::function<void()>&);

}  // namespace sqrtn::experiment
