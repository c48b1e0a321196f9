#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "results/screening.hpp"
#include "screen/lane.hpp"
#include "screen/model.hpp"
#include "sqrtn/blas/functions.hpp"

/// One core's worker: products of known answers until the time is over, and a diagnosis of what is wrong.
namespace sqrtn::screen {

struct Work {
  int processor = 0;        ///< to which this thread is pinned already
  std::vector<int> others;  ///< where calls are repeated
  std::uint64_t seed = 1;
  double time_s = 300;
  std::size_t size = 0;         ///< of all products; 0: those of the schedule
  std::optional<Address> only;  ///< this call again and again, instead
  std::vector<Model> models;    ///< by which bits are predicted; where there is none, products are made twice instead
};

/// A wrong call is made again 17 times on this core and together as often on the others, all in this process and while
/// their own workers compute: with 17 wrong here and none of 17 elsewhere the chance of an error that is the same on
/// all cores is 1/C(34, 17) < 1e-9. Of one family and type the first two faults are diagnosed, the others counted.
/// `tell`: is handed what is known so far, about once a second and at the end.
/// Throws: std::system_error if this thread cannot be pinned any more.
void screen_core(const blas::Functions& blas, const Work& work,
                 const std::function<void(const results::WorkerReport&)>& tell);

}  // namespace sqrtn::screen
