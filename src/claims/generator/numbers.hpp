#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sqrtn/claims/subject.hpp"

namespace sqrtn::claims {

/// Where numbers of so many binary digits come from.
struct NumberSource {
  std::string name;  ///< "bits", "uniform/f32"
  bool of_words;     ///< the engine's own words
  unsigned digits;
  void (*draw)(const Subject&, const random::Stream&, std::span<std::uint64_t>);
};

/// Words of 32 digits, and what float and double uniforms are made of: 24 and 53.
const std::vector<NumberSource>& number_sources();

}  // namespace sqrtn::claims
