#pragma once

#include <sys/types.h>

#include <filesystem>

/// Files that are not yet what they will be.
namespace sqrtn::support {

struct TemporaryName;

/// A file for what will be `target`. It has no name until then where the system knows such files (Linux, on most file
/// systems), so that whatever ends the process leaves nothing. Else it is ".sqrtn-….tmp" beside the target, removed by
/// the destructor, by remove_temporaries, or by the next one in that folder.
class TemporaryFile {
 public:
  /// Throws: std::system_error.
  TemporaryFile(const std::filesystem::path& target, mode_t mode);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// Puts it in the place of `target`, which may exist. Returns: false where that fails, with the reason in errno.
  [[nodiscard]] bool become(const std::filesystem::path& target);

 private:
  std::filesystem::path folder_;
  TemporaryName* name_ = nullptr;  ///< none: it has no name yet
  int descriptor_ = -1;
};

/// Unlinks those of this process that are unfinished. May be called by a signal handler.
void remove_temporaries() noexcept;

}  // namespace sqrtn::support
