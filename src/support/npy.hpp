#pragma once

#include <functional>
#include <span>
#include <string>

#include "sqrtn/support/shape.hpp"

namespace sqrtn {

/// Writes a NumPy .npy file, format version 1.0, C order, little endian, '<f4' or '<f8'.
/// `fill(first, part)` is asked for consecutive parts that begin at element `first`, so that a
/// tensor larger than memory can be written. "-" writes to standard output.
/// The file is written beside and renamed: an error leaves an earlier file as it was.
/// Throws: std::system_error with the path and the reason.
/// Source: numpy/lib/format.py, "Format Version 1.0".
template <class T>
void write_npy(const std::string& path, const Shape& shape,
               const std::function<void(std::size_t first, std::span<T> part)>& fill);

extern template void write_npy<float>(const std::string&, const Shape&,
                                      const std::function<void(std::size_t, std::span<float>)>&);
extern template void write_npy<double>(const std::string&, const Shape&,
                                       const std::function<void(std::size_t, std::span<double>)>&);

}  // namespace sqrtn
