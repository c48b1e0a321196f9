#include "experiment/initialised_stack.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cmath>
#include <mutex>

#include "experiment/option_words.hpp"
#include "sqrtn/init/structured.hpp"
#include "sqrtn/support/parallel.hpp"
#include "support/environment.hpp"
#include "support/number.hpp"
#include "support/progress.hpp"

namespace sqrtn::experiment {
namespace {

using network::Block;
using network::BlockOptions;

constexpr std::string_view block_words[] = {"mlp", "attention", "transformer", "conv", "bottleneck"};
constexpr std::string_view block_norm_words[] = {"none", "batch", "layer", "rms"};
constexpr std::string_view place_words[] = {"pre", "post", "sandwich", "inner"};

struct Gate {
  std::string_view name, activation;
};
constexpr Gate gates[] = {{"swiglu", "silu"}, {"geglu", "gelu"}, {"reglu", "relu"}, {"glu", "sigmoid"}};

bool of_tokens(Block block) { return block == Block::attention || block == Block::transformer; }
bool of_images(Block block) { return block == Block::conv || block == Block::bottleneck; }

void choose_activation(BlockOptions& o, const std::string& name) {
  if (name == "softmax") {
    require(!of_images(o.block), "--activation softmax is for rows and tokens, not for --block conv or bottleneck");
    o.activation = nullptr;
    return;
  }
  for (const Gate& gate : gates) {
    if (gate.name != name) continue;
    require(!of_images(o.block), "--activation {} gates linear layers; --block conv and bottleneck have none", name);
    o.gated = true;
    o.activation = &init::find_activation(gate.activation);
    return;
  }
  o.activation = &init::find_activation(name);
}

/// Of convolutions as many as their block has.
std::vector<std::size_t> widths_of(Block block, std::size_t width, const std::string& text) {
  const std::size_t inner = block == Block::bottleneck ? std::max<std::size_t>(1, width / 4)
                            : block == Block::conv     ? width
                                                       : 4 * width;
  std::vector<std::size_t> widths = text.empty() ? std::vector{width, inner, width} : parse_widths("--widths", text);
  if (block == Block::bottleneck && widths.size() == 3) widths.insert(widths.begin() + 1, widths[1]);
  require(!of_images(block) || widths.size() == (block == Block::conv ? 3 : 4),
          "--block {} takes three --widths, as 64,16,64, got '{}'", block == Block::conv ? "conv" : "bottleneck", text);
  require(widths.size() >= 2 && widths.front() == widths.back(),
          "--widths must end as they begin, as a block's sum is of equal widths; got '{}'", text);
  return widths;
}

void choose_branch_scale(BlockOptions& o, const std::string& text, std::size_t depth) {
  const double blocks = static_cast<double>(depth);
  if (text == "rezero") {
    o = network::rezero(std::move(o));
  } else if (text == "deepnet") {
    require(o.norm != network::BlockNorm::none && o.place == network::NormPlace::post,
            "--branch-scale deepnet is for --norm-place post and a norm, as layer");
    o = network::deepnet(std::move(o), depth);
  } else if (text == "1/sqrt(2L)" || text == "1/sqrt(L)") {
    o.branch_scale = 1 / std::sqrt(text == "1/sqrt(L)" ? blocks : 2 * blocks);
  } else {
    const auto scale = parse_number<double>(text);
    require(scale && std::isfinite(*scale),
            "--branch-scale takes a number, 1/sqrt(2L), 1/sqrt(L), rezero or deepnet, "
            "got '{}'",
            text);
    o.branch_scale = *scale;
  }
}

void choose_score_scale(network::Attention& attention, std::size_t width, const std::string& text) {
  const auto size = static_cast<double>(width / attention.heads);
  if (text == "1/sqrt(d)") return;
  const auto scale = text == "1/d" ? std::optional(1 / size) : parse_number<double>(text);
  require(scale && std::isfinite(*scale), "--score-scale takes a number, 1/sqrt(d) or 1/d, got '{}'", text);
  attention.scale = *scale;
}

Stack stack_of(const ChainOptions& options, const BlockWords& words) {
  Stack stack;
  BlockOptions& o = stack.block;
  o.block = static_cast<Block>(place_of(words.block, "--block", block_words));
  o.norm = static_cast<network::BlockNorm>(place_of(options.norm, "--norm", block_norm_words));
  o.place = static_cast<network::NormPlace>(place_of(words.norm_place, "--norm-place", place_words));
  o.widths = widths_of(o.block, options.width, words.widths);
  o.side = words.side;
  choose_activation(o, options.activation);
  choose_branch_scale(o, words.branch_scale, options.depth);
  const bool tokens = of_tokens(o.block);
  require(tokens || (words.heads == 0 && words.tokens == 0 && !words.causal && words.score_scale == "1/sqrt(d)"),
          "--heads, --tokens, --causal and --score-scale are for --block attention and transformer");
  const std::size_t width = o.widths.front();
  o.attention.heads = words.heads > 0 ? words.heads : width % 64 == 0 ? width / 64 : 1;
  o.attention.causal = words.causal;
  choose_score_scale(o.attention, width, words.score_scale);
  o.packed_gate = words.packed_gate;
  require(o.gated || !o.packed_gate, "--packed-gate is for a gated --activation, as swiglu");
  require(!tokens || width % o.attention.heads == 0, "--heads must divide the width {}, got {}", width,
          o.attention.heads);
  require(!tokens || o.norm != network::BlockNorm::batch,
          "--norm batch is for rows and images; tokens take layer or rms");
  stack.depth = options.depth;
  stack.batch = options.batch;
  stack.tokens = !tokens ? 1 : words.tokens > 0 ? words.tokens : 128;
  stack.embedding = words.embedding;
  require(o.norm != network::BlockNorm::batch || stack.batch >= 2 || (of_images(o.block) && o.side > 1),
          "--norm batch needs --batch 2 or more, got {}: a single row would always become 0", stack.batch);
  return stack;
}

void require_memory(const Stack& stack, const ChainOptions& options) {
  const double threads = options.threads > 0 ? options.threads : available_threads();
  const double needed = threads * bytes_per_thread(stack, options.dtype == "f32" ? 4 : 8);
  const double memory = static_cast<double>(physical_memory_bytes());
  require(memory == 0 || needed < 0.8 * memory,
          "such blocks need {:.3g} GiB on {} threads, of {:.3g} GiB here; take smaller --widths, fewer --tokens, a "
          "smaller --batch or --threads 1",
          needed / 0x1p30, threads, memory / 0x1p30);
}

StackPropagation understand(const ChainOptions& options, const BlockWords& words, const std::string& initialiser) {
  StackPropagation p;
  require(init::find_structured(initialiser) == nullptr,
          "'{}' is not for blocks; take a rule as he_normal or lecun_normal", initialiser);
  const init::Rule& rule = init::find_rule(initialiser);
  p.name = rule.name;
  p.gain = options.gain.value_or(rule.default_gain);
  p.dtype = options.dtype;
  p.activation = options.activation;
  p.norm = options.norm;
  p.norm_place = words.norm_place;
  p.branch_scale = words.branch_scale;
  p.block = words.block;
  p.within = options.within;
  p.stack = stack_of(options, words);
  p.stack.block.weights = [rule, gain = options.gain](const init::Fans& fans) {
    return init::distribution(rule, fans, {.gain = gain});
  };
  // Refuses here, before any work, what a rule or a block refuses.
  static_cast<void>(network::make_block<float>([&] {
    BlockOptions small = p.stack.block;
    small.widths.assign(small.widths.size(), small.attention.heads);
    return small;
  }()));
  return p;
}

template <class T>
void run(StackPropagation& p, const ChainOptions& options, const blas::Functions& blas) {
  const auto total = static_cast<double>(2 * options.replicates * p.stack.depth);
  const std::string text = fmt::format("{} × {} blocks", options.replicates, p.stack.depth);
  std::mutex mutex;
  Progress progress("propagate " + p.name);
  double done = 0;
  const auto step = [&] {
    const std::lock_guard lock(mutex);
    progress.update(std::min(1.0, ++done / total), text);
  };
  const random::Stream stream{random::Engine::ars, options.seed, random::stream_of("propagate/blocks/" + p.name), 0};
  p.runs = run_stacks<T>(p.stack, blas, stream, options.replicates, options.threads, step);
}

}  // namespace

std::vector<std::size_t> parse_widths(const char* option, const std::string& text) {
  std::vector<std::size_t> widths;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const auto width = parse_number<std::size_t>(text.substr(at, end - at));
    require(width && *width >= 1 && *width <= MostOfChain::width,
            "{} takes whole numbers from 1 to {} between commas, as 256,512,256; got '{}'", option, MostOfChain::width,
            text);
    widths.push_back(*width);
    at = end + 1;
  }
  return widths;
}

std::vector<StackPropagation> understand(const ChainOptions& options, const BlockWords& words,
                                         const std::vector<std::string>& initialisers) {
  check_sizes(options);
  require(options.weights == "fresh", "--weights {} is for chains of single layers; blocks have weights of their own",
          options.weights);
  require(!options.residual, "--residual is for chains of single layers; blocks add x already");
  std::vector<StackPropagation> all;
  for (const std::string& initialiser : initialisers) all.push_back(understand(options, words, initialiser));
  require_memory(all.front().stack, options);
  for (const StackPropagation& one : all) {
    require(std::ranges::count(all, one.name, &StackPropagation::name) == 1, "--compare names '{}' twice", one.name);
  }
  return all;
}

void propagate(StackPropagation& p, const ChainOptions& options, const blas::Functions& blas) {
  p.law = stack_law(p.stack);
  p.dtype == "f32" ? run<float>(p, options, blas) : run<double>(p, options, blas);
}

}  // namespace sqrtn::experiment
