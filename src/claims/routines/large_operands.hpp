#pragma once

#include <algorithm>
#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "claims/routines/counts.hpp"
#include "claims/routines/repeated_memory.hpp"
#include "claims/routines/routine_call.hpp"

/// Operands that are too long to be kept: one block of entries, seen again and again.
namespace sqrtn::claims {

inline constexpr std::size_t block_bytes = std::size_t{1} << 20;
/// Elements on either side that may be touched: whether something is, `inside` tells.
inline constexpr std::size_t large_margin = 64;

/// Elements after which what memory holds begins again.
template <class T>
inline constexpr std::size_t period = block_bytes / sizeof(T);

/// Entries of op of an operand as they were before the call.
template <class T>
struct RepeatedEntries {
  const std::vector<T>* block = nullptr;  ///< none: ones
  std::ptrdiff_t first = 0, row_step = 0, col_step = 0;
  std::size_t cols = 1;
  bool conjugated = false;
  blas::Factor::Part part = blas::Factor::Part::whole;

  T operator()(std::size_t i, std::size_t j) const {
    if (block == nullptr) return T(1);
    const std::ptrdiff_t at =
        first + static_cast<std::ptrdiff_t>(i) * row_step + static_cast<std::ptrdiff_t>(j) * col_step;
    const T entry = (*block)[static_cast<std::size_t>(at) % period<T>];
    return part_of(part, conjugated ? conjugate(entry) : entry);
  }
};

/// Σ left(i, p)·right(p, j). Both repeat with the memory that they stand in, and the sum is exact in any order.
template <class T>
T sum_of_products(const RepeatedEntries<T>& left, const RepeatedEntries<T>& right, std::size_t i, std::size_t j) {
  const std::size_t n_left_over = left.cols % period<T>, n_different = std::min(left.cols, period<T>);
  T sum(0), of_left_over(0);
  for (std::size_t p = 0; p < n_different; ++p) {
    if (p == n_left_over) of_left_over = sum;
    sum += times(left(i, p), right(p, j));
  }
  if (left.cols < period<T>) return sum;
  return T(static_cast<Real<T>>(left.cols / period<T>)) * sum + of_left_over;
}

/// Entries 0 and 1, or i: in any order, sums of up to 2²⁴ of them are exact even in float.
template <class T>
std::vector<T> block_of(TestData& data) {
  std::vector<T> block(period<T>);
  Buffer<Real<T>> draws(block.size());
  data.fill_integers<Real<T>>(draws.span(), 4);
  for (std::size_t at = 0; at < block.size(); ++at) {
    block[at] = draws[at] > 0 ? T(1) : T(0);
    if constexpr (is_complex<T>) {
      if (draws[at] < -2) block[at] = T(0, 1);
    }
  }
  return block;
}

inline bool seeks_smallest(const blas::Operation& operation) {
  return operation.reduction == blas::Reduction::first_smallest || operation.reduction == blas::Reduction::smallest;
}

/// What the operands hold in all calls of a claim, and where.
template <class T>
class LargeOperands {
 public:
  explicit LargeOperands(const Inquiry& inquiry) : operation_(inquiry.operation) {
    for (std::size_t i = 0; i < operation_.operands.size(); ++i) {
      blocks_.push_back(block_of<T>(inquiry.data));
      for (T& entry : blocks_.back()) entry += T(seeks_smallest(operation_) ? 1 : 0);
    }
    for (const std::vector<T>& block : blocks_) memory_.emplace_back(std::as_bytes(std::span(block)));
  }

  [[nodiscard]] const std::vector<T>& block(std::size_t operand) const { return blocks_[operand]; }

  /// Makes the call one of these operands, as if none had been made before.
  void place(RoutineCall<T>& call) {
    call.places.resize(operation_.operands.size());
    for (std::size_t i = 0; i < call.places.size(); ++i) {
      const std::size_t bytes = (call.placements[i].extent() + 2 * large_margin) * sizeof(T);
      std::byte* const memory = is_written(operation_.operands[i]) ? memory_[i].copied(bytes) : memory_[i].seen(bytes);
      call.places[i] = reinterpret_cast<T*>(memory) + large_margin;
      if (operation_.operands[i].structure == blas::Structure::rotation)
        std::ranges::copy(call.rotation(), call.places[i]);
    }
  }

 private:
  /// By the call, or by us before it.
  [[nodiscard]] bool is_written(const blas::Operand& operand) const {
    return operand.structure == blas::Structure::rotation || is_search(operation_) ||
           std::ranges::find(operation_.outputs, operand.name, &blas::Output::operand) != operation_.outputs.end();
  }

  const blas::Operation& operation_;
  std::vector<std::vector<T>> blocks_;
  std::vector<RepeatedMemory> memory_;
};

}  // namespace sqrtn::claims
