#pragma once

#include <optional>
#include <string_view>

#include "statistics/summary.hpp"

/// Weights whose entries are not independent: constant, identity, Dirac, orthogonal.
namespace sqrtn::claims::weights {

enum class Structure { none, zeros, ones, constant, identity, dirac, orthogonal, delta_orthogonal };
inline constexpr std::string_view structure_words[] = {"none",     "zeros", "ones",       "constant",
                                                       "identity", "dirac", "orthogonal", "delta_orthogonal"};

struct FoundStructure {
  Structure structure = Structure::none;
  double gain = 1;   ///< of the constant its value
  double error = 0;  ///< max |G/gain² − I| over the Gram entries that were computed
};

/// What the whole of the values is, exactly for the first five. Orthogonal: all lines of the shorter side are equally
/// long, to rounding, and up to 256 of them perpendicular to each other, within what rounding to the type and a
/// decomposition in its precision, float's at least, leave: 16·u/√l + 64·√l·2⁻²⁴ of lines of length l. For independent
/// entries that has a probability below alpha, or it is not said.
FoundStructure find_structure(const StoredTensor& tensor, const statistics::Summary& summary, double alpha);

}  // namespace sqrtn::claims::weights
