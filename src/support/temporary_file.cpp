#include "support/temporary_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <system_error>

namespace sqrtn::support {

/// One of a list that a signal handler may walk at any moment: entries are published whole and never freed.
struct TemporaryName {
  std::string path;
  std::atomic<bool> live = true;
  TemporaryName* next = nullptr;
};

namespace {

namespace fs = std::filesystem;

std::atomic<TemporaryName*> names = nullptr;

TemporaryName* publish_name_in(const fs::path& folder) {
  std::random_device random;
  auto* name = new TemporaryName{(folder / fmt::format(".sqrtn-{:08x}{:08x}.tmp", random(), random())).string()};
  name->next = names;
  while (!names.compare_exchange_weak(name->next, name)) {
  }
  return name;
}

bool is_temporary(const std::string& name) { return name.starts_with(".sqrtn-") && name.ends_with(".tmp"); }

/// Whether a process still writes it, which holds a lock on it from its first moments on.
bool is_in_use(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat status {};
  constexpr std::time_t first_moments_s = 60;
  const bool young = fstat(descriptor, &status) == 0 && std::time(nullptr) - status.st_mtime < first_moments_s;
  const bool used = descriptor < 0 || young || flock(descriptor, LOCK_EX | LOCK_NB) != 0;
  close(descriptor);
  return used;
}

/// What processes that were killed left in that folder.
void remove_abandoned(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string path = entry->path().string();
    if (is_temporary(entry->path().filename().string()) && !is_in_use(path)) unlink(path.c_str());
  }
}

int open_unnamed([[maybe_unused]] const fs::path& folder, [[maybe_unused]] mode_t mode) {
#ifdef O_TMPFILE
  if (access("/proc/self/fd", X_OK) == 0) return open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
#endif
  return -1;
}

/// Gives a file without a name this one, where there is none.
bool link_as(int descriptor, const std::string& path) {
  return linkat(AT_FDCWD, fmt::format("/proc/self/fd/{}", descriptor).c_str(), AT_FDCWD, path.c_str(),
                AT_SYMLINK_FOLLOW) == 0;
}

}  // namespace

TemporaryFile::TemporaryFile(const fs::path& target, mode_t mode)
    : folder_(target.has_parent_path() ? target.parent_path() : "."), descriptor_(open_unnamed(folder_, mode)) {
  remove_abandoned(folder_);
  if (descriptor_ >= 0) return;
  name_ = publish_name_in(folder_);
  descriptor_ = open(name_->path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor_ < 0) {
    name_->live = false;
    throw std::system_error(errno, std::generic_category(), "no file beside it");
  }
  flock(descriptor_, LOCK_EX | LOCK_NB);
}

TemporaryFile::~TemporaryFile() {
  if (name_ != nullptr && name_->live.exchange(false)) unlink(name_->path.c_str());
  close(descriptor_);
}

bool TemporaryFile::become(const fs::path& target) {
  if (name_ == nullptr) {
    if (link_as(descriptor_, target.string())) return true;
    if (errno != EEXIST) return false;
    // A name cannot be taken from another file but by one that has a name itself.
    name_ = publish_name_in(folder_);
    if (!link_as(descriptor_, name_->path)) return false;
  }
  if (std::rename(name_->path.c_str(), target.c_str()) != 0) return false;
  name_->live = false;
  return true;
}

void remove_temporaries() noexcept {
  for (const TemporaryName* name = names; name != nullptr; name = name->next) {
    if (name->live) unlink(name->path.c_str());
  }
}

}  // namespace sqrtn::support
