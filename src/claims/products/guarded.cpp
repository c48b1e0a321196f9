#include "claims/products/guarded.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <new>

namespace sqrtn::claims {
namespace {

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
  void* all = ::mmap(nullptr, size + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) throw std::bad_alloc();
  room_ = {static_cast<std::byte*>(all) + page, size};
  if (size > 0 && ::mprotect(room_.data(), size, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
}

GuardedMemory::~GuardedMemory() { ::munmap(room_.data() - page_size(), room_.size() + 2 * page_size()); }

bool GuardedMemory::guards(const void* address) const {
  const auto at = reinterpret_cast<std::uintptr_t>(address), begin = reinterpret_cast<std::uintptr_t>(room_.data());
  return (at >= begin - page_size() && at < begin) ||
         (at >= begin + room_.size() && at < begin + room_.size() + page_size());
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
