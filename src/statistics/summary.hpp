#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "support/stored_tensor.hpp"

/// All that is asked of a tensor's values, found in one pass over them.
namespace sqrtn::statistics {

/// How many values have one 16-bit pattern: of f16 and bf16 all their bits, so that a cell is a value; of f32 the upper
/// half, of f64 sign, exponent (clamped to f32's) and 7 bits of the fraction.
struct Cell {
  std::uint16_t pattern = 0;
  std::uint64_t count = 0;
};

/// A row, or a column, of the tensor as a matrix.
struct Line {
  double sum = 0, sum_of_squares = 0;
  std::uint64_t hash = 0;  ///< of its magnitudes, whatever their order and signs
};

/// A place where the hash of two magnitudes that follow each other is among the smallest; equal content has equal
/// ones, wherever it stands.
struct Anchor {
  std::uint64_t hash = 0;  ///< of the eight magnitudes from there on
  std::uint64_t position = 0;
};

struct Summary {
  std::size_t count = 0, n_nan = 0, n_infinite = 0, n_zero = 0, n_subnormal = 0;
  double sum = 0, sum_of_squares = 0;  ///< of the finite ones, as are the extremes
  double minimum = std::numeric_limits<double>::infinity(), maximum = -minimum;
  std::uint64_t used_bits = 0;      ///< every bit that is set in some value
  std::uint64_t hash = 0;           ///< of all magnitudes, whatever their order and signs
  std::vector<Cell> cells;          ///< of the finite ones, by ascending pattern
  std::size_t row_length = 0;       ///< of what `rows` and `columns` are about; 0: the tensor is taken as no matrix
  std::vector<Line> rows, columns;  ///< empty where there are fewer than two, or too many of them
  std::vector<Anchor> anchors;

  [[nodiscard]] std::size_t n_finite() const { return count - n_nan - n_infinite; }
};

/// Rows as they lie in memory: the last axis of the shape but for one is flattened, a weight's first axis its rows.
/// A tensor of one axis, or of rows shorter than 16, is no matrix. At most 2²⁰ rows and 2¹⁶ columns are kept.
/// `threads` (0: all) changes no bit: parts of the tensor, whose number depends on its size alone, merge in order.
/// Memory: 64 parts of at most 2 MiB, whatever the tensor's size; of the file's pages each thread keeps 2²² values.
/// Error: sums in double, 8 lanes a row; relative 2⁻⁵³ times the number of additions a lane.
/// `progress(values)` is called after each part, by any thread.
Summary summarise(const StoredTensor& tensor, unsigned threads = 1,
                  const std::function<void(std::size_t values)>& progress = {});

/// The number that a pattern stands for: the value itself (f16, bf16), or the end of the cell that is nearer to 0.
double value_of(std::uint16_t pattern, Dtype dtype);

/// The number up to which values of the pattern round or lie: P(a value's pattern is at most this one, in the order of
/// the numbers) = F(upper_end) for a law F that was rounded to the type. Half types: the middle between neighbours.
/// Of f32 and f64 the cell's end, whose own rounding moves F by less than 2⁻²⁵.
double upper_end(std::uint16_t pattern, Dtype dtype);

/// The end of the cell that holds x, which is finite: within a cell's width above it.
double end_above(double x, Dtype dtype);

/// Reads values [first, first + out.size()) as doubles, exactly.
void read_values(const StoredTensor& tensor, std::size_t first, std::span<double> out);

}  // namespace sqrtn::statistics
