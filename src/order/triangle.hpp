#pragma once

#include "order/classes.hpp"

/// Classes of a symmetric C = A·Aᵀ, of which a triangle is computed. Entry (i, j) is made of two rows of A, and row i
/// is also what column i is made of: so rows are shared out, and what is asked of one is no longer asked of the other.
namespace sqrtn::order {

/// Of what is no entry.
inline constexpr std::uint64_t no_entry = 0;

/// A number for each entry, from its bits in several products of few kinds of rows; none if a product was not the same
/// again. With each binary digit of the rows' numbers in turn, rows whose digit is 0 are one vector and the others
/// another: the digit in which i and j differ first gives entry (i, j) the product of the two, which is the same for
/// all entries beside the diagonal. On it, where products are squares, entries have numbers of their own.
template <class T>
std::vector<std::uint64_t> signatures_of_triangle(const Product<T>& product, std::uint64_t seed);

/// From `of_entry`, n × n: for each class rows and columns to ask, in tiles, none of them both; and which rows are
/// alike.
void find_tiles(Classes& found, std::size_t n, bool upper);

std::vector<EntryBlock> blocks_of_triangle(const Classes& classes, std::size_t number);

}  // namespace sqrtn::order
