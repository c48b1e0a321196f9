#include "claims/routines/stored.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <span>

#include "claims/routines/halves.hpp"

namespace sqrtn::claims {

using blas::Format;
using blas::Structure;

std::size_t Choice::length(char letter) const {
  switch (letter) {
    case 'm':
      return m;
    case 'n':
      return n;
    case 'k':
      return k;
    case 'l':
      return lower;
    case 'u':
      return upper;
    case 's':
      return side == 'l' ? m : n;
    case '5':
      return 5;
    default:
      return 1;
  }
}

Placement::Placement(const blas::Operation& operation, const blas::Operand& operand_, const Choice& choice)
    : operand(operand_),
      rows(choice.length(operand_.rows)),
      cols(choice.length(operand_.cols)),
      row_major_(choice.row_major),
      unit_diagonal_(operand_.structure == Structure::triangular && choice.diagonal == 'u'),
      triangle_(choice.triangle) {
  if (is_vector()) {
    increment = operand.structure == Structure::vector ? choice.increment(operand.name) : 1;
    return;
  }
  if (choice.transpose(operand.name) != 'N' && has_op(operation, operand.name)) std::swap(rows, cols);
  if (operand.format == Format::band && operand.structure == Structure::general) {
    lower_ = choice.lower;
    upper_ = choice.upper;
  } else if (operand.format == Format::band) {
    (triangle_ == 'U' ? upper_ : lower_) = choice.k;
  }
  const std::size_t needed = operand.format == Format::band ? lower_ + upper_ + 1 : row_major_ ? cols : rows;
  // Another one for each operand, so that none can be taken for another's.
  const auto place = std::ranges::find(operation.operands, operand.name, &blas::Operand::name);
  const auto nth = static_cast<std::size_t>(place - operation.operands.begin()) + 1;
  leading = static_cast<std::int64_t>(std::max<std::size_t>(needed, 1) + nth * choice.padding);
}

std::size_t Placement::packed_place(std::size_t i, std::size_t j) const {
  // Row-major, the triangle is the other one of the transposed matrix.
  if (row_major_) std::swap(i, j);
  const bool upper = (triangle_ == 'U') != row_major_;
  return upper ? i + j * (j + 1) / 2 : i + j * (2 * cols - j - 1) / 2;
}

std::size_t Placement::extent() const {
  std::size_t end = 0;
  const auto include = [&](std::size_t i, std::size_t j) {
    if (const auto at = place(i, j)) end = std::max(end, *at + 1);
  };
  if (operand.format != Format::band) {
    for (const std::size_t i : {std::size_t{0}, rows - 1}) {
      for (const std::size_t j : {std::size_t{0}, cols - 1}) {
        if (i < rows && j < cols) include(i, j);
      }
    }
    return end;
  }
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = i > lower_ ? i - lower_ : 0; j < std::min(cols, i + upper_ + 1); ++j) include(i, j);
  }
  return end;
}

std::size_t extent_of_all(const blas::Operation& operation, const blas::Operand& operand, const Choice& choice) {
  std::size_t extent = Placement(operation, operand, choice).extent();
  for (const blas::Operand& other : operation.operands) {
    if (other.over == operand.name) extent = std::max(extent, Placement(operation, other, choice).extent());
  }
  return extent;
}

namespace {

template <class T>
T unread() {
  constexpr Real<T> nan = std::numeric_limits<Real<T>>::quiet_NaN();
  return convert<T>(std::complex<Real<T>>(nan, nan));
}

}  // namespace

template <class T>
void Stored<T>::store(Real<T> unset) {
  memory.fill(unread<T>());
  if (const auto half = placement.operand.half) {
    for (T& entry : entries) entry = rounded_to_half(*half, entry);
  }
  const Structure structure = placement.operand.structure;
  if (placement.has_plain_rows() && structure != Structure::hermitian) return store_rows();
  for (std::size_t i = 0; i < placement.rows; ++i) {
    for (std::size_t j = 0; j < placement.cols; ++j) {
      T& entry = (*this)(i, j);
      if (placement.is_zero(i, j)) entry = T(0);
      if (placement.is_one(i, j)) entry = T(1);
      const auto at = placement.place(i, j);
      if (structure == Structure::hermitian && i == j) entry = T(real_part(entry));
      if (structure == Structure::symmetric && !at) entry = (*this)(j, i);
      if (structure == Structure::hermitian && !at) entry = conjugate((*this)(j, i));
      if (at && !placement.is_one(i, j)) memory[*at] = entry;
      if constexpr (is_complex<T>) {
        if (structure == Structure::hermitian && i == j && at) memory[*at] = T(real_part(entry), unset);
      }
    }
  }
}

template <class T>
void Stored<T>::store_rows() {
  const std::size_t step = placement.column_step();
  for (std::size_t i = 0; i < placement.rows; ++i) {
    const std::span<T> row(entries.data() + i * placement.cols, placement.cols);
    const auto [first, end] = placement.stored_columns(i);
    const bool has_mirror = placement.operand.structure == Structure::symmetric;
    const auto unstored = [&](std::size_t j) { return has_mirror ? (*this)(j, i) : T(0); };
    for (std::size_t j = 0; j < first; ++j) row[j] = unstored(j);
    for (std::size_t j = end; j < row.size(); ++j) row[j] = unstored(j);
    if (first == end) continue;
    T* const stored = &memory[*placement.place(i, first)];
    for (std::size_t j = first; j < end; ++j) stored[(j - first) * step] = row[j];
    if (!placement.is_one(i, i)) continue;
    row[i] = T(1);
    stored[(i - first) * step] = unread<T>();
  }
}

template struct Stored<float>;
template struct Stored<double>;
template struct Stored<std::complex<float>>;
template struct Stored<std::complex<double>>;

}  // namespace sqrtn::claims
