#include "graph/element.hpp"

#include <bit>

#include "sqrtn/support/half.hpp"

namespace sqrtn::graph {

std::size_t bytes_of_element(Element type) {
  switch (type) {
    case Element::u8:
    case Element::i8:
    case Element::boolean:
      return 1;
    case Element::u16:
    case Element::i16:
    case Element::f16:
    case Element::bf16:
      return 2;
    case Element::f64:
    case Element::i64:
    case Element::u64:
      return 8;
    default:
      return 4;
  }
}

Kind kind_of(std::int64_t element_type, std::string_view path, std::string_view name) {
  switch (static_cast<Element>(element_type)) {
    case Element::f32:
    case Element::f16:
    case Element::bf16:
    case Element::f64:
      return Kind::real;
    case Element::boolean:
      return Kind::truth;
    case Element::u8:
    case Element::i8:
    case Element::u16:
    case Element::i16:
    case Element::i32:
    case Element::i64:
    case Element::u32:
    case Element::u64:
      return Kind::whole;
    default:
      throw std::invalid_argument(fmt::format(
          "{}: '{:.60}' is of type {} of TensorProto.DataType; known are float, double, float16, bfloat16, integers of "
          "8 to 64 bits and bool",
          path, name, element_type));
  }
}

float real_at(Element type, support::ByteReader& reader) {
  switch (type) {
    case Element::f16:
      return from_f16(reader.number<std::uint16_t>());
    case Element::bf16:
      return from_bf16(reader.number<std::uint16_t>());
    case Element::f64:
      return static_cast<float>(std::bit_cast<double>(reader.number<std::uint64_t>()));
    default:
      return std::bit_cast<float>(reader.number<std::uint32_t>());
  }
}

std::int64_t whole_at(Element type, support::ByteReader& reader) {
  switch (type) {
    case Element::i8:
      return reader.number<std::int8_t>();
    case Element::u16:
      return reader.number<std::uint16_t>();
    case Element::i16:
      return reader.number<std::int16_t>();
    case Element::i32:
      return reader.number<std::int32_t>();
    case Element::u32:
      return reader.number<std::uint32_t>();
    case Element::i64:
    case Element::u64:
      return reader.number<std::int64_t>();
    case Element::boolean:
      return reader.number<std::uint8_t>() != 0 ? 1 : 0;
    default:
      return reader.number<std::uint8_t>();
  }
}

float real_of_bits(Element type, std::int64_t bits) {
  const auto half = static_cast<std::uint16_t>(bits);
  return type == Element::f16 ? from_f16(half) : from_bf16(half);
}

}  // namespace sqrtn::graph
