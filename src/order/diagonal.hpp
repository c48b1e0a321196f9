#pragma once

#include "order/pairs.hpp"

namespace sqrtn::order {

/// The orders on the diagonal of A·Aᵀ: squares never cancel, so that M and −M cannot be asked about. Each is the tree
/// of another class, whichever predicts fresh entries bit for bit; or else one of `others`, which are asked for only
/// then.
template <class T>
void read_diagonal(const Product<T>& product, const Classes& classes, std::vector<ClassOrder>& orders,
                   const std::function<std::vector<ClassOrder>()>& others, std::uint64_t seed);

}  // namespace sqrtn::order
