#pragma once

#include <vector>

#include "sqrtn/laws/summation.hpp"

/// Orders as libraries have them.
namespace sqrtn::verify::trees {

using laws::sum_chain;
using laws::sum_of;
using laws::SumTree;

/// Chains that end at these products, added in turn.
inline SumTree blocks(const std::vector<std::int32_t>& edges, bool fused = true) {
  SumTree sum = sum_chain(0, edges.front(), fused);
  for (std::size_t i = 1; i < edges.size(); ++i) sum = sum_of(sum, sum_chain(edges[i - 1], edges[i], fused));
  return sum;
}

/// n chains of each n-th of k products, n a power of two, added by pairs of neighbours or of halves.
inline SumTree lanes(std::int32_t n, std::int32_t k, bool fused = true, bool neighbours = false) {
  std::vector<SumTree> parts;
  for (std::int32_t lane = 0; lane < n; ++lane) parts.push_back(sum_chain(lane, k, fused, n));
  while (parts.size() > 1) {
    const std::size_t half = parts.size() / 2;
    for (std::size_t i = 0; i < half; ++i)
      parts[i] = neighbours ? sum_of(parts[2 * i], parts[2 * i + 1]) : sum_of(parts[i], parts[i + half]);
    parts.resize(half);
  }
  return parts.front();
}

inline SumTree pairwise(std::int32_t first, std::int32_t end) {
  if (end - first == 1) return laws::product_term(first);
  const std::int32_t middle = first + (end - first) / 2;
  return sum_of(pairwise(first, middle), pairwise(middle, end));
}

}  // namespace sqrtn::verify::trees
