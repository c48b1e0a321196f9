#include "claims/routines/halves.hpp"

#include <algorithm>
#include <cmath>
#include <complex>

namespace sqrtn::claims {
namespace {

float from_half(Dtype half, std::uint16_t bits) { return half == Dtype::f16 ? from_f16(bits) : from_bf16(bits); }

float smallest_normal(Dtype half) { return half == Dtype::f16 ? Float16::smallest_normal : Bfloat16::smallest_normal; }

}  // namespace

template <class T>
T rounded_to_half(Dtype half, const T& value) {
  const auto part = static_cast<float>(real_part(value));
  return T(static_cast<Real<T>>(std::abs(part) < smallest_normal(half) ? 0 : rounded_to(half, part)));
}

template <class T>
std::uint16_t half_of(Dtype half, const T& value) {
  const auto part = static_cast<float>(real_part(value));
  return half == Dtype::f16 ? to_f16(part) : to_bf16(part);
}

template <class T>
Elements<std::uint16_t> in_halves(Dtype half, const Elements<T>& memory) {
  Elements<std::uint16_t> halves(memory.size());
  for (std::size_t i = 0; i < memory.size(); ++i) halves[i] = half_of(half, memory[i]);
  return halves;
}

template <class T>
void take_halves(Dtype half, const Elements<std::uint16_t>& halves, Elements<T>& memory) {
  for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = T(static_cast<Real<T>>(from_half(half, halves[i])));
}

double rounding_to_half(const blas::Operation& operation, const blas::Output& output) {
  if (output.operand == '=' || !operand_of(operation, output.operand).half) return 0;
  const double unit = unit_roundoff(*operand_of(operation, output.operand).half);
  return output.old == '0' ? unit : 2 * unit + unit * unit;
}

HalfSumError error_of_half_sums(Dtype half, std::size_t n_terms) {
  // The product, n − 1 sums, α, and what is added to.
  const auto n_roundings = static_cast<double>(n_terms + 2);
  const double factor = std::expm1(n_roundings * std::log1p(unit_roundoff(half)));
  // Each of the products and sums, and the products with α and β.
  const double n_lost = 2 * static_cast<double>(n_terms) + 2;
  return {factor, n_lost * (1 + factor) * static_cast<double>(smallest_normal(half))};
}

int digits_of_outputs(const blas::Operation& operation, int digits) {
  for (const blas::Output& output : operation.outputs) {
    if (output.operand == '=') continue;
    if (const auto half = operand_of(operation, output.operand).half) digits = std::min(digits, digits_of(*half));
  }
  return digits;
}

#define SQRTN_INSTANTIATE(T)                                                \
  template T rounded_to_half<T>(Dtype, const T&);                           \
  template std::uint16_t half_of<T>(Dtype, const T&);                       \
  template Elements<std::uint16_t> in_halves<T>(Dtype, const Elements<T>&); \
  template void take_halves<T>(Dtype, const Elements<std::uint16_t>&, Elements<T>&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
SQRTN_INSTANTIATE(std::complex<float>)
SQRTN_INSTANTIATE(std::complex<double>)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
