#include "claims/last_call.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace sqrtn::claims {
namespace {

/// In the file of the parent, or in this process where nobody asks.
CallCounts& counts() {
  static CallCounts own;
  static CallCounts* const counted = [] {
    const char* path = std::getenv(count_calls_in);
    const int file = path == nullptr ? -1 : ::open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return &own;
    void* const shared = ::mmap(nullptr, sizeof(CallCounts), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    return shared == MAP_FAILED ? &own : static_cast<CallCounts*>(shared);
  }();
  return *counted;
}

// From any thread.
std::atomic_ref<std::uint64_t> begun() { return std::atomic_ref(counts().begun); }

std::uint64_t last() {
  const char* number = std::getenv(stop_at_call);
  return number == nullptr ? 0 : std::strtoull(number, nullptr, 10);
}

}  // namespace

bool is_last_call() {
  static const std::uint64_t number = last();
  return number > 0 && begun() + 1 == number;
}

CountedCall::CountedCall() { ++begun(); }
CountedCall::~CountedCall() { ++std::atomic_ref(counts().ended); }

}  // namespace sqrtn::claims
