#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sqrtn/support/shape.hpp"
#include "sqrtn/support/tensor.hpp"
#include "support/dtype.hpp"
#include "support/mapped_file.hpp"

/// Tensors as files hold them. Names come from outside: they are shown by results::printable alone.
namespace sqrtn {

/// What keeps a tensor's bytes: a file, or memory where they had to be unpacked.
struct Storage {
  std::shared_ptr<const support::MappedFile> file;
  std::shared_ptr<const Buffer<std::byte>> memory;
};

struct StoredTensor {
  std::string name;
  Dtype dtype = Dtype::f32;
  Shape shape;                       ///< at least one element
  bool reversed = false;             ///< the first axis is the one whose elements are neighbours (Fortran's order)
  bool swapped = false;              ///< each element has its most significant byte first
  std::span<const std::byte> bytes;  ///< element_count(shape)·bytes_of(dtype), at any address
  Storage storage;

  [[nodiscard]] std::size_t count() const { return bytes.size() / bytes_of(dtype); }
};

/// A tensor that holds no floating-point values that are judged, and why: "I64", "empty".
struct SkippedTensor {
  std::string name, why;
};

struct TensorSet {
  std::vector<StoredTensor> tensors;
  std::vector<SkippedTensor> skipped;
};

}  // namespace sqrtn
