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
  bool diagonal = false;                        ///< of a symmetric C: on its diagonal, where products are squares
  bool has_block = false;                       ///< whether it fills the crossing of two of the groups
  std::size_t row_group = 0, column_group = 0;  ///< of the largest such block
  std::size_t tiles = 1;  ///< parts of equal size of both groups, of which each fills its crossing with its like alone
};

struct Classes {
  bool repeatable = true;           ///< whether the same calls gave the same bits
  std::size_t distinct = 0;         ///< classes that there are, all of them
  std::vector<EntryClass> classes;  ///< the largest of them, the largest first
  /// Of equal rows and columns; of a symmetric C two for each class, no row of which is also a column.
  std::vector<Group> row_groups, column_groups;
  std::vector<std::int16_t> of_block;  ///< class of each row group × column group; −1: none of those above
  std::vector<std::int16_t> of_entry;  ///< of a symmetric C instead: of each entry; −1 also beside its triangle
  /// Of a symmetric C: rows of the same classes, as far as both have the column; the first has most columns.
  std::vector<Group> alike;

  [[nodiscard]] std::int16_t at(std::size_t row_group, std::size_t column_group) const {
    return of_block[row_group * column_groups.size() + column_group];
  }
  [[nodiscard]] bool is_triangle() const { return !of_entry.empty(); }
  /// Rows, and columns, that are asked at once.
  [[nodiscard]] std::size_t rows_of(const EntryClass& one) const {
    return row_groups[one.row_group].size() / one.tiles;
  }
  [[nodiscard]] std::size_t columns_of(const EntryClass& one) const {
    return column_groups[one.column_group].size() / one.tiles;
  }
};

/// Where the entries of a class are: all crossings of these rows and columns. Of a symmetric C those of its triangle
/// beside the diagonal, or, for a class of the diagonal, on it.
struct EntryBlock {
  std::vector<std::int32_t> rows, columns;
};
std::vector<EntryBlock> blocks_of(const Classes& classes, std::size_t number);

/// Entries are of one class if they agree, bit for bit, in each of several products whose rows of A are all equal, and
/// whose columns of B are: there only the order tells them apart. Data are such that any other rounding shows.
/// At most 2048 classes are kept, and 65536 crossings of groups of rows and of columns.
template <class T>
Classes find_classes(const Product<T>& product, std::uint64_t seed);

}  // namespace sqrtn::order
