#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "support/child.hpp"

namespace sqrtn::support {

/// A regular file as memory that is read when it is touched, so that its size needs no memory.
/// What another program cuts off the file while it is read ends this one with a message (SIGBUS).
class MappedFile {
 public:
  /// Throws: std::system_error with the path; std::invalid_argument for what is no regular file.
  explicit MappedFile(const std::string& path);
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  /// Gives back the memory of whole pages inside `part`, which are read again when they are touched. Of a file that is
  /// larger than half of the machine's memory the system's cache gives them back too, so that others keep theirs.
  void release(std::span<const std::byte> part) const;

 private:
  Descriptor file_;
  std::span<const std::byte> bytes_;
  bool is_huge_ = false;
};

}  // namespace sqrtn::support
