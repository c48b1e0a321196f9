#include "case.hpp"

#include <algorithm>
#include <cstring>

#include "sqrtn/support/parallel.hpp"
#include "support/environment.hpp"

namespace sqrtn::bench {

void Scratch::reserve(std::size_t bytes) {
  if (bytes <= storage_.size()) return;
  storage_ = {};
  storage_ = Buffer<std::byte>(bytes);
  // Each thread touches the share that it will work on, so that its pages are in its own memory.
  const std::size_t threads = available_threads(), share = (bytes + threads - 1) / threads;
  parallel_for(threads, 0, [&](std::size_t thread) {
    const std::size_t first = std::min(thread * share, bytes);
    std::memset(storage_.data() + first, 0, std::min(share, bytes - first));
  });
}

random::Stream Context::stream(std::string_view name) const {
  return {.seed = options.seed, .stream = random::stream_of(fmt::format("bench/{}", name))};
}

std::vector<int> numbers_of_threads() {
  const auto all = static_cast<int>(available_threads());
  return all > 1 ? std::vector{1, all} : std::vector{1};
}

Context make_context(const blas::Backend* backend, const Options& options) {
  Context context;
  context.backend = backend;
  context.options = options;
  context.scratch = std::make_shared<Scratch>();
  context.threads = options.threads > 0 ? std::vector{options.threads} : numbers_of_threads();
  for (const int threads : context.threads) {
    if (backend == nullptr || backend->set_threads(threads) == threads) context.blas_threads.push_back(threads);
  }
  if (context.blas_threads.empty() && options.threads <= 1) context.blas_threads = {backend->threads()};
  // Four times the last level keeps only a quarter of a pass in it; more than 256 MiB would cost more time than it
  // tells, but for a level that holds them.
  const std::size_t last_level = last_level_cache_bytes(describe_environment());
  const std::size_t most = std::max(2 * last_level, std::size_t{256} << 20);
  context.memory_bytes = std::clamp(4 * last_level, std::size_t{64} << 20, most) >> 20 << 20;
  return context;
}

std::vector<Case> all_cases(const Context& context) {
  std::vector<Case> cases;
  add_ceilings(cases, context);
  add_products(cases, context);
  if (!context.options.products.empty()) return cases;
  add_overhead(cases, context);
  add_init(cases, context);
  add_monte_carlo(cases, context);
  // What is not repeated by threads has one.
  if (context.options.threads > 1) std::erase_if(cases, [](const Case& c) { return c.row.threads == 1; });
  return cases;
}

std::string size_text(std::size_t bytes) { return fmt::format("{} MiB", bytes >> 20); }

}  // namespace sqrtn::bench
