#include <chrono>
#include <complex>
#include <vector>

#include "claims/judge.hpp"
#include "claims/products/checks.hpp"
#include "claims/products/forked.hpp"
#include "claims/routines/comparison.hpp"
#include "claims/routines/lasting.hpp"
#include "support/process_state.hpp"

namespace sqrtn::claims {
namespace {

/// More than one on any machine.
constexpr int several = 4;

/// Large enough for every library's threads.
Choice large_choice(const blas::Operation& operation) {
  Choice choice = has_argument(operation, blas::Argument::What::length, 'k') ? lengths_of(operation, 500, 500, 500)
                  : has_matrix(operation)                                    ? lengths_of(operation, 700, 650, 650)
                                                                             : lengths_of(operation, 40'000, 1, 40'000);
  choice.row_major = true;
  return choice;
}

/// Products of integers, made before the child is, so that it does nothing but call and compare. trsm and nrm2 round.
template <class T>
class IntegerProducts {
 public:
  IntegerProducts(const Subject& subject, TestData& data) : interface_(products_of(subject)) {
    const auto start = std::chrono::steady_clock::now();
    const std::vector<const blas::Operation*> nine = nine_of<T>(interface_);
    all_.reserve(nine.size());
    for (const blas::Operation* operation : nine) {
      if (!adds_products(*operation)) continue;
      Instance<T>& instance = all_.emplace_back(*operation, large_choice(*operation));
      instance.fill_integers(data);
      instance.set_scalars(T(-1), T(2));
      instance.store();
      instance.multiply();
    }
    own_s_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

  /// "" or the first wrong answer. `when`: what else is told of it, and of where a call did not return.
  std::string fault(const Tell& tell, const std::string& when) {
    Findings found;
    for (Instance<T>& instance : all_) {
      instance.restore();
      tell(instance.describe(interface_) + when);
      call_and_compare(instance, interface_, true, when, found);
      if (found.failed()) break;
    }
    return found.reason;
  }

  [[nodiscard]] std::size_t count() const { return all_.size(); }
  /// Far more than the products take: 5 s, and fifty times what our own plain ones took beside whatever else runs.
  [[nodiscard]] double limit_s() const { return 5 + 50 * own_s_; }

 private:
  const blas::Interface interface_;
  std::vector<Instance<T>> all_;
  double own_s_ = 0;
};

constexpr const char* confused = "a sanitizer is built in, which children and small stacks confuse";

/// After calls with several threads a child of the child and the child itself, so that this process is not harmed.
template <class T>
std::string fault_after_threads(const Subject& subject, IntegerProducts<T>& products) {
  const double limit_s = products.limit_s();
  const ChildFault found = fault_in_child(3 * limit_s, [&](const Tell& tell) {
    const int n_threads = subject.set_blas_threads ? subject.set_blas_threads(several) : 1;
    const std::string after = fmt::format(" after calls with {} thread{}", n_threads, n_threads > 1 ? "s" : "");
    std::string fault = products.fault(tell, " in a child, before another fork()");
    if (fault.empty()) {
      tell("fork()" + after);
      const ChildFault in_child = fault_in_child(limit_s, [&](const Tell& tell_child) {
        return products.fault(tell_child, " in a child that was forked" + after);
      });
      fault = in_child.text;
    }
    return fault.empty() ? products.fault(tell, " in a process that has forked" + after) : fault;
  });
  return found.text;
}

template <class T>
Outcome forks(const Subject& subject, TestData& data) {
  if (is_sanitized()) return skipped(confused);
  IntegerProducts<T> products(subject, data);
  const ChildFault in_child = fault_in_child(
      products.limit_s(), [&](const Tell& tell) { return products.fault(tell, " in a child that was just forked"); });
  return exact_outcome(in_child.text.empty() ? fault_after_threads(subject, products) : in_child.text,
                       products.count());
}

template <class T>
Outcome small_stack(const Subject& subject, TestData& data) {
  if (is_sanitized()) return skipped(confused);
  const ChildFault found = fault_on_small_stack<T>(subject, std::size_t{512} << 10, data);
  // That products hang in children is said by another claim.
  if (found.no_answer) return skipped("not judged, since a child does not answer: " + found.text);
  return exact_outcome(found.text, nine_of<T>(products_of(subject)).size());
}

/// One call of each routine, and with several threads again.
template <class T>
std::size_t call_all(const Subject& subject, TestData& data) {
  IntegerProducts<T> products(subject, data);
  const Tell nobody = [](const std::string&) {};
  products.fault(nobody, "");
  if (subject.set_blas_threads) {
    subject.set_blas_threads(several);
    products.fault(nobody, "");
    subject.set_blas_threads(1);
  }
  return products.count();
}

template <class T>
Outcome loading(const Subject& subject, TestData& data) {
  if (subject.before_loading == nullptr) return skipped("the library was loaded before anyone looked at the process");
  const std::string by_loading = changes_between(*subject.before_loading, process_state());
  if (!by_loading.empty()) return failure("loading it changes " + by_loading);
  const std::size_t n_calls = call_all<T>(subject, data);
  const std::string by_calls = changes_between(*subject.before_loading, process_state());
  return exact_outcome(by_calls.empty() ? "" : "its first calls change " + by_calls, n_calls);
}

}  // namespace

template <class T>
ChildFault fault_on_small_stack(const Subject& subject, std::size_t stack_bytes, TestData& data) {
  using Complex = std::complex<T>;
  IntegerProducts<T> products(subject, data);
  const auto real = lasting_operations<T>(subject, data), complex = lasting_operations<Complex>(subject, data);
  return fault_in_child(products.limit_s(), [&](const Tell& tell) {
    std::string fault;
    for (const int n_threads : {1, several}) {
      if (!fault.empty() || (n_threads > 1 && !subject.set_blas_threads)) break;
      on_stack_of(stack_bytes, [&] {
        if (subject.set_blas_threads) subject.set_blas_threads(n_threads);
        const std::string when =
            fmt::format(" on a stack of {} KiB, with {} of the library's threads", stack_bytes >> 10, n_threads);
        fault = products.fault(tell, when);
        if (n_threads > 1) return;  // thousands of small calls, each with threads of its own, take too long
        for (const blas::Operation* one : real) call_plainly<T>(*one, subject, data, tell, when);
        for (const blas::Operation* one : complex) call_plainly<Complex>(*one, subject, data, tell, when);
      });
    }
    return fault;
  });
}

template <class T>
std::vector<CommonCheck> common_checks_of_children() {
  return {{.name = "fork",
           .statement = "exact for integers in a child after fork(), before and after calls with several threads, and "
                        "in its parent",
           .source = "POSIX.1-2017, fork(): the child has one thread",
           .check = forks<T>},
          {.name = "small_stack",
           .statement = "exact for integers on a thread with a stack of 512 KiB",
           .source = design_source,
           .check = small_stack<T>}};
}

template <class T>
std::vector<CommonCheck> common_checks_of_loading() {
  return {{.name = "loading",
           .statement = "loading the library and its first calls leave affinity, limits, signals, environment, working "
                        "folder, umask, priority, locale and floating-point state alone",
           .source = design_source,
           .check = loading<T>}};
}

template std::vector<CommonCheck> common_checks_of_children<float>();
template std::vector<CommonCheck> common_checks_of_children<double>();
template std::vector<CommonCheck> common_checks_of_loading<float>();
template std::vector<CommonCheck> common_checks_of_loading<double>();
template ChildFault fault_on_small_stack<float>(const Subject&, std::size_t, TestData&);
template ChildFault fault_on_small_stack<double>(const Subject&, std::size_t, TestData&);

}  // namespace sqrtn::claims
