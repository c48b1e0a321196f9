#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/order.hpp"
#include "sqrtn/laws/summation.hpp"

/// The order in which a library adds the entries of one product, where it is certified.
namespace sqrtn::screen {

/// Entries that are added in the same order: all crossings of these rows and columns.
struct Block {
  std::vector<std::uint32_t> rows, columns;  ///< in ascending order
  std::size_t order = 0;                     ///< of those below
};

struct Model {
  bool is_f64 = false;
  std::size_t size = 0;  ///< rows and columns of all three matrices
  std::string kernel;    ///< of the library that was read
  std::vector<laws::SumTree> trees = {};
  std::vector<laws::SumProgram> programs = {};  ///< of each tree
  std::vector<Block> blocks = {};
  std::vector<std::size_t> ends = {};  ///< entries of the blocks up to and with each

  /// The block of that entry; nullptr if its order is not certified.
  [[nodiscard]] const Block* block_of(std::size_t row, std::size_t column) const;
};

/// Of the certified classes; without blocks if there are none.
/// Throws: std::invalid_argument unless it is of a square gemm and its entries lie within.
Model model_of(const results::LibraryOrder& order);

}  // namespace sqrtn::screen
