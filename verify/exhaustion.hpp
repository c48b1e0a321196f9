#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include "sqrtn/support/parallel.hpp"
#include "verify.hpp"

/// What the tests of a law over all its inputs share.
namespace sqrtn::verify {

/// Distance of a float to its neighbour above.
inline double float_ulp(double x) {
  const float at = static_cast<float>(x);
  return std::nextafter(at, std::numeric_limits<float>::infinity()) - at;
}

/// What the parts 0 … n_parts − 1 have shown, merged in their order.
template <class Part, class Map>
Part over_all(std::size_t n_parts, Map map) {
  return *parallel_reduce(n_parts, settings().threads, map, [](Part& into, const Part& from) { into.merge(from); });
}

}  // namespace sqrtn::verify
