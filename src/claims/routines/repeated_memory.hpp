#pragma once

#include <cstddef>
#include <span>

namespace sqrtn::claims {

/// Memory in which one block is seen again and again. It is there once, and what is written replaces a page of its
/// own. Throws: std::system_error if the system has no memory.
class RepeatedMemory {
 public:
  /// `block`: a multiple of the size of a page.
  RepeatedMemory(std::span<const std::byte> block, std::size_t bytes);
  ~RepeatedMemory();
  RepeatedMemory(const RepeatedMemory&) = delete;
  RepeatedMemory& operator=(const RepeatedMemory&) = delete;

  [[nodiscard]] std::byte* data() const { return data_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t bytes_;
};

}  // namespace sqrtn::claims
