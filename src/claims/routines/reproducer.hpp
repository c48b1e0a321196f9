#pragma once

#include <cstddef>
#include <string>

#include "claims/routines/instance.hpp"

/// A finding as a program in C that shows it without sqrtn.
namespace sqrtn::claims {

/// What the program looks at after the call.
struct Symptom {
  enum class Kind { wrong, touched_after, touched_before, ends_the_process };
  Kind kind = Kind::wrong;
  char operand = '=';  ///< '=': what the function returned
  std::size_t at = 0;  ///< elements from the operand's begin
  bool imaginary = false;
  double expected = 0;  ///< NaN: any NaN
  double bound = 0;     ///< that the error may have
};

/// At most 15 lines, which exit with 1, or are ended by a signal, where the finding shows; "" if operands are too large
/// to be written out; where a call ends the process they are 0 then.
template <class T>
std::string c_program(const Instance<T>& instance, const blas::Interface& interface, const Symptom& symptom);

}  // namespace sqrtn::claims
