#include <cstring>

#include "case.hpp"
#include "kernels.hpp"
#include "sqrtn/support/parallel.hpp"

/// What the machine can do at most, measured in the same run as what is compared with it.
namespace sqrtn::bench {
namespace {

// Bytes that one timed region moves: long enough that starting threads (tens of microseconds) is lost in it.
constexpr std::size_t bytes_per_region = std::size_t{256} << 20;
// Pieces of the buffer end on pages, so that no two threads write one.
constexpr std::size_t page_floats = 1024;

Case ceiling(std::string id, std::string subject, std::string shape, std::string dtype, int threads) {
  Case c;
  c.row.id = std::move(id);
  c.row.group = "ceilings";
  c.row.subject = std::move(subject);
  c.row.shape = std::move(shape);
  c.row.dtype = std::move(dtype);
  c.row.threads = threads;
  return c;
}

/// `part` on each thread's share of `size` floats, over and over.
Case bandwidth(std::string id, std::string subject, std::size_t bytes, int threads, const Context& context,
               std::function<void(std::span<float>)> part) {
  Case c = ceiling(std::move(id), std::move(subject), size_text(bytes), "", threads);
  const std::size_t share = bytes / sizeof(float) / threads / page_floats * page_floats;
  const std::size_t passes = std::max<std::size_t>(bytes_per_region / bytes, 1);
  auto scratch = context.scratch;

  c.row.rate_unit = "GB/s";
  c.work = static_cast<double>(share * threads * sizeof(float));
  c.calls = static_cast<double>(passes);

  c.setup = [=] {
    scratch->get<float>(share * threads);
    return true;
  };
  c.timed = [=] {
    const std::span<float> all = scratch->get<float>(share * threads);
    parallel_for(threads, threads, [&](std::size_t thread) {
      for (std::size_t pass = 0; pass < passes; ++pass) {
        part(all.subspan(thread * share, share));
        benchmark::ClobberMemory();
      }
    });
  };
  return c;
}

template <class T>
Case fma(int threads) {
  // 2²⁰ multiply-adds a vector take milliseconds.
  constexpr std::size_t iterations = std::size_t{1} << 20;
  Case c = ceiling(fma_ceiling(dtype_name<T>, threads), "fused multiply-add", "registers", dtype_name<T>, threads);

  c.row.rate_unit = "GFLOP/s";
  c.work = static_cast<double>(iterations) * threads * static_cast<double>(multiply_add_flop<T>());

  c.setup = [] { return true; };
  c.timed = [=] {
    parallel_for(threads, threads, [](std::size_t) { benchmark::DoNotOptimize(multiply_adds<T>(iterations)); });
  };
  return c;
}

void add_writes(std::vector<Case>& cases, const Context& context, const std::string& size, int threads) {
  const std::size_t bytes = size == cache_size ? cache_bytes : context.memory_bytes;
  const std::vector<std::string> ids = write_ceilings(size, threads);
  // A value whose bytes differ, so that no compiler makes a memset of the loop.
  constexpr float value = 1.1F;
  cases.push_back(bandwidth(ids[0], "write, ordinary stores", bytes, threads, context,
                            [](std::span<float> part) { write_ordinary(part, value); }));
  cases.push_back(bandwidth(ids[1], "write, non-temporal stores", bytes, threads, context,
                            [](std::span<float> part) { write_non_temporal(part, value); }));
  cases.push_back(bandwidth(ids[2], "write, memset", bytes, threads, context,
                            [](std::span<float> part) { std::memset(part.data(), 1, part.size_bytes()); }));
}

}  // namespace

std::string fma_ceiling(const char* dtype, int threads) { return fmt::format("ceilings/fma/{}/{}", dtype, threads); }

std::string read_ceiling(std::size_t bytes, int threads) {
  return fmt::format("ceilings/read/{}MiB/{}", bytes >> 20, threads);
}

std::vector<std::string> write_ceilings(const std::string& size, int threads) {
  return {fmt::format("ceilings/write/ordinary/{}/{}", size, threads),
          fmt::format("ceilings/write/nontemporal/{}/{}", size, threads),
          fmt::format("ceilings/write/memset/{}/{}", size, threads)};
}

void add_ceilings(std::vector<Case>& cases, const Context& context) {
  for (const int threads : context.threads) {
    cases.push_back(fma<float>(threads));
    cases.push_back(fma<double>(threads));
  }
  // 1 MiB stays in a core's caches; the other size does not fit the last level.
  for (const char* size : {cache_size, memory_size}) {
    for (const int threads : context.threads) add_writes(cases, context, size, threads);
  }
  // The bytes of the matrices that the gemv rows read: 512² and 4096², float and double.
  for (const std::size_t mib : {1, 2, 64, 128}) {
    for (const int threads : context.threads) {
      cases.push_back(bandwidth(read_ceiling(mib << 20, threads), "read", mib << 20, threads, context,
                                [](std::span<float> part) { benchmark::DoNotOptimize(read_all(part)); }));
    }
  }
}

}  // namespace sqrtn::bench
