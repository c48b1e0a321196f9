#pragma once

#include <optional>
#include <string>
#include <vector>

#include "order/sweep.hpp"
#include "sqrtn/laws/summation.hpp"

namespace sqrtn::order {

/// What was read of one class.
struct ClassOrder {
  std::optional<laws::SumTree> tree;  ///< none: it was not read
  std::string why_not;
};

/// The trees of these classes, whose leaves are not yet known to be fused or not. A row of A has M in place of a 1, a
/// column of B −M: their entry is the number of products that are added after the two met, for M absorbs what is
/// smaller. So k less the entry is the size of the smallest sum that holds both. For one product, its sizes with all
/// others tell in which order these are added to it, in groups; each group is read in the same way.
/// Source: after Xie, Zhang and Chen, FPRev, arXiv 2411.00442; here all pairs of a class are read by one call.
template <class T>
void read_trees(const Product<T>& product, const Classes& classes, const std::vector<std::size_t>& numbers,
                std::vector<ClassOrder>& orders, const GoOn& go_on);

/// Sizes of the smallest sums with one product: of[q] for each other product q.
struct SumSizes {
  std::int32_t product = 0;
  std::vector<std::int32_t> of;
};

/// The tree that these sizes tell, or the products that must be asked about next, or what is wrong.
struct TreeAttempt {
  std::optional<laws::SumTree> tree;
  std::vector<std::int32_t> ask;
  std::string why_not;
};
TreeAttempt tree_of(std::size_t k, const std::vector<SumSizes>& known);

}  // namespace sqrtn::order
