#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "claims/routines/instance.hpp"
#include "claims/routines/registers.hpp"

/// Answers of a library compared with others of its own, bit for bit.
namespace sqrtn::claims {

/// A call with entries and scalars that round.
template <class T>
Instance<T> rounding_instance(const blas::Operation& operation, const Choice& choice, TestData& data) {
  Instance<T> instance(operation, choice);
  instance.fill(data, Inputs::normal);
  instance.set_scalars(T(Real<T>(-0.7)), T(Real<T>(1.3)));
  instance.store();
  return instance;
}

/// Of a routine with one result: what the call leaves in its memory, gaps among it, or returns. Operands are as before
/// the first call, and registers and stack hold these bits, if any.
template <class T>
std::span<const T> call_again(Instance<T>& instance, const blas::Interface& interface, T& returned,
                              std::optional<std::uint32_t> registers = {}) {
  instance.restore();
  if (registers) fill_registers_and_stack(*registers);
  instance.call(interface);
  const char output = instance.operation.outputs.front().operand;
  if (output == '=') return {&(returned = instance.returned_number()), 1};
  const Elements<T>& memory = instance.holder(instance.stored(output)).memory;
  return {memory.data(), memory.size()};
}

template <class T>
std::vector<T> answer(Instance<T>& instance, const blas::Interface& interface) {
  T returned{};
  const std::span<const T> left = call_again(instance, interface, returned);
  return {left.begin(), left.end()};
}

/// Whether the call again leaves the bits of that answer.
template <class T>
bool answers(Instance<T>& instance, const blas::Interface& interface, const std::vector<T>& first,
             std::optional<std::uint32_t> registers = {}) {
  T returned{};
  const std::span<const T> left = call_again(instance, interface, returned, registers);
  return std::memcmp(left.data(), first.data(), left.size_bytes()) == 0;
}

/// Which of `n_calls` calls is the first whose answer has other bits than that of a call before them, counted from 1;
/// 0 if none is.
template <class T>
int first_other_answer(Instance<T>& instance, const blas::Interface& interface, int n_calls) {
  const std::vector<T> first = answer(instance, interface);
  for (int i = 1; i <= n_calls; ++i) {
    if (!answers(instance, interface, first)) return i;
  }
  return 0;
}

}  // namespace sqrtn::claims
