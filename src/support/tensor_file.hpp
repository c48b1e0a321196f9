#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support/stored_tensor.hpp"

namespace sqrtn {

/// How raw values are to be read.
struct RawLayout {
  Shape shape;
  Dtype dtype = Dtype::f32;
};

/// All tensors of a file, by what it begins with: .safetensors, .npy, .npz, or an index of .safetensors shards, which
/// are then looked for beside it. With `raw` the whole of it is one tensor's little-endian values in C order, called as
/// the file; "-" is standard input, which must be raw.
/// Throws: std::system_error if it cannot be read; std::invalid_argument for what the readers refuse, and where the raw
/// values are not as many as the shape needs.
TensorSet read_tensors(const std::string& path, const std::optional<RawLayout>& raw = {});

/// The same of several files: each tensor's name begins with its file's, "a.npy:w".
TensorSet read_tensors(const std::vector<std::string>& paths, const std::optional<RawLayout>& raw);

}  // namespace sqrtn
