#pragma once

#include <functional>
#include <string>
#include <vector>

#include "order/product.hpp"
#include "order/sweep.hpp"

namespace sqrtn::order {

/// What a row's answer, or a whole product's, may depend on beside its numbers.
enum class Circumstance { rows, row_place, columns, column_place, ld, alignment, threads, calls };

struct Invariance {
  Circumstance circumstance = Circumstance::calls;
  std::size_t tried = 0;    ///< values of it
  std::size_t answers = 0;  ///< distinct ones, bit for bit, that the same numbers had; 1: invariant
  std::string first;        ///< the first value at which the answer was another: "m = 4"; empty if invariant
};

/// Each that the routine has: the same row among other numbers of rows, from 1 to 1024 and m, and at each place among
/// them; columns likewise; the same product with padding, at other addresses, on other numbers of threads, and called
/// again a hundred times. What there is no time for is left out.
template <class T>
std::vector<Invariance> read_invariance(const blas::Interface& interface, const Request& request,
                                        const std::function<int(int)>& set_threads, std::uint64_t seed,
                                        const GoOn& go_on);

}  // namespace sqrtn::order
