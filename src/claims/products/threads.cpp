#include <algorithm>
#include <array>
#include <atomic>
#include <latch>
#include <mutex>
#include <thread>

#include "claims/judge.hpp"
#include "claims/products/checks.hpp"
#include "claims/products/operands.hpp"
#include "claims/products/sweep.hpp"
#include "sqrtn/support/parallel.hpp"

namespace sqrtn::claims {
namespace {

/// One caller's operands for every routine, and the answers of calls made alone.
template <class T>
struct Caller {
  Caller(const blas::Functions& blas, std::size_t extra, TestData& data) {
    for (const Product& product : products()) {
      if (!has<T>(product.routine, blas)) continue;
      for (const ProductShape& shape : {ProductShape{24 + extra, 17, 40}, {70, 33 + extra, 129}}) {
        const Form& form = product.forms[extra % product.forms.size()];
        calls.push_back(&product);
        operands.emplace_back(product, form, fitted(product.routine, shape), Inputs::normal, 1, data);
        alone.push_back(answer(product, blas, operands.back()));
      }
    }
  }
  /// The first call whose answer differs from that of the call alone; empty if none does.
  std::string run(const blas::Functions& blas, int rounds, const std::atomic<bool>& stop) {
    for (int round = 0; round < rounds && !stop; ++round) {
      for (std::size_t i = 0; i < calls.size(); ++i) {
        operands[i].reset();
        call(calls[i]->routine, blas, operands[i].arguments());
        if (!same_bits(operands[i].c, std::span<const T>(alone[i].span()))) {
          return fmt::format("{}: other bits than when it was called alone",
                             describe(calls[i]->routine, operands[i].arguments()));
        }
      }
    }
    return {};
  }
  std::vector<const Product*> calls;
  std::vector<Operands<T>> operands;
  std::vector<Buffer<T>> alone;
};

/// Each with operands of its own.
template <class T>
Outcome concurrent_callers(const Subject& subject, TestData& data) {
  constexpr std::size_t n_callers = 4;
  constexpr int n_rounds = 250;
  std::vector<Caller<T>> callers;
  for (std::size_t i = 0; i < n_callers; ++i) callers.emplace_back(subject.products, i, data);
  std::array<std::string, n_callers> faults;
  std::atomic<bool> stop = false;
  std::mutex setting;
  std::latch start(n_callers);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < n_callers; ++i) {
      threads.emplace_back([&, i] {
        {
          // OpenMP keeps the number of threads by calling thread; more of them may round differently.
          const std::lock_guard lock(setting);
          if (subject.set_blas_threads) subject.set_blas_threads(1);
        }
        start.arrive_and_wait();
        faults[i] = callers[i].run(subject.products, n_rounds, stop);
        if (!faults[i].empty()) stop = true;
      });
    }
  }
  const auto fault = std::ranges::find_if(faults, [](const std::string& text) { return !text.empty(); });
  return exact_outcome(fault != faults.end() ? fmt::format("{} callers at once: {}", n_callers, *fault) : "",
                       n_callers * n_rounds * callers.front().calls.size());
}

/// Large enough for every library's threads, k small.
std::vector<ProductShape> threaded_shapes(Routine routine) {
  if (routine == Routine::gemv || routine == Routine::ger) return {fitted(routine, {700, 650, 650})};
  if (routine == Routine::dot || routine == Routine::axpy || routine == Routine::scal) {
    return {fitted(routine, {40000, 1, 40000})};
  }
  return fitted(routine, {{257, 130, 65}, {70, 600, 33}, {33, 70, 600}});
}

/// Integers with several of the library's threads.
template <class T>
void check_threaded(const Subject& subject, int n_threads, bool in_full, TestData& data, Findings& found) {
  const Sweep sweep{.note = fmt::format(", {} threads", n_threads)};
  subject.set_blas_threads(n_threads);
  for (const Product& product : products()) {
    if (product.routine == Routine::trsm || product.routine == Routine::nrm2) continue;
    if (!has<T>(product.routine, subject.products)) continue;
    std::vector<ProductShape> shapes = threaded_shapes(product.routine);
    std::vector<Scalars> scalars = product.scalars.few;
    if (!in_full) {
      shapes.resize(1);
      scalars = {scalars.back()};
    }
    Trial trial{product, subject.products, data, found};
    check_shapes<T>(trial, shapes, scalars, sweep);
  }
}

template <class T>
Outcome threaded(const Subject& subject, TestData& data) {
  // More than one on any machine.
  const int n_threads = subject.set_blas_threads ? subject.set_blas_threads(4) : 1;
  if (n_threads == 1) {
    Outcome outcome;
    outcome.verdict = Verdict::skipped;
    outcome.reason = "the library has one thread, or no call to set their number";
    return outcome;
  }
  Findings found;
  subject.set_blas_threads(1);
  Caller<T> caller(subject.products, 1, data);
  // As many threads as run at once; of more, which wait for each other in turns of the scheduler, a few calls.
  const int at_once = std::clamp(static_cast<int>(available_threads()), 2, n_threads);
  check_threaded<T>(subject, at_once, true, data, found);
  if (at_once < n_threads) check_threaded<T>(subject, n_threads, false, data, found);
  subject.set_blas_threads(1);
  std::string fault = found.reason;
  if (fault.empty()) fault = caller.run(subject.products, 1, false);
  return exact_outcome(fault, found.n_compared);
}

}  // namespace

template <class T>
std::vector<CommonCheck> common_checks_of_threads() {
  return {{.name = "concurrent",
           .statement = "four threads calling at once get, bit for bit, what each gets alone",
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
