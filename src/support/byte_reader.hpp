#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>

namespace sqrtn::support {

/// Little-endian numbers and texts, taken one after the other from bytes of a foreign file.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  [[nodiscard]] std::size_t left() const { return bytes_.size(); }

  /// Throws: std::out_of_range if fewer bytes are left.
  std::span<const std::byte> take(std::size_t size) {
    if (size > bytes_.size()) throw std::out_of_range("ends early");
    const auto taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }

  std::string_view text(std::size_t size) {
    const auto taken = take(size);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

  template <class Integer>
  Integer number() {
    std::uint64_t value = 0;
    const auto taken = take(sizeof(Integer));
    for (std::size_t i = 0; i < taken.size(); ++i) value |= std::to_integer<std::uint64_t>(taken[i]) << (8 * i);
    return static_cast<Integer>(value);
  }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace sqrtn::support
