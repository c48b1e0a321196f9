#pragma once

#include <cstdint>

namespace sqrtn::blas {

/// Empties the registers of the x87 unit and returns whether there was something to empty. By the platform's convention
/// a call leaves them so; each number that it forgets there takes room from long double, of which later results are NaN
/// when none is left. Flags and modes stay as they are. Source: System V ABI, AMD64, 3.2.1 "Registers".
inline bool empty_x87() {
#if defined(__x86_64__) || defined(__i386__)
  std::uint16_t environment[14];
  constexpr std::uint16_t all_empty = 0xffff;
  asm volatile("fnstenv %0" : "=m"(environment));
  std::uint16_t& tags = environment[4];
  const bool was_empty = tags == all_empty;
  tags = all_empty;
  asm volatile("fldenv %0" : : "m"(environment));
  return !was_empty;
#else
  return false;
#endif
}

}  // namespace sqrtn::blas
