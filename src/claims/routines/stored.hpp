#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "blas/operations.hpp"
#include "claims/routines/scalars.hpp"

/// One call's choices, and operands as the routine takes them.
namespace sqrtn::claims {

/// What a caller chooses beside the operands' entries.
struct Choice {
  bool row_major = false;
  char side = 'l', triangle = 'U', diagonal = 'n', transpose_a = 'N', transpose_b = 'N';
  std::size_t m = 1, n = 1, k = 1, lower = 0, upper = 0;  ///< of op(A) where a flag transposes it
  std::int64_t increment_x = 1, increment_y = 1;
  std::size_t padding = 0;  ///< that the n-th leading dimension exceeds what is needed by, n times
  int rotation = -1;        ///< the flag of rotm

  [[nodiscard]] std::size_t length(char letter) const;
  [[nodiscard]] char transpose(char operand) const { return operand == 'B' ? transpose_b : transpose_a; }
  [[nodiscard]] std::int64_t increment(char operand) const { return operand == 'x' ? increment_x : increment_y; }
};

/// An operand's place in memory: which of its entries are stored, and where.
struct Placement {
  Placement(const blas::Operation& operation, const blas::Operand& operand, const Choice& choice);

  /// Elements from the first that may be touched; nullopt if the entry is not stored.
  [[nodiscard]] std::optional<std::size_t> place(std::size_t i, std::size_t j) const {
    if (is_vector()) {
      const auto step = static_cast<std::size_t>(std::abs(increment));
      return increment < 0 ? (rows - 1 - i) * step : i * step;
    }
    if (operand.structure != blas::Structure::general && !in_triangle(i, j)) return {};
    const auto ld = static_cast<std::size_t>(leading);
    if (operand.format == blas::Format::full) return row_major_ ? i * ld + j : i + j * ld;
    if (operand.format == blas::Format::packed) return packed_place(i, j);
    if (!in_band(i, j)) return {};
    return row_major_ ? i * ld + (lower_ + j - i) : upper_ + i - j + j * ld;
  }
  /// Whether the entry is one of those that the structure says are zero.
  [[nodiscard]] bool is_zero(std::size_t i, std::size_t j) const {
    const bool is_one_sided =
        operand.structure == blas::Structure::general || operand.structure == blas::Structure::triangular;
    if (operand.format == blas::Format::band) return !in_band(i, j) && (is_one_sided || !in_band(j, i));
    return operand.structure == blas::Structure::triangular && !in_triangle(i, j);
  }
  /// Whether the entries of a row that are stored lie at equal distances.
  [[nodiscard]] bool has_plain_rows() const { return operand.format == blas::Format::full && !is_vector(); }
  /// The columns [first, end) of a plain row that are stored, and elements from one to the next.
  [[nodiscard]] std::array<std::size_t, 2> stored_columns(std::size_t i) const {
    if (operand.structure == blas::Structure::general) return {0, cols};
    return triangle_ == 'U' ? std::array{i, cols} : std::array{std::size_t{0}, i + 1};
  }
  [[nodiscard]] std::size_t column_step() const { return row_major_ ? 1 : static_cast<std::size_t>(leading); }
  /// Whether so many elements from the first lies an entry of the triangle that is not used.
  [[nodiscard]] bool in_other_triangle(std::size_t at) const {
    if (!has_plain_rows()) return false;
    const std::size_t line = at / static_cast<std::size_t>(leading), within = at % static_cast<std::size_t>(leading);
    return within < (row_major_ ? cols : rows) && !(row_major_ ? place(line, within) : place(within, line));
  }
  /// Whether the entry is a one that is not read.
  [[nodiscard]] bool is_one(std::size_t i, std::size_t j) const { return unit_diagonal_ && i == j; }
  /// Elements from the first that may be touched to the last.
  [[nodiscard]] std::size_t extent() const;

  blas::Operand operand;
  std::size_t rows = 0, cols = 0;  ///< as stored: before op
  std::int64_t leading = 0, increment = 0;

 private:
  [[nodiscard]] bool is_vector() const {
    return operand.structure == blas::Structure::vector || operand.structure == blas::Structure::rotation;
  }
  [[nodiscard]] bool in_triangle(std::size_t i, std::size_t j) const { return triangle_ == 'U' ? i <= j : i >= j; }
  [[nodiscard]] bool in_band(std::size_t i, std::size_t j) const { return j <= i + upper_ && i <= j + lower_; }
  [[nodiscard]] std::size_t packed_place(std::size_t i, std::size_t j) const;
  bool row_major_, unit_diagonal_;
  char triangle_;
  std::size_t lower_ = 0, upper_ = 0;  ///< diagonals of a band that are stored
};

/// Elements of the operand's memory, whichever of the others lie over it.
std::size_t extent_of_all(const blas::Operation& operation, const blas::Operand& operand, const Choice& choice);

/// Elements that may be touched, between others that may not: who reads those is told so by the claim about that, and
/// not ended here.
template <class T>
class Elements {
 public:
  explicit Elements(std::size_t size) : size_(size), all_(size + 2 * margin) {}
  T& operator[](std::size_t i) { return all_[margin + i]; }
  const T& operator[](std::size_t i) const { return all_[margin + i]; }
  [[nodiscard]] T* data() { return all_.data() + margin; }
  [[nodiscard]] const T* data() const { return all_.data() + margin; }
  [[nodiscard]] std::size_t size() const { return size_; }
  void fill(T value) { std::fill(all_.begin(), all_.end(), value); }

 private:
  static constexpr std::size_t margin = 128;
  std::size_t size_;
  std::vector<T> all_;
};

/// An operand with its entries. Memory that is not read, gaps among it, holds NaN; the imaginary parts on a Hermitian
/// diagonal, which count as zero, hold what they are told to.
template <class T>
struct Stored {
  Stored(const blas::Operation& operation, const blas::Operand& operand, const Choice& choice)
      : placement(operation, operand, choice),
        entries(placement.rows * placement.cols),
        memory(extent_of_all(operation, operand, choice)) {}
  T& operator()(std::size_t i, std::size_t j) { return entries[i * placement.cols + j]; }
  const T& operator()(std::size_t i, std::size_t j) const { return entries[i * placement.cols + j]; }
  /// Makes the entries what the structure says they are, then writes those that are read to memory.
  void store(Real<T> unset = 3);

  Placement placement;
  std::vector<T> entries;  ///< of the whole matrix, row by row
  Elements<T> memory;

 private:
  void store_rows();
};

}  // namespace sqrtn::claims
