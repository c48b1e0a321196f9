#pragma once

#include <array>
#include <initializer_list>
#include <vector>

#include "claims/routines/sweep.hpp"

/// At which shapes and with which scalars the nine routines are judged in depth.
namespace sqrtn::claims {

struct Scalars {
  double alpha, beta;
};

/// β counts where the routine has one, α too.
struct ScalarSets {
  std::vector<Scalars> exact;     ///< keep integers exact
  std::vector<Scalars> few;       ///< of these, for large shapes
  std::vector<Scalars> rounding;  ///< do not
};
ScalarSets scalars_of(const blas::Operation& operation);

/// Of three lengths each, as lengths_of() takes them.
using Lengths = std::vector<std::array<std::size_t, 3>>;
std::vector<Choice> shapes_of(const blas::Operation& operation, const Lengths& lengths);

/// Around the block sizes of kernels, odd and skinny.
std::vector<Choice> medium_shapes(const blas::Operation& operation);
/// Around the block sizes of caches, and past 2¹⁶.
std::vector<Choice> blocked_shapes(const blas::Operation& operation);

/// One list after the other.
std::vector<Choice> joined(std::initializer_list<std::vector<Choice>> parts);
/// Every small shape, and those of medium size.
inline std::vector<Choice> up_to_medium(const blas::Operation& operation) {
  return joined({small_shapes(operation, true), medium_shapes(operation)});
}

}  // namespace sqrtn::claims
