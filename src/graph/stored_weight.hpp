#pragma once

#include <string>

#include "graph/value.hpp"
#include "graph/wire.hpp"

namespace sqrtn::graph {

/// Where weights outside the model's file may lie.
struct Folder {
  std::string path;      ///< of the model's folder
  bool allowed = false;  ///< false: nothing outside the file is read
};

struct NamedValue {
  std::string name;
  Value value;
};

/// A TensorProto: float, double, float16, bfloat16, int8 to int64, uint8 to uint64 or bool, as raw bytes, as numbers,
/// or in another file of the folder. Throws: std::invalid_argument with file and name for any other type, for a count
/// that is not that of the dimensions, and for a place outside the folder.
NamedValue read_weight(const WireSource& source, std::span<const std::byte> message, const Folder& folder);

}  // namespace sqrtn::graph
