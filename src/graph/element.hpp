#pragma once

#include <string_view>

#include "graph/value.hpp"
#include "support/byte_reader.hpp"

/// The types of entries in a file, and how one is read.
namespace sqrtn::graph {

/// Types by their numbers in TensorProto.DataType.
enum class Element {
  f32 = 1,
  u8,
  i8,
  u16,
  i16,
  i32,
  i64,
  text,
  boolean,
  f16,
  f64,
  u32,
  u64,
  bf16 = 16,
};

/// Of one entry.
std::size_t bytes_of_element(Element type);

/// What an element of this number in TensorProto.DataType is computed as. Throws: std::invalid_argument for strings,
/// complex numbers and types below a byte.
Kind kind_of(std::int64_t element_type, std::string_view path, std::string_view name);

/// The next entry of a real type, as a float; of another, as int64.
float real_at(Element type, support::ByteReader& reader);
std::int64_t whole_at(Element type, support::ByteReader& reader);

/// A real number that stands as a whole one: the bits of a type of 16.
float real_of_bits(Element type, std::int64_t bits);

}  // namespace sqrtn::graph
