#pragma once

#include <cstddef>
#include <functional>
#include <span>

/// Memory between two pages that nobody may touch, and calls that survive touching them.
namespace sqrtn::claims {

/// Room for at least `bytes`, an inaccessible page before it and one after it.
/// Throws: std::bad_alloc if the system gives no memory.
class GuardedMemory {
 public:
  explicit GuardedMemory(std::size_t bytes);
  ~GuardedMemory();
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  /// All that may be touched, whole pages.
  [[nodiscard]] std::span<std::byte> room() const { return room_; }
  /// Whether the address lies in one of the two pages.
  [[nodiscard]] bool guards(const void* address) const;

 private:
  std::span<std::byte> room_;
};

/// Runs `action` and returns the address whose access was refused; nullptr if none was. What the action
/// had begun is abandoned where it stood (siglongjmp out of the handler): a library keeps its locks and
/// buffers, so nothing more should be asked of it than a verdict. Calling thread only.
/// This is the one place where a fault is caught in this process: in a process of its own a read past an
/// operand could not be told from any other crash, nor the operand named.
const void* refused_access(const std::function<void()>& action);

}  // namespace sqrtn::claims
