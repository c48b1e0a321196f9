#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace sqrtn {

/// Number of processors that this process may run on (its affinity mask), at least 1.
unsigned available_threads();

/// Calls task(i) once for every i in [0, n_tasks), on at most `threads` threads (0: all available);
/// tasks are handed out in ascending order. Returns when all have ended.
/// Plain std::thread rather than TBB: TBB's library is not instrumented, so ThreadSanitizer would
/// report every hand-over of a task as a race.
/// Throws: the first exception that a task threw, after the others have stopped.
void parallel_for(std::size_t n_tasks, unsigned threads, const std::function<void(std::size_t)>& task);

/// map(0) ⊕ map(1) ⊕ … over a fixed binary tree that depends on n_tasks alone: the number of
/// threads changes no bit of the answer. merge(into, from) adds `from` to `into`.
/// Returns: nullopt if n_tasks is 0. Throws: as parallel_for.
template <class Map, class Merge>
auto parallel_reduce(std::size_t n_tasks, unsigned threads, Map map, Merge merge)
    -> std::optional<decltype(map(std::size_t{}))> {
  using Result = decltype(map(std::size_t{}));
  std::vector<std::optional<Result>> parts(n_tasks);
  parallel_for(n_tasks, threads, [&](std::size_t i) { parts[i].emplace(map(i)); });
  for (std::size_t step = 1; step < n_tasks; step *= 2) {
    for (std::size_t i = 0; i + step < n_tasks; i += 2 * step) {
      merge(*parts[i], *parts[i + step]);
      parts[i + step].reset();
    }
  }
  if (n_tasks == 0) return std::nullopt;
  return std::move(parts[0]);
}

}  // namespace sqrtn
