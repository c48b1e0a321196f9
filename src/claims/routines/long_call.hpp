#pragma once

#include <array>
#include <string>
#include <vector>

#include "claims/routines/stored.hpp"
#include "sqrtn/blas/interface.hpp"

namespace sqrtn::claims {

/// A call whose operands lie somewhere else: no entry is held twice, as an Instance does.
template <class T>
struct LongCall {
  LongCall(const blas::Operation& operation, const Choice& choice);

  void call(const blas::Interface& interface);
  [[nodiscard]] std::string describe(const blas::Interface& interface) const;
  [[nodiscard]] T scalar(char name) const;
  [[nodiscard]] std::size_t place_of(char operand) const;

  template <class Number>
  [[nodiscard]] Number returned() const;

  const blas::Operation& operation;
  Choice choice;
  std::vector<Placement> placements;
  std::vector<T*> places;  ///< of the operands, in the order of the operation's
  T alpha{2}, beta{-1}, cosine{2}, sine{-1};

 private:
  [[nodiscard]] std::int64_t integer(const blas::Argument& argument) const;
  alignas(16) std::array<std::byte, 16> result_{};
};

}  // namespace sqrtn::claims
