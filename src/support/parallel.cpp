#include "sqrtn/support/parallel.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

namespace sqrtn {

unsigned available_threads() {
  // The mask is asked for at growing sizes: the call fails where the kernel's is longer.
  for (int processors = 1024; processors <= 1 << 20; processors *= 4) {
    cpu_set_t* mask = CPU_ALLOC(processors);
    const std::size_t bytes = CPU_ALLOC_SIZE(processors);
    const bool read = mask != nullptr && sched_getaffinity(0, bytes, mask) == 0;
    const int count = read ? CPU_COUNT_S(bytes, mask) : 0;
    CPU_FREE(mask);
    if (read) return static_cast<unsigned>(std::max(count, 1));
  }
  return std::max(std::thread::hardware_concurrency(), 1U);
}

void parallel_for(std::size_t n_tasks, unsigned threads, const std::function<void(std::size_t)>& task) {
  const std::size_t n_workers = std::min<std::size_t>(threads == 0 ? available_threads() : threads, n_tasks);
  if (n_workers <= 1) {
    for (std::size_t i = 0; i < n_tasks; ++i) task(i);
    return;
  }
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> stop = false;
  std::mutex guard;
  std::exception_ptr first;
  const auto work = [&] {
    try {
      for (std::size_t i = next++; i < n_tasks && !stop; i = next++) task(i);
    } catch (...) {
      const std::lock_guard lock(guard);
      if (!first) first = std::current_exception();
      stop = true;
    }
  };
  {
    std::vector<std::jthread> others;
    others.reserve(n_workers - 1);
    try {
      while (others.size() < n_workers - 1) others.emplace_back(work);
    } catch (const std::system_error&) {
      // The system grants no more threads: those that run, and this one, do all the tasks.
    }
    work();
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace sqrtn
