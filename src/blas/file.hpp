#pragma once

#include <cstddef>
#include <string>

/// A file whose content is not to be trusted.
namespace sqrtn::blas {

/// A regular file, opened for reading without waiting.
class File {
 public:
  /// Throws: std::invalid_argument that names the path, what it is, and the remedy.
  explicit File(const std::string& path);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] std::size_t size() const { return size_; }
  /// Whether all of [offset, offset + bytes) could be read.
  bool read(void* into, std::size_t bytes, std::size_t offset) const;

 private:
  int descriptor_ = -1;
  std::size_t size_ = 0;
};

}  // namespace sqrtn::blas
