#pragma once

#include <cstddef>
#include <span>

namespace sqrtn::claims {

/// Addresses that the system keeps for us.
class MappedMemory {
 public:
  MappedMemory() = default;
  /// Throws: std::system_error if the system has no such memory.
  explicit MappedMemory(std::size_t bytes);
  ~MappedMemory();
  MappedMemory(MappedMemory&& other) noexcept;
  MappedMemory& operator=(MappedMemory&& other) noexcept;

  /// To `bytes` in all; what is there stays, with its pages. Throws: as the constructor.
  void grow(std::size_t bytes);
  [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

/// One operand of successive calls: memory in which one block is seen again and again. It grows when a call needs more,
/// and is kept for the next: to ask the system for pages takes longer than most products.
class RepeatedMemory {
 public:
  /// `block`: a multiple of the size of a page; it must outlive this.
  explicit RepeatedMemory(std::span<const std::byte> block) : block_(block) {}
  ~RepeatedMemory();
  RepeatedMemory(RepeatedMemory&&) = default;
  RepeatedMemory& operator=(RepeatedMemory&&) = delete;

  /// For an operand that is read: the block is there once. What is written nevertheless stays.
  /// Throws: std::system_error if the system has no memory.
  std::byte* seen(std::size_t bytes);
  /// For an operand that is written: a copy of its own, new at each call. Throws as `seen`.
  std::byte* copied(std::size_t bytes);

 private:
  std::span<const std::byte> block_;
  MappedMemory memory_;
  bool is_copy_ = false;
};

}  // namespace sqrtn::claims
