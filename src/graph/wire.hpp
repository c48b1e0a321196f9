#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/byte_reader.hpp"

/// The wire format of Protocol Buffers: a message is a sequence of fields, each a tag and a payload.
/// Source: protobuf.dev/programming-guides/encoding.
namespace sqrtn::graph {

/// How a field's payload is told from what follows it; the other numbers of the format are obsolete or unused.
enum class Wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

struct WireField {
  std::uint32_t number = 0;
  Wire wire = Wire::varint;
  std::uint64_t value = 0;           ///< of varint, fixed64 and fixed32
  std::span<const std::byte> bytes;  ///< of Wire::bytes
};

/// Where messages come from, so that an error names the file and the byte.
struct WireSource {
  std::string path;
  std::span<const std::byte> file;

  /// Throws: std::invalid_argument "PATH: byte N: WHAT; export the model again".
  [[noreturn]] void refuse(const std::byte* at, std::string_view what) const;
};

/// The fields of one message, one after the other. Nothing is copied.
class WireReader {
 public:
  WireReader(const WireSource& source, std::span<const std::byte> message)
      : source_(source), end_(message.data() + message.size()), reader_(message) {}

  /// False at the end. Throws: as WireSource::refuse for what is cut off, longer than its message, a varint of more
  /// than ten bytes, field 0 or an unknown kind of payload.
  bool next(WireField& field);

  /// A varint of the packed payload that this reader was made of.
  std::uint64_t varint();
  [[nodiscard]] std::size_t left() const { return reader_.left(); }

 private:
  [[nodiscard]] const std::byte* at() const { return end_ - reader_.left(); }

  const WireSource& source_;
  const std::byte* end_;
  support::ByteReader reader_;
};

/// What a field must be to be read as such. Throws: as WireSource::refuse, naming `what`, for another kind.
std::int64_t whole_of(const WireSource& source, const WireField& field, std::string_view what);
float float_of(const WireSource& source, const WireField& field, std::string_view what);
std::string text_of(const WireSource& source, const WireField& field, std::string_view what);
std::span<const std::byte> message_of(const WireSource& source, const WireField& field, std::string_view what);

/// Adds a repeated field's numbers: packed in one payload, or one alone.
void add_wholes(const WireSource& source, const WireField& field, std::vector<std::int64_t>& into,
                std::string_view what);
void add_floats(const WireSource& source, const WireField& field, std::vector<float>& into, std::string_view what);
void add_doubles(const WireSource& source, const WireField& field, std::vector<double>& into, std::string_view what);

}  // namespace sqrtn::graph
