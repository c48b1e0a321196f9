#include "claims/routines/guarded.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <new>

namespace sqrtn::claims {
namespace {

// So that what strays farther than a page is seen too.
constexpr std::size_t guard_bytes = 1 << 18;

std::size_t page_size() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

thread_local sigjmp_buf return_point;
thread_local const void* volatile refused = nullptr;

void leave(int, siginfo_t* info, void*) {
  refused = info->si_addr;
  siglongjmp(return_point, 1);
}

}  // namespace

GuardedMemory::GuardedMemory(std::size_t bytes) {
  const std::size_t page = page_size(), size = (bytes + page - 1) / page * page;
  void* all = ::mmap(nullptr, size + 2 * guard_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all == MAP_FAILED) throw std::bad_alloc();
  room_ = {static_cast<std::byte*>(all) + guard_bytes, size};
  if (size > 0 && ::mprotect(room_.data(), size, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
}

GuardedMemory::~GuardedMemory() { ::munmap(room_.data() - guard_bytes, room_.size() + 2 * guard_bytes); }

bool GuardedMemory::guards(const void* address) const {
  const auto at = reinterpret_cast<std::uintptr_t>(address), begin = reinterpret_cast<std::uintptr_t>(room_.data());
  return (at >= begin - guard_bytes && at < begin) ||
         (at >= begin + room_.size() && at < begin + room_.size() + guard_bytes);
}

namespace {

constexpr std::byte known{0xff};  // NaN in every type

bool is_known(std::span<const std::byte> bytes) {
  return bytes.empty() ||
         (bytes.front() == known && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace

GuardedOperand::GuardedOperand(std::size_t bytes) : memory_(bytes) { std::ranges::fill(memory_.room(), known); }

std::byte* GuardedOperand::place(std::span<const std::byte> content, std::size_t gap, bool at_end) {
  std::ranges::fill(operand_, known);
  const auto place = at_end ? memory_.room().last(content.size()) : memory_.room().first(content.size());
  operand_ = place.first(content.size() - gap);
  std::ranges::copy(content.first(operand_.size()), operand_.begin());
  return place.data();
}

bool GuardedOperand::overrun() const {
  const std::span<std::byte> room = memory_.room();
  const auto begin = static_cast<std::size_t>(operand_.data() - room.data());
  return operand_.empty() ? !is_known(room)
                          : !is_known(room.first(begin)) || !is_known(room.subspan(begin + operand_.size()));
}

const void* refused_access(const std::function<void()>& action) {
  struct sigaction handler {};
  handler.sa_sigaction = leave;
  handler.sa_flags = SA_SIGINFO | SA_NODEFER;
  struct sigaction old_segv {
  }, old_bus{};
  ::sigaction(SIGSEGV, &handler, &old_segv);
  ::sigaction(SIGBUS, &handler, &old_bus);
  refused = nullptr;
  if (sigsetjmp(return_point, 1) == 0) action();
  ::sigaction(SIGSEGV, &old_segv, nullptr);
  ::sigaction(SIGBUS, &old_bus, nullptr);
  return refused;
}

}  // namespace sqrtn::claims
