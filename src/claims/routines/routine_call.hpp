#pragma once

#include <array>
#include <string>
#include <vector>

#include "claims/routines/stored.hpp"
#include "sqrtn/blas/interface.hpp"

namespace sqrtn::claims {

/// A call of a described routine: what is handed over, wherever the operands lie, and what came back.
template <class T>
class RoutineCall {
 public:
  RoutineCall(const blas::Operation& operation, const Choice& choice);

  void call(const blas::Interface& interface);
  /// The call in words, with all that it was handed.
  [[nodiscard]] std::string describe(const blas::Interface& interface) const;

  /// Of a flag, a length, a leading dimension or an increment.
  [[nodiscard]] std::int64_t integer(const blas::Argument& argument) const;
  [[nodiscard]] bool is_real(char scalar) const;
  [[nodiscard]] T scalar(char name) const;
  [[nodiscard]] std::size_t place_of(char operand) const;

  template <class Number>
  [[nodiscard]] Number returned() const;
  /// A number, real or of the type, whichever the function returns.
  [[nodiscard]] T returned_number() const;

  /// The five numbers that rotm is handed; NaN where the flag says that one is not read.
  [[nodiscard]] std::array<T, 5> rotation() const;

  const blas::Operation& operation;
  const Choice choice;
  std::vector<Placement> placements;  ///< of the operands, in the order of the operation's
  std::vector<T*> places;             ///< where they begin, in that order
  T alpha{1}, beta{0}, offset{1}, cosine{2}, sine = sine_of();
  T second{1};              ///< y₁ of rotmg
  bool filled_x87 = false;  ///< whether the call left something in those registers, which were emptied then

 private:
  static T sine_of() {
    if constexpr (is_complex<T>)
      return {-1, 2};
    else
      return -1;
  }
  alignas(16) std::array<std::byte, 16> result_{};
};

}  // namespace sqrtn::claims
