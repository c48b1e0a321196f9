#include "claims/routines/repeated_memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace sqrtn::claims {
namespace {

[[noreturn]] void fail() { throw std::system_error(errno, std::generic_category(), "no memory for large operands"); }

}  // namespace

RepeatedMemory::RepeatedMemory(std::span<const std::byte> block, std::size_t bytes)
    : bytes_((bytes + block.size() - 1) / block.size() * block.size()) {
  const int file = ::memfd_create("block", MFD_CLOEXEC);
  if (file < 0) fail();
  const bool written = ::write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size());
  void* const all = ::mmap(nullptr, bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  bool mapped = written && all != MAP_FAILED;
  if (all != MAP_FAILED) data_ = static_cast<std::byte*>(all);
  for (std::size_t at = 0; mapped && at < bytes_; at += block.size()) {
    mapped = ::mmap(data_ + at, block.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, file,
                    0) != MAP_FAILED;
  }
  const int error = errno;
  ::close(file);
  if (mapped) return;
  if (data_ != nullptr) ::munmap(data_, bytes_);
  errno = error;
  fail();
}

RepeatedMemory::~RepeatedMemory() { ::munmap(data_, bytes_); }

}  // namespace sqrtn::claims
