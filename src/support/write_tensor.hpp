#pragma once

#include "support/npy.hpp"
#include "support/safetensors.hpp"

namespace sqrtn {

/// One tensor, asked for part by part: as .safetensors, where it is called "weight", if the path ends so, else as .npy.
/// Throws: as write_npy.
template <class T>
void write_tensor(const std::string& path, const Shape& shape,
                  const std::function<void(std::size_t first, std::span<T> part)>& fill,
                  Dtype stored = native_dtype<T>) {
  if (path.ends_with(".safetensors")) return write_safetensors<T>(path, {{"weight", shape, fill}}, stored);
  write_npy<T>(path, shape, fill, stored);
}

}  // namespace sqrtn
