#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench.hpp"
#include "sqrtn/random/stream.hpp"
#include "sqrtn/support/half.hpp"
#include "sqrtn/support/tensor.hpp"

/// What the numbered files share: how a case is written down, and what it may use.
namespace sqrtn::bench {

/// One row before it is timed.
struct Case {
  results::Measurement row;            ///< all but the figures
  double work = 0;                     ///< of one call, in FLOP, samples or bytes
  double calls = 1;                    ///< calls in one run of `timed`
  std::vector<std::string> ceilings;   ///< ids; the fastest of them is the ceiling
  double ceiling_scale = 1;            ///< from the ceiling's unit to rate_unit
  bool wakes_library_threads = false;  ///< the BLAS works on threads of its own
  std::function<bool()> setup;         ///< untimed, before each round; false if the answer is wrong
  bool wrong = false;                  ///< what `setup` found
  std::function<void()> timed;         ///< the timed region
};

/// Storage that all cases of one run share, so that each pays for its pages once, not every round.
class Scratch {
 public:
  /// At least `size` elements, each page touched; earlier spans may end, and contents are left over.
  template <class T>
  std::span<T> get(std::size_t size) {
    reserve(size * sizeof(T));
    return {reinterpret_cast<T*>(storage_.data()), size};
  }

 private:
  void reserve(std::size_t bytes);
  Buffer<std::byte> storage_;
};

/// The run as the cases see it.
struct Context {
  const blas::Backend* backend = nullptr;  ///< nullptr: cases are listed, not run
  Options options;
  std::vector<int> threads;       ///< those of Options: 1 and all, or one of them
  std::vector<int> blas_threads;  ///< those of `threads` that the library offers
  std::size_t memory_bytes = 0;   ///< a size well beyond the last-level cache
  std::shared_ptr<Scratch> scratch;

  /// The numbers of one use, "bench/" + name, apart from every other use.
  [[nodiscard]] random::Stream stream(std::string_view name) const;
};

/// Describes the machine. `backend` may be nullptr.
Context make_context(const blas::Backend* backend, const Options& options);

/// Fits in the second-level cache of a core, or nearly, on most machines, and is what other
/// generators are quoted at; the same everywhere, so that rows of two machines can be compared.
inline constexpr std::size_t cache_bytes = std::size_t{1} << 20;

/// The two classes of size in ids: cache_bytes, and Context::memory_bytes, which differs by machine.
inline constexpr const char* cache_size = "1MiB";
inline constexpr const char* memory_size = "memory";

void add_ceilings(std::vector<Case>& cases, const Context& context);
void add_products(std::vector<Case>& cases, const Context& context);
void add_overhead(std::vector<Case>& cases, const Context& context);
/// The rows of sample_products.
void add_sampled_products(std::vector<Case>& cases, const Context& context);
void add_init(std::vector<Case>& cases, const Context& context);
void add_monte_carlo(std::vector<Case>& cases, const Context& context);

/// All of them, numbered files in order.
std::vector<Case> all_cases(const Context& context);

/// "1 MiB".
std::string size_text(std::size_t bytes);

template <class T>
constexpr const char* dtype_name = sizeof(T) == sizeof(float) ? "f32" : "f64";
template <>
inline constexpr const char* dtype_name<Float16> = "f16";
template <>
inline constexpr const char* dtype_name<Bfloat16> = "bf16";

/// Ids of ceilings, for the cases that refer to them. `size`: cache_size or memory_size.
std::string fma_ceiling(const char* dtype, int threads);
std::string read_ceiling(std::size_t bytes, int threads);
std::vector<std::string> write_ceilings(const std::string& size, int threads);

}  // namespace sqrtn::bench
