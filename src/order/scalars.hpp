#pragma once

#include <string_view>

#include "order/pairs.hpp"

namespace sqrtn::order {

/// Where α is multiplied in.
enum class AlphaPlace { unknown, factor_a, factor_b, blocks, blocks_fused, sum, sum_fused };
/// How β·C joins: rounded, before everything else; rounded, last; unrounded, onto α times the first block or the sum.
enum class BetaPlace { unknown, first, last, fused };

struct Scalars {
  AlphaPlace alpha = AlphaPlace::unknown;
  BetaPlace beta = BetaPlace::unknown;
  std::size_t compared = 0;  ///< fresh entries that the two predict, all of them
};

/// Which of these predicts fresh entries of C = α·A·B + β·C of the class, α and β inexact, all of them bit for bit;
/// unknown if none does.
template <class T>
Scalars read_scalars(const Product<T>& product, const Classes& classes, std::size_t number, const laws::SumTree& tree,
                     std::uint64_t seed);

}  // namespace sqrtn::order
