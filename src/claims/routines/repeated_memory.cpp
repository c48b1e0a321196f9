#include "claims/routines/repeated_memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

namespace sqrtn::claims {
namespace {

[[noreturn]] void fail() { throw std::system_error(errno, std::generic_category(), "no memory for large operands"); }

/// A file that is only in memory, with the block as its content.
class BlockFile {
 public:
  explicit BlockFile(std::span<const std::byte> block) : file_(::memfd_create("block", MFD_CLOEXEC)) {
    if (file_ < 0) fail();
    if (::write(file_, block.data(), block.size()) == static_cast<ssize_t>(block.size())) return;
    ::close(file_);
    fail();
  }
  ~BlockFile() { ::close(file_); }
  BlockFile(const BlockFile&) = delete;
  BlockFile& operator=(const BlockFile&) = delete;

  void map(std::span<std::byte> place) const {
    if (::mmap(place.data(), place.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, file_, 0) ==
        MAP_FAILED)
      fail();
  }

 private:
  int file_;
};

/// What was given back, so that the system need not clear pages for the next claim.
std::vector<MappedMemory>& idle() {
  static thread_local std::vector<MappedMemory> memory;
  return memory;
}

}  // namespace

MappedMemory::MappedMemory(std::size_t bytes) {
  void* const all = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all == MAP_FAILED) fail();
  bytes_ = {static_cast<std::byte*>(all), bytes};
}

MappedMemory::~MappedMemory() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

void MappedMemory::grow(std::size_t bytes) {
  if (bytes_.empty()) {
    *this = MappedMemory(bytes);
    return;
  }
  void* const all = ::mremap(bytes_.data(), bytes_.size(), bytes, MREMAP_MAYMOVE);
  if (all == MAP_FAILED) fail();
  bytes_ = {static_cast<std::byte*>(all), bytes};
}

MappedMemory::MappedMemory(MappedMemory&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedMemory& MappedMemory::operator=(MappedMemory&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

RepeatedMemory::~RepeatedMemory() {
  if (is_copy_) idle().push_back(std::move(memory_));
}

std::byte* RepeatedMemory::seen(std::size_t bytes) {
  if (bytes > memory_.bytes().size()) {
    memory_ = {};
    memory_ = MappedMemory((bytes + block_.size() - 1) / block_.size() * block_.size());
    const BlockFile file(block_);
    const std::span<std::byte> all = memory_.bytes();
    for (std::size_t at = 0; at < all.size(); at += block_.size()) file.map(all.subspan(at, block_.size()));
#ifdef MADV_POPULATE_READ
    ::madvise(all.data(), all.size(), MADV_POPULATE_READ);  // all at once instead of page by page; older systems refuse
#endif
  }
  return memory_.bytes().data();
}

std::byte* RepeatedMemory::copied(std::size_t bytes) {
  if (memory_.bytes().empty() && !idle().empty()) {
    memory_ = std::move(idle().back());
    idle().pop_back();
  }
  if (bytes > memory_.bytes().size()) {
    memory_.grow(bytes);
    ::madvise(memory_.bytes().data(), bytes, MADV_HUGEPAGE);  // fewer pages to ask for; where there are none, as well
  }
  is_copy_ = true;
  for (std::size_t at = 0; at < bytes; at += block_.size())
    std::memcpy(memory_.bytes().data() + at, block_.data(), std::min(block_.size(), bytes - at));
  return memory_.bytes().data();
}

}  // namespace sqrtn::claims
