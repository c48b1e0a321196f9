#pragma once

#include <cstdint>

#include "order/pairs.hpp"

namespace sqrtn::order {

/// The trees of all classes with their roundings. Where there are many, as of a `symm` that begins each row at its
/// diagonal, a few are asked for, and the others are told by them: of two trees whose codes differ in numbers alone,
/// those that grow with the row, or column, are carried on. A tree that does not predict fresh entries bit for bit is
/// dropped, and asked for like the rest.
template <class T>
std::vector<ClassOrder> read_orders(const Product<T>& product, const Classes& classes, std::uint64_t seed,
                                    const GoOn& go_on);

/// The code of a third tree, at `place`, from those of two others at their places: "0 5+" at 5 and "0 8+" at 8 make
/// "0 6+" at 6. Empty where they differ in more than numbers, or a number does not grow by whole steps.
std::string carried_on(std::string_view first, std::size_t first_place, std::string_view second,
                       std::size_t second_place, std::size_t place);

}  // namespace sqrtn::order
