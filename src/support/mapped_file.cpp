#include "support/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <system_error>

#include "sqrtn/support/require.hpp"
#include "support/exit_code.hpp"

namespace sqrtn::support {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw std::system_error(errno, std::generic_category(),
                          fmt::format("cannot read '{}' (name a file of weights)", path));
}

extern "C" void report_lost_page(int /*signal*/) {
  constexpr std::string_view message = "sqrtn: a file was cut off, or its disk failed, while it was read; try again\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, message.data(), message.size());
  ::_exit(wrong_usage);
}

}  // namespace

// Without O_NONBLOCK a pipe that has no writer would be waited for.
MappedFile::MappedFile(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  static std::once_flag once;
  std::call_once(once, [] { std::signal(SIGBUS, report_lost_page); });
  struct stat status {};
  if (file_.number() < 0 || ::fstat(file_.number(), &status) != 0) fail(path);
  if (S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    fail(path);
  }
  require(S_ISREG(status.st_mode),
          "cannot read '{}': it is no regular file; name a file of weights, or - for raw values", path);
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return;
  void* at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file_.number(), 0);
  if (at == MAP_FAILED) fail(path);
  ::madvise(at, size, MADV_SEQUENTIAL);
  bytes_ = {static_cast<const std::byte*>(at), size};
  const auto memory =
      static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  is_huge_ = size > memory / 2;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

void MappedFile::release(std::span<const std::byte> part) const {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<std::uintptr_t>(part.data());
  const std::uintptr_t begin = (first + page - 1) / page * page, end = (first + part.size()) / page * page;
  if (begin >= end) return;
  ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  const std::uintptr_t offset = begin - reinterpret_cast<std::uintptr_t>(bytes_.data());
  if (is_huge_)
    ::posix_fadvise(file_.number(), static_cast<off_t>(offset), static_cast<off_t>(end - begin), POSIX_FADV_DONTNEED);
}

}  // namespace sqrtn::support
