#pragma once

#include <string>
#include <utility>
#include <vector>

#include "blas/names.hpp"
#include "sqrtn/blas/functions.hpp"

/// The C interface of a library, with integers of either width, behind the table.
namespace sqrtn::blas {

/// The table, and under which names its functions stand where; entries that the library lacks are empty.
struct FoundFunctions {
  Functions functions;
  std::vector<std::pair<std::string, const void*>> found;
};

/// 32-bit functions are called as they are. 64-bit ones are the library's of this process: the table's functions
/// forward to them.
FoundFunctions c_functions(const SymbolLookup& look_up, const Naming& naming, int integer_bits);

}  // namespace sqrtn::blas
