#pragma once

#include <functional>
#include <span>
#include <string>

#include "sqrtn/support/shape.hpp"
#include "support/dtype.hpp"

namespace sqrtn {

/// Writes a NumPy .npy file, format version 1.0, C order, little endian, '<f4' or '<f8', or of floats rounded to
/// nearest
/// '<f2'.
/// `fill(first, part)` is asked for consecutive parts that begin at element `first`, so that a
/// tensor larger than memory can be written. "-" writes to standard output.
/// The file is written beside and renamed: an error leaves an earlier file as it was.
/// Throws: std::system_error with the path and the reason; std::invalid_argument for bfloat16, which NumPy lacks.
/// Source: numpy/lib/format.py, "Format Version 1.0".
template <class T>
void write_npy(const std::string& path, const Shape& shape,
               const std::function<void(std::size_t first, std::span<T> part)>& fill, Dtype stored = native_dtype<T>);

extern template void write_npy<float>(const std::string&, const Shape&,
                                      const std::function<void(std::size_t, std::span<float>)>&, Dtype);
extern template void write_npy<double>(const std::string&, const Shape&,
                                       const std::function<void(std::size_t, std::span<double>)>&, Dtype);

}  // namespace sqrtn
