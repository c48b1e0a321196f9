#pragma once

#include <cstdint>
#include <span>

#include "screen/lane.hpp"
#include "screen/round.hpp"

/// The operands of each family as functions of their address.
namespace sqrtn::screen {

/// Of every entry's product, and of all partial sums in any order: whole numbers up to 2^exact_bits.
template <class T>
inline constexpr int exact_bits = sizeof(T) == sizeof(float) ? 24 : 53;

/// A number `index` of the round, and B. **Shapes** n × n, row-major.
/// Dense integers: |a|, |b| ≤ √(2^exact_bits/n). Cancelling pairs: of the terms of every sum two are α·β and −α·β, up
/// to ¾ of 2^exact_bits; the others, integers down to 1, add up to less than a quarter in any order. Full mantissas: a
/// row of A has one entry that is not 0, of 2 to all significant bits, so that ties occur; B is full. Predicted bits:
/// N(0, 1). Twice: U(−1, 1).
template <class T>
void fill_left(const Lane& lane, const Origin& origin, std::size_t index, std::span<T> a);
template <class T>
void fill_right(const Lane& lane, const Origin& origin, std::size_t index, std::span<T> b);

/// Row `row` of A of predicted bits.
template <class T>
void fill_predicted_row(const Lane& lane, const Origin& origin, std::size_t index, std::size_t row, std::span<T> out);

/// The column of A's entry that is not 0 in a row, where there is one a row.
std::size_t only_column(const Lane& lane, std::size_t index, std::size_t row);

}  // namespace sqrtn::screen
