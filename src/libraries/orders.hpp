#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libraries/children.hpp"
#include "order/product.hpp"
#include "results/order.hpp"

/// The order in which libraries add, each read in children of its own.
namespace sqrtn::libraries {

struct Ordering {
  order::Request request;     ///< that of bfloat16 is so by the type
  std::string dtype = "f32";  ///< or f64, or bf16: factors of bfloat16 that are added in float
  int threads = 1;
  std::uint64_t seed = 1;
  std::size_t entries = std::size_t{1} << 20;  ///< fresh ones that are predicted and compared
  double limit_s = 60;                         ///< of one library
  bool invariance = false;
};

/// What is read through that interface, without a name. set_threads(n) returns how many there are then, of n = 0 now.
/// Throws: std::invalid_argument if it has no such routine.
results::LibraryOrder order_through(const blas::Interface& interface, const std::function<int(int)>& set_threads,
                                    const Ordering& ordering);

/// Reads the order of the library of that name in this very process; the library may end it. One that has Fortran's
/// interface alone is asked by columns, and the order says so. Throws: as load_library and order_through.
results::LibraryOrder order_in_process(const std::string& blas, Ordering ordering);

/// Each of the libraries that can be used, each in children that are started with as many threads: all libraries by the
/// first ordering, then by the next. What one did instead of answering is its refusal.
std::vector<results::LibraryOrder> orders_apart(const std::vector<Candidate>& libraries,
                                                const std::vector<Ordering>& orderings,
                                                const std::function<void(double, const std::string&)>& progress);

}  // namespace sqrtn::libraries
