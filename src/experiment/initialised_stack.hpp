#pragma once

#include <string>
#include <vector>

#include "experiment/initialised_chain.hpp"
#include "experiment/stack_law.hpp"

/// A stack of blocks as `sqrtn propagate --block` asks for it, by names, and initialisers sent through it.
namespace sqrtn::experiment {

/// What a chain of single layers does not have; the rest is ChainOptions.
struct BlockWords {
  std::string block = "layer";     ///< layer: no stack, but a chain
  std::string norm_place = "pre";  ///< pre, post, sandwich, inner
  std::string branch_scale = "1";  ///< a number, 1/sqrt(2L), 1/sqrt(L), rezero or deepnet
  std::string widths;              ///< "768,3072,768"; empty: by the block, from the width
  std::size_t heads = 0;           ///< 0: width/64, or 1 where that is no whole number
  std::size_t tokens = 0;          ///< 0: 128 for attention and transformer
  std::size_t side = 8;            ///< of the images of conv and bottleneck
  bool causal = false;
  std::string score_scale = "1/sqrt(d)";  ///< a number, 1/sqrt(d) or 1/d, d the size of a head
  bool packed_gate = false;
  double embedding = 1;
};

/// What each of them may be at most.
struct MostOfStack {
  static constexpr std::size_t heads = 65'536, tokens = 65'536, side = 4096;
};

/// One initialiser, and what became of signal and gradients.
struct StackPropagation {
  std::string name;  ///< of the initialiser
  double gain = 1;   ///< that it was given, or its own
  std::string dtype, activation, norm, norm_place, branch_scale, block;
  Stack stack;
  std::optional<StackLaw> law;
  double within = default_within;
  Runs runs;

  [[nodiscard]] Verdict verdict() const { return verdict_of(runs, within); }
};

/// The numbers of "256,512,256". Throws: std::invalid_argument that names the option.
std::vector<std::size_t> parse_widths(const char* option, const std::string& text);

/// The stack of each initialiser, without runs. Everything that can be wrong is found here, before any work.
/// Throws: std::invalid_argument, in the options' own names.
std::vector<StackPropagation> understand(const ChainOptions& options, const BlockWords& words,
                                         const std::vector<std::string>& initialisers);

/// Fills in the runs, with a live line meanwhile; the library should be set to one thread.
void propagate(StackPropagation& propagation, const ChainOptions& options, const blas::Functions& blas);

}  // namespace sqrtn::experiment
