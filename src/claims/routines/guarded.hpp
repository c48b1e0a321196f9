#pragma once

#include <cstddef>
#include <functional>
#include <span>

/// Memory between some that nobody may touch, and calls that survive touching them.
namespace sqrtn::claims {

/// Room for at least `bytes`, inaccessible memory before it and after it: 256 KiB each, of which none is taken.
/// Throws: std::bad_alloc if the system gives no memory.
class GuardedMemory {
 public:
  explicit GuardedMemory(std::size_t bytes);
  ~GuardedMemory();
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  /// All that may be touched, whole pages.
  [[nodiscard]] std::span<std::byte> room() const { return room_; }
  /// Whether the address lies in the inaccessible memory.
  [[nodiscard]] bool guards(const void* address) const;

 private:
  std::span<std::byte> room_;
};

/// One operand flush against memory that nobody may touch, before or after it. All other bytes of the room are known.
class GuardedOperand {
 public:
  explicit GuardedOperand(std::size_t bytes);

  /// Puts a copy of `content` there. Its last `gap` bytes belong to the caller's array: they may be read, but not
  /// written. Returns: where it begins.
  std::byte* place(std::span<const std::byte> content, std::size_t gap, bool at_end);
  /// Whether any byte of the room that is none of the operand's, or one of the gap, has changed.
  [[nodiscard]] bool overrun() const;
  /// Whether the address lies in the inaccessible memory.
  [[nodiscard]] bool guards(const void* address) const { return memory_.guards(address); }

 private:
  GuardedMemory memory_;
  std::span<std::byte> operand_;  ///< without its gap
};

/// Runs `action` and returns the address whose access was refused; nullptr if none was. What the action
/// had begun is abandoned where it stood (siglongjmp out of the handler): a library keeps its locks and
/// buffers, so nothing more should be asked of it than a verdict. Calling thread only.
/// This is the one place where a fault is caught in this process: in a process of its own a read past an
/// operand could not be told from any other crash, nor the operand named.
const void* refused_access(const std::function<void()>& action);

}  // namespace sqrtn::claims
