#include "blas/complex_result.hpp"

#include <array>
#include <complex>
#include <cstdint>
#include <cstring>

#include "blas/arguments.hpp"
#include "blas/asked_once.hpp"

namespace sqrtn::blas {
namespace {

/// Calls with a count below 1 wherever the function may look for it, so that it reads no vector: what has a first
/// argument for its result sets that to 0, where the count of another would stand.
ComplexResult probe_complex_result(void* function, char type) {
  const std::size_t result_bytes = type == 'c' ? sizeof(std::complex<float>) : sizeof(std::complex<double>);
  alignas(16) std::array<std::int64_t, 4> first{-1, -1, -1, -1}, second{-1, -1, -1, -1}, others{};
  Arguments arguments(64);
  arguments.add_pointer_to(first.data());
  arguments.add_pointer_to(second.data());
  for (int i = 0; i < 4; ++i) arguments.add_pointer_to(others.data());
  alignas(16) std::array<std::int64_t, 4> returned{};
  PairType pair(type);
  arguments.call(function, pair.get(), returned.data());
  const std::array<std::int64_t, 4> untouched{-1, -1, -1, -1};
  if (second != untouched) return ComplexResult::unknown;
  if (first == untouched) return ComplexResult::in_registers;
  std::array<std::int64_t, 4> zeroed = untouched;
  std::memset(zeroed.data(), 0, result_bytes);
  return first == zeroed ? ComplexResult::by_first_argument : ComplexResult::unknown;
}

}  // namespace

std::function<ComplexResult(void* function, char type)> complex_results() {
  return asked_once<void*, ComplexResult>(probe_complex_result);
}

}  // namespace sqrtn::blas
