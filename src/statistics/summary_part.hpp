#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "statistics/summary.hpp"
#include "statistics/summary_kernel.hpp"

/// One thread's work on one part of a tensor.
namespace sqrtn::statistics {

struct Columns {
  std::vector<double> sums, squares;
  std::vector<std::uint32_t> hashes;
};

struct Part {
  Summary summary;
  Columns columns;
};

/// How often each pattern occurs: a table, or for few values a list.
class PatternCounter {
 public:
  explicit PatternCounter(std::size_t expected);
  void add(const std::uint16_t* patterns, std::size_t size);
  /// The upper halves of words.
  void add(const std::uint32_t* words, std::size_t size);
  [[nodiscard]] std::vector<Cell> cells();

 private:
  template <class Pattern>
  void count(std::size_t size, Pattern pattern);

  bool tabulated_;
  std::vector<std::uint32_t> table_;
  std::vector<std::uint16_t> list_;
};

/// NaN and infinities are counted, and count as zeros in all that is summed.
class PartSummary {
 public:
  /// `columns`: how many are kept, 0 for none; `expected`: values of the part.
  PartSummary(const StoredTensor& tensor, std::size_t columns, std::size_t expected);

  /// Values [first, first + size) as one row, or as a part of the only one.
  Line add_row(std::size_t first, std::size_t size);
  Part take();

 private:
  static constexpr std::size_t piece_size = 2048;  // with its hashes, half of a first-level cache of 32 KiB

  void add_piece(std::size_t first, std::size_t column, std::size_t size, Line& line, PieceHash& hash);
  void decode_halves(std::size_t size);
  template <class T>
  void add_values(T* values, std::size_t first, std::size_t column, std::size_t size, Line& line, PieceHash& hash);
  template <class T>
  void take_out_special(T* values, std::size_t size);
  void add_anchors(std::size_t first, std::size_t size);

  const StoredTensor& tensor_;
  PatternCounter counter_;
  bool has_columns_;
  std::uint32_t threshold_ = 0;
  Part part_;
  std::array<std::uint16_t, piece_size> patterns_{};
  std::array<std::uint32_t, piece_size> bits_{}, hashes_{};
  std::array<std::uint64_t, piece_size> words_{};
  std::array<float, piece_size> floats_{};
  std::array<double, piece_size> doubles_{};
  std::array<std::uint32_t, 64> anchors_{};
};

}  // namespace sqrtn::statistics
