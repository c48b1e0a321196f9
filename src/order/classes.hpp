#pragma once

#include <cstdint>
#include <vector>

#include "order/product.hpp"

/// Entries of C that are added in the same order. A kernel holds a small tile of C in registers, and the order may
/// depend on an entry's place in it; at the edges other kernels run.
namespace sqrtn::order {

/// Rows, or columns, that hold the same classes.
using Group = std::vector<std::uint32_t>;

struct EntryClass {
  std::size_t entries = 0;
  std::uint32_t row = 0, column = 0;            ///< one of them
  bool has_block = false;                       ///< whether it fills the crossing of two of the groups
  std::size_t row_group = 0, column_group = 0;  ///< of the largest such block
};

struct Classes {
  bool repeatable = true;           ///< whether the same calls gave the same bits
  std::size_t distinct = 0;         ///< classes that there are, all of them
  std::vector<EntryClass> classes;  ///< the largest of them, the largest first
  std::vector<Group> row_groups, column_groups;
  std::vector<std::int16_t> of_block;  ///< class of each row group × column group; −1: none of those above

  [[nodiscard]] std::int16_t at(std::size_t row_group, std::size_t column_group) const {
    return of_block[row_group * column_groups.size() + column_group];
  }
};

/// Entries are of one class if they agree, bit for bit, in each of several products whose rows of A are all equal, and
/// whose columns of B are: there only the order tells them apart. Data are such that any other rounding shows.
/// At most 256 classes, of at most 256 groups of rows and of columns, are kept.
template <class T>
Classes find_classes(const Product<T>& product, std::uint64_t seed);

}  // namespace sqrtn::order
