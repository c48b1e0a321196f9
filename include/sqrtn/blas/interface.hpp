#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sqrtn::blas {

struct Operation;  // a routine of the BLAS as data

/// One value of a call: a flag's letter or a whole number, else where a scalar or an operand begins.
struct Value {
  std::int64_t integer = 0;
  void* address = nullptr;
};

/// One call of a routine in one type, values in the order of its Fortran arguments.
struct Call {
  const Operation& operation;
  char type = 's';         ///< s, d, c or z
  bool row_major = false;  ///< only by C's interface
  std::span<const Value> values;
  void* result = nullptr;  ///< room for what the function returns: a number of the type, or a 64-bit index from 0
};

/// One of the two interfaces of a library, C's or Fortran's. Replace `call` to judge something else.
struct Interface {
  bool of_c = true;
  std::function<bool(const Operation&, char type)> has;
  std::function<void(const Call&)> call;
  std::function<std::string(const Operation&, char type)> symbol;  ///< "cblas_dgemm", for messages
  /// Whether a complex result is written to a first argument, as compilers of Fortran other than GNU's have it.
  std::function<bool(const Operation&, char type)> returns_by_first = {};
  /// Whether two flags more than described are taken, C's before the lengths, Fortran's behind all else; both are N.
  std::function<bool(const Operation&, char type)> has_added_flags = {};
  int integer_bits = 32;  ///< width of the library's integers
};

}  // namespace sqrtn::blas
