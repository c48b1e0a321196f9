#pragma once

#include <string>

#include "support/stored_tensor.hpp"

namespace sqrtn {

/// The array in the bytes of a NumPy .npy file, format versions 1 to 3; elements of '<f2', '<f4', '<f8' or the same
/// with '>'. bfloat16 has no name there: ml_dtypes writes '<V2', which is taken for it.
/// Arrays of other plain types, and empty ones, are skipped with the reason. `name` stands for them in messages.
/// Throws: std::invalid_argument for anything else: pickled objects (which are never executed), structured types, a
/// header that is no dictionary of the three known fields, a size that is not the shape's.
/// Source: numpy/lib/format.py.
void read_npy(const std::string& name, std::span<const std::byte> bytes, const Storage& storage, TensorSet& set);

}  // namespace sqrtn
