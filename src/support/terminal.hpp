#pragma once

#include <cstddef>

namespace sqrtn {

/// Columns of the terminal that the descriptor stands for; 0 if it is none or does not tell.
std::size_t terminal_columns(int descriptor);

}  // namespace sqrtn
