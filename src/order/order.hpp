#pragma once

#include "order/certificate.hpp"
#include "order/invariance.hpp"
#include "order/scalars.hpp"

namespace sqrtn::order {

struct Options {
  std::uint64_t seed = 1;
  std::size_t entries = std::size_t{1} << 20;  ///< fresh ones that the certificate compares
  double limit_s = 60;                         ///< of everything; what it leaves no time for is unknown
  bool invariance = true;
};

/// What was read of one routine, shape and type.
struct Reading {
  bool repeatable = true;
  Classes classes;
  std::vector<ClassOrder> orders;  ///< of each class
  Certificate certificate;
  Scalars scalars;  ///< of the largest class
  std::vector<Invariance> invariance;
  std::uint64_t answer = 0;  ///< a number of the bits of fresh products: equal for libraries that return the same
  double time_s = 0;
};

/// Classes, trees, roundings, then the certificate, all in this process. What is not repeatable has no tree.
/// Throws: std::invalid_argument if the library has no such routine.
template <class T>
Reading read_order(const blas::Interface& interface, const Request& request, const std::function<int(int)>& set_threads,
                   const Options& options);

}  // namespace sqrtn::order
