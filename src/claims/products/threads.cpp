#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <latch>
#include <mutex>
#include <thread>

#include "claims/judge.hpp"
#include "claims/products/checks.hpp"
#include "claims/products/sweep.hpp"
#include "claims/routines/answer.hpp"
#include "sqrtn/support/parallel.hpp"

namespace sqrtn::claims {
namespace {

/// One caller's operands for every routine, and the answers of calls made alone.
template <class T>
struct Caller {
  Caller(const blas::Interface& interface_, std::size_t extra, TestData& data) : interface(interface_) {
    for (const blas::Operation* operation : nine_of<T>(interface)) {
      std::size_t turn = 14 * extra;  // 7 has no common divisor with numbers of forms
      for (const Choice& shape :
           {lengths_of(*operation, 24 + extra, 17, 40), lengths_of(*operation, 70, 33 + extra, 129)}) {
        std::vector<Choice> all = forms(*operation, blas_type<T>, shape, true);
        Choice& choice = all[(turn += 7) % all.size()];
        choice.padding = 1;
        calls.push_back(rounding_instance<T>(*operation, choice, data));
        alone.push_back(answer(calls.back(), interface));
      }
    }
  }
  /// The first call whose answer differs from that of the call alone; empty if none does.
  std::string run(int rounds, const std::atomic<bool>& stop) {
    for (int round = 0; round < rounds && !stop; ++round) {
      for (std::size_t i = 0; i < calls.size(); ++i) {
        if (!answers(calls[i], interface, alone[i]))
          return calls[i].describe(interface) + ": other bits than when it was called alone";
      }
    }
    return {};
  }
  const blas::Interface& interface;
  std::vector<Instance<T>> calls;
  std::vector<std::vector<T>> alone;
};

/// What the first of the callers finds that finds anything; each has that many of the library's threads.
std::string called_at_once(const Subject& subject, std::size_t n_callers, int n_threads,
                           const std::function<std::string(std::size_t, const std::atomic<bool>& stop)>& call) {
  std::vector<std::string> faults(n_callers);
  std::atomic<bool> stop = false;
  std::mutex setting;
  std::latch start(static_cast<std::ptrdiff_t>(n_callers));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < n_callers; ++i) {
      threads.emplace_back([&, i] {
        {
          // OpenMP keeps the number of threads by calling thread; more of them may round differently.
          const std::lock_guard lock(setting);
          if (subject.set_blas_threads) subject.set_blas_threads(n_threads);
        }
        start.arrive_and_wait();
        faults[i] = call(i, stop);
        if (!faults[i].empty()) stop = true;
      });
    }
  }
  const auto fault = std::ranges::find_if(faults, [](const std::string& text) { return !text.empty(); });
  return fault != faults.end() ? fmt::format("{} callers at once: {}", n_callers, *fault) : "";
}

/// Each with operands of its own.
template <class T>
std::string small_products_at_once(const Subject& subject, TestData& data, std::size_t& n_compared) {
  constexpr std::size_t n_callers = 4;
  constexpr int n_rounds = 250;
  const blas::Interface products = products_of(subject);
  std::vector<Caller<T>> callers;
  for (std::size_t i = 0; i < n_callers; ++i) callers.emplace_back(products, i, data);
  n_compared += n_callers * n_rounds * callers.front().calls.size();
  return called_at_once(subject, n_callers, 1,
                        [&](std::size_t i, const std::atomic<bool>& stop) { return callers[i].run(n_rounds, stop); });
}

/// Products that libraries share out among threads of their own, which are on. Of integers, so that the bits are the
/// same for any number of them.
template <class T>
std::string large_products_at_once(const Subject& subject, TestData& data, std::size_t& n_compared) {
  constexpr std::size_t n_callers = 3, n_rounds = 2;
  const blas::Interface products = products_of(subject);
  const blas::Operation& gemm = described("gemm");
  if (!products.has(gemm, blas_type<T>)) return {};
  std::vector<Instance<T>> calls;
  std::vector<std::vector<T>> alone;
  for (std::size_t i = 0; i < n_callers; ++i) {
    calls.emplace_back(gemm, Choice{.row_major = i == 1, .m = 256 + 32 * i, .n = 288, .k = 260});
    calls.back().fill_integers(data);
    calls.back().set_scalars(T(-1), T(2));
    calls.back().store();
    alone.push_back(answer(calls.back(), products));
  }
  n_compared += n_callers * n_rounds;
  const int n_threads = std::max(2, static_cast<int>(available_threads()));
  return called_at_once(subject, n_callers, n_threads, [&](std::size_t i, const std::atomic<bool>& stop) {
    for (std::size_t round = 0; round < n_rounds && !stop; ++round) {
      if (!answers(calls[i], products, alone[i]))
        return calls[i].describe(products) + ": other bits than when it was called alone";
    }
    return std::string();
  });
}

template <class T>
Outcome concurrent_callers(const Subject& subject, TestData& data) {
  std::size_t n_compared = 0;
  std::string fault = small_products_at_once<T>(subject, data, n_compared);
  if (fault.empty()) fault = large_products_at_once<T>(subject, data, n_compared);
  if (subject.set_blas_threads) subject.set_blas_threads(1);
  return exact_outcome(fault, n_compared);
}

/// Large enough for every library's threads, k small.
std::vector<Choice> threaded_shapes(const blas::Operation& operation) {
  if (!has_argument(operation, blas::Argument::What::length, 'k'))
    return {has_matrix(operation) ? lengths_of(operation, 700, 650, 650) : lengths_of(operation, 40000, 1, 40000)};
  return {lengths_of(operation, 257, 130, 65), lengths_of(operation, 70, 600, 33), lengths_of(operation, 33, 70, 600)};
}

/// Integers with several of the library's threads.
template <class T>
void check_threaded(const Subject& subject, int n_threads, bool in_full, TestData& data, Findings& found) {
  const std::string note = fmt::format(", integer inputs, {} threads", n_threads);
  subject.set_blas_threads(n_threads);
  const std::vector<blas::Interface> products{products_of(subject)};
  for (const blas::Operation* operation : nine_of<T>(products.front())) {
    if (!adds_products(*operation)) continue;
    std::vector<Scalars> scalars{{2, 0}, {1, 0}, {-1, 0}, {0, 0}};
    if (has_argument(*operation, blas::Argument::What::scalar, 'b')) scalars = {{-1, 2}, {1, 0}};
    std::vector<Choice> shapes = threaded_shapes(*operation);
    if (!in_full) {
      shapes.resize(1);
      scalars.resize(1);
    }
    compare_forms<T>({*operation, blas_type<T>, products, data, found, 1, true}, shapes, scalars, note,
                     [&](Instance<T>& sum) {
                       sum.fill_integers(data);
                       sum.multiply();
                     });
  }
}

template <class T>
Outcome threaded(const Subject& subject, TestData& data) {
  // More than one on any machine.
  const int n_threads = subject.set_blas_threads ? subject.set_blas_threads(4) : 1;
  if (n_threads == 1) return skipped("the library has one thread, or no call to set their number");
  Findings found;
  subject.set_blas_threads(1);
  const blas::Interface products = products_of(subject);
  Caller<T> caller(products, 1, data);
  // As many threads as run at once; of more, which wait for each other in turns of the scheduler, a few calls.
  const int at_once = std::clamp(static_cast<int>(available_threads()), 2, n_threads);
  check_threaded<T>(subject, at_once, true, data, found);
  if (at_once < n_threads) check_threaded<T>(subject, n_threads, false, data, found);
  subject.set_blas_threads(1);
  std::string fault = found.reason;
  if (fault.empty()) fault = caller.run(1, false);
  return exact_outcome(fault, found.n_compared);
}

}  // namespace

template <class T>
std::vector<CommonCheck> common_checks_of_threads() {
  return {
      {.name = "concurrent",
       .statement = "four threads calling at once get, bit for bit, what each gets alone; so do three, of integers, in "
                    "products of 256³ and more, where the library's own threads are on",
       .source = design_source,
       .check = concurrent_callers<T>},
      {.name = "threaded",
       .statement = "exact for integers with several of the library's threads, and one thread gives the bits of "
                    "before",
       .source = exact_source,
       .check = threaded<T>}};
}

template std::vector<CommonCheck> common_checks_of_threads<float>();
template std::vector<CommonCheck> common_checks_of_threads<double>();

}  // namespace sqrtn::claims
