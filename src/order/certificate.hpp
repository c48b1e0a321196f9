#pragma once

#include "order/pairs.hpp"

namespace sqrtn::order {

/// What the tree of a class predicts of fresh products.
struct Tally {
  std::size_t compared = 0;   ///< entries
  std::size_t predicted = 0;  ///< bit for bit
  std::string first_miss;     ///< "product 3, entry (17, 4): 0x1.8p+3, predicted 0x1.80002p+3"
};

struct Certificate {
  std::vector<Tally> classes;  ///< in their order
  std::size_t unknown = 0;     ///< entries among those of the products whose class has no tree
  std::size_t compared = 0, predicted = 0;
  bool repeatable = true;  ///< where not all was predicted: whether the same call gave the same bits again
};

/// Fresh random products, each row and column with draws of its own, until `entries` have been compared or there is no
/// time left: all rows if that does, else some of each group.
template <class T>
Certificate certify(const Product<T>& product, const Classes& classes, const std::vector<ClassOrder>& orders,
                    std::uint64_t seed, std::size_t entries, const GoOn& go_on);

}  // namespace sqrtn::order
