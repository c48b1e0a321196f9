#pragma once

#include <string>

#include "sqrtn/random/fill.hpp"

namespace sqrtn::verify {

/// Restores the preferred target whatever the test does.
class SimdTarget {
 public:
  explicit SimdTarget(const std::string& name) { random::use_simd_target(name); }
  ~SimdTarget() { random::use_simd_target(""); }
  SimdTarget(const SimdTarget&) = delete;
  SimdTarget& operator=(const SimdTarget&) = delete;
};

}  // namespace sqrtn::verify
