#pragma once

#include <cstddef>
#include <vector>

#include "sqrtn/laws/summation.hpp"

/// What walks over trees share.
namespace sqrtn::laws {

inline std::size_t index_of(std::int32_t node) { return static_cast<std::size_t>(node); }
inline std::size_t left_of(const SumNode& node) { return index_of(node.left); }
inline std::size_t right_of(const SumNode& node) { return index_of(node.right); }

/// Of each node how many products it has, and the lowest of them.
struct SumParts {
  explicit SumParts(const SumTree& tree);
  std::vector<std::size_t> sizes;
  std::vector<std::int32_t> lowest;
};

/// A node as what it begins with and what is then added in turn: the products of a chain, or whole blocks.
struct Spine {
  std::vector<std::int32_t> terms;   ///< nodes in the order in which they are added
  std::vector<std::int32_t> joints;  ///< sums, one less: joints[i] adds terms[i + 1]
};

/// From a sum down as long as a product is added to something else: the first term is a product or adds no product.
Spine chain_at(const SumTree& tree, std::int32_t node);
/// From a sum of two sums of a canonical tree down as long as the left of them is the larger and is one too.
Spine blocks_at(const SumTree& tree, const SumParts& parts, std::int32_t node);

/// Whether a node adds two sums.
bool joins(const SumTree& tree, const SumNode& node);

}  // namespace sqrtn::laws
