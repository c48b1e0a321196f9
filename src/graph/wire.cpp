#include "graph/wire.hpp"

#include <fmt/format.h>

#include <bit>

#include "sqrtn/support/require.hpp"

namespace sqrtn::graph {
namespace {

constexpr std::size_t longest_text = 65'536;

/// Numbers of a fixed size: those that are packed, or the one that stands alone.
template <class Bits, class Number>
void add_fixed(const WireSource& source, const WireField& field, Wire alone, std::vector<Number>& into,
               std::string_view what) {
  if (field.wire == alone) {
    into.push_back(std::bit_cast<Number>(static_cast<Bits>(field.value)));
    return;
  }
  const auto bytes = message_of(source, field, what);
  if (bytes.size() % sizeof(Bits) != 0) {
    source.refuse(bytes.data(), fmt::format("{} holds {} bytes, no multiple of {}", what, bytes.size(), sizeof(Bits)));
  }
  support::ByteReader reader(bytes);
  into.reserve(into.size() + bytes.size() / sizeof(Bits));
  while (reader.left() > 0) into.push_back(std::bit_cast<Number>(reader.number<Bits>()));
}

}  // namespace

void WireSource::refuse(const std::byte* at, std::string_view what) const {
  throw std::invalid_argument(
      fmt::format("{}: byte {}: {}; is it an ONNX model, and whole? Export it again", path, at - file.data(), what));
}

std::uint64_t WireReader::varint() {
  const std::byte* begin = at();
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (reader_.left() == 0) source_.refuse(begin, "a number is cut off");
    const auto byte = reader_.number<std::uint8_t>();
    // The tenth byte holds the last of 64 bits.
    if (shift == 63 && byte > 1) break;
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  source_.refuse(begin, "a number has more than 64 bits");
}

bool WireReader::next(WireField& field) {
  if (reader_.left() == 0) return false;
  const std::byte* begin = at();
  const std::uint64_t tag = varint();
  if (tag >> 3 == 0 || tag >> 3 >= (1U << 29)) source_.refuse(begin, fmt::format("field {} is none", tag >> 3));
  field = {static_cast<std::uint32_t>(tag >> 3), static_cast<Wire>(tag & 7), 0, {}};
  const auto needs = [&](std::size_t size) {
    if (size > reader_.left()) {
      source_.refuse(begin, fmt::format("field {} needs {} bytes, but {} are left", field.number, size, left()));
    }
  };
  switch (field.wire) {
    case Wire::varint:
      field.value = varint();
      return true;
    case Wire::fixed64:
      needs(8);
      field.value = reader_.number<std::uint64_t>();
      return true;
    case Wire::fixed32:
      needs(4);
      field.value = reader_.number<std::uint32_t>();
      return true;
    case Wire::bytes: {
      const std::uint64_t size = varint();
      needs(size);
      field.bytes = reader_.take(size);
      return true;
    }
  }
  source_.refuse(begin, fmt::format("field {} has a payload of the unknown kind {}", field.number, tag & 7));
}

std::int64_t whole_of(const WireSource& source, const WireField& field, std::string_view what) {
  if (field.wire != Wire::varint) source.refuse(source.file.data(), fmt::format("{} is no whole number", what));
  return static_cast<std::int64_t>(field.value);
}

float float_of(const WireSource& source, const WireField& field, std::string_view what) {
  if (field.wire != Wire::fixed32) source.refuse(source.file.data(), fmt::format("{} is no float", what));
  return std::bit_cast<float>(static_cast<std::uint32_t>(field.value));
}

std::span<const std::byte> message_of(const WireSource& source, const WireField& field, std::string_view what) {
  if (field.wire != Wire::bytes) source.refuse(source.file.data(), fmt::format("{} has no length", what));
  return field.bytes;
}

std::string text_of(const WireSource& source, const WireField& field, std::string_view what) {
  const auto bytes = message_of(source, field, what);
  if (bytes.size() > longest_text) {
    source.refuse(bytes.data(), fmt::format("{} is longer than {} bytes", what, longest_text));
  }
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void add_wholes(const WireSource& source, const WireField& field, std::vector<std::int64_t>& into,
                std::string_view what) {
  if (field.wire == Wire::varint) {
    into.push_back(static_cast<std::int64_t>(field.value));
    return;
  }
  WireReader reader(source, message_of(source, field, what));
  while (reader.left() > 0) into.push_back(static_cast<std::int64_t>(reader.varint()));
}

void add_floats(const WireSource& source, const WireField& field, std::vector<float>& into, std::string_view what) {
  add_fixed<std::uint32_t>(source, field, Wire::fixed32, into, what);
}

void add_doubles(const WireSource& source, const WireField& field, std::vector<double>& into, std::string_view what) {
  add_fixed<std::uint64_t>(source, field, Wire::fixed64, into, what);
}

}  // namespace sqrtn::graph
