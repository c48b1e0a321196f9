#include <alloca.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cfenv>
#include <chrono>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "blas/call.hpp"
#include "claims/products/forked.hpp"
#include "judge.hpp"
#include "support/process_state.hpp"

/// Faults in what a library does to the process that it is in, or where it is called.
namespace sqrtn::verify {
namespace {

const pid_t first_process = getpid();
bool has_forked = false, had_threads = false;
int threads_before_fork = 0;

template <class T>
void crash_in_a_child(SQRTN_GEMM) {
  if (getpid() != first_process) std::abort();
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
}
template <class T>
void err_in_a_child(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  if (getpid() != first_process && m > 0 && n > 0) c[0] += 1;
}
/// Its threads are of the process that had asked for them.
template <class T>
void need_threads_of_the_parent(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  if (threads_before_fork > 1 && m > 0 && n > 0) c[0] += 1;
}
template <class T>
void err_in_a_parent(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  if (has_forked && m > 0 && n > 0) c[0] += 1;
}
template <class T, std::size_t kib>
void use_stack(SQRTN_GEMM) {
  auto* const room = static_cast<volatile char*>(alloca(kib << 10));
  for (std::size_t at = 0; at < kib << 10; at += 512) room[at] = 1;
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
}
template <class T, int flag>
void raise_a_flag(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  if (m == 17) std::feraiseexcept(flag);
}

/// As OpenBLAS 0.3.21's cblas_scsum does with its result.
template <class T>
void forget_a_number(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
#ifdef __x86_64__
  asm volatile("fldz");
#endif
}

const std::vector<Planted>& planted_in_the_process() {
  static const std::vector<Planted> all{
      {"crashes_in_a_child",
       SQRTN_BOTH(gemm, crash_in_a_child),
       {"all/f32/fork", "all/f64/fork"},
       " in a child that was just forked: killed by signal 6"},
      {"errs_in_a_child",
       SQRTN_BOTH(gemm, err_in_a_child),
       {"all/f32/fork", "all/f64/fork"},
       " in a child that was just forked, entry (0, 0)"},
      {"needs_much_stack",
       [](blas::Functions& f) { f.f32.gemm = use_stack<float, 3072>, f.f64.gemm = use_stack<double, 600>; },
       {"all/f32/small_stack", "all/f64/small_stack"},
       " on a stack of 512 KiB, with 1 of the library's threads: killed by signal 11"},
      {"divides_by_zero",
       [](blas::Functions& f) {
         f.f32.gemm = raise_a_flag<float, FE_DIVBYZERO>, f.f64.gemm = raise_a_flag<double, FE_DIVBYZERO>;
       },
       {"all/f32/flags", "all/f64/flags"},
       ": raised divide-by-zero"},
      {"overflows",
       [](blas::Functions& f) {
         f.f32.gemm = raise_a_flag<float, FE_OVERFLOW>, f.f64.gemm = raise_a_flag<double, FE_OVERFLOW>;
       },
       {"all/f32/flags", "all/f64/flags"},
       ": raised overflow"},
      {"computes_with_rubbish",
       [](blas::Functions& f) {
         f.f32.gemm = raise_a_flag<float, FE_INVALID>, f.f64.gemm = raise_a_flag<double, FE_INVALID>;
       },
       {"all/f32/flags", "all/f64/flags"},
       ": raised invalid"},
#ifdef __x86_64__
      {"forgets_a_number_in_a_register",
       SQRTN_BOTH(gemm, forget_a_number),
       {"all/f32/flags", "all/f64/flags"},
       ": left numbers in the x87 registers"},
#endif
  };
  return all;
}

class ProcessFaults : public testing::TestWithParam<Planted> {};
TEST_P(ProcessFaults, AreFound) {
  if (claims::is_sanitized()) GTEST_SKIP() << "claims of children and stacks are not judged with a sanitizer";
  expect_found(GetParam());
}
INSTANTIATE_TEST_SUITE_P(Planted, ProcessFaults, testing::ValuesIn(planted_in_the_process()),
                         [](const testing::TestParamInfo<Planted>& info) { return info.param.name; });

/// What a library with that gemm and threads of its own fails for; they are gone in a child.
std::string reason_after_threads(void (*gemm)(int, int, int, int, int, int, float, const float*, int, const float*, int,
                                              float, float*, int)) {
  static int n_threads = 1;
  static const int watched =
      pthread_atfork([] { threads_before_fork = n_threads; }, [] { has_forked = had_threads; }, [] {});
  EXPECT_EQ(watched, 0);
  has_forked = had_threads = false;
  threads_before_fork = n_threads = 1;
  claims::Subject threaded = plain_subject();
  threaded.set_blas_threads = [](int n) {
    had_threads |= n > 1;
    return n_threads = n;
  };
  threaded.products.f32.gemm = gemm;
  return result_of("all/f32/fork", threaded).outcome.reason;
}

TEST(ProcessFaults, OfThreadsThatAForkTakesAwayAreFound) {
  if (claims::is_sanitized()) GTEST_SKIP() << "claims of children are not judged with a sanitizer";
  EXPECT_EQ(reason_after_threads(plain_gemm<float>), "");
  const std::string in_child = reason_after_threads(need_threads_of_the_parent<float>);
  EXPECT_TRUE(holds(in_child, " in a child that was forked after calls with 4 threads, entry (0, 0)")) << in_child;
  const std::string in_parent = reason_after_threads(err_in_a_parent<float>);
  EXPECT_TRUE(holds(in_parent, " in a process that has forked after calls with 4 threads, entry (0, 0)")) << in_parent;
}

TEST(ProcessFaults, AChildTellsHowItEnded) {
  const auto fault = [](double limit_s, const std::function<std::string()>& action) {
    const claims::ChildFault found = claims::fault_in_child(limit_s, [&](const claims::Tell& tell) {
      tell("sgemm");
      return action();
    });
    EXPECT_EQ(found.no_answer, limit_s < 1);
    return found.text;
  };
  constexpr double long_s = 100;
  EXPECT_EQ(fault(long_s, [] { return ""; }), "");
  EXPECT_EQ(fault(long_s, [] { return "wrong"; }), "wrong");
  EXPECT_EQ(fault(long_s, []() -> std::string { throw std::runtime_error("thrown"); }), "thrown");
  EXPECT_EQ(fault(long_s, []() -> std::string { _exit(3); }), "sgemm: exited with status 3");
  const std::string hung = fault(0.2, []() -> std::string {
    for (;;) pause();
  });
  EXPECT_EQ(hung.substr(0, 20), "sgemm: no answer for") << hung;
  EXPECT_EQ(fault(long_s, [] { return std::string(5000, 'x'); }).size(), 1999U) << "cut, not written past its place";
}

// One that waits for what never comes is not waited for as long as one that works, in threads or children of its own.
TEST(ProcessFaults, AChildThatSleepsIsGivenUpSoon) {
  const std::string asleep = claims::fault_in_child(100, [](const claims::Tell&) -> std::string {
                               for (;;) pause();
                             }).text;
  EXPECT_TRUE(holds(asleep, "no answer for 2")) << asleep;
  const auto work = [](const claims::Tell&) -> std::string {
    std::thread([] {
      const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(2500);
      while (std::chrono::steady_clock::now() < end) continue;
    }).join();
    return "worked";
  };
  EXPECT_EQ(
      claims::fault_in_child(100, [&](const claims::Tell&) { return claims::fault_in_child(50, work).text; }).text,
      "worked");
}

// The claims about the routine say so; neither flags nor stacks are to blame.
TEST(ProcessFaults, ARoutineThatEndsTheProcessIsLeftOut) {
  if (claims::is_sanitized()) GTEST_SKIP() << "claims of children and stacks are not judged with a sanitizer";
  claims::Subject subject = plain_subject();
  subject.interfaces = blas::interfaces_of(
      [](const std::string& name) { return name == "cblas_dscal" ? reinterpret_cast<void*>(std::abort) : nullptr; },
      {"", "", "_"}, 32);
  for (const char* id : {"all/f64/flags", "all/f64/small_stack"}) EXPECT_EQ(result_of(id, subject).outcome.reason, "");
}

/// A change of the process, and how it is told.
struct ProcessChange {
  void (*make)();
  const char* words;
};

TEST(ProcessFaults, WhatBelongsToTheProcessIsCompared) {
  for (const auto& [make, words] : std::initializer_list<ProcessChange>{
           {[] {}, ""},
           {[] { EXPECT_EQ(chdir("/"), 0); }, "the working folder ("},
           {[] { umask(0123); }, "the umask (was '"},
           {[] { setenv("SQRTN_LOADED", "1", 1); }, "the environment variable SQRTN_LOADED (was not set, is '1')"},
           {[] { setenv("OPENBLAS_CORETYPE", "Haswell", 1); }, ""},
           {[] { std::signal(SIGINT, [](int) {}); }, "what is done about SIGINT (was '"},
           {[] {
              sigset_t one;
              sigemptyset(&one);
              sigaddset(&one, SIGUSR1);
              sigprocmask(SIG_BLOCK, &one, nullptr);
            },
            "whether SIGUSR1 is held back (was 'no', is 'yes')"},
           {[] {
              const rlimit fewer{17, 18};
              setrlimit(RLIMIT_NOFILE, &fewer);
            },
            "the limit RLIMIT_NOFILE (was '"},
           {[] { std::fesetround(FE_UPWARD); }, "the rounding mode (was '"},
           {[] { setpriority(PRIO_PROCESS, 0, 19); }, "the priority (was '"},
           {[] { std::setlocale(LC_NUMERIC, "C.UTF-8"); }, "the locale (was '"}}) {
    const claims::ChildFault child = claims::fault_in_child(100, [make = make](const claims::Tell&) {
      const ProcessState before = process_state();
      make();
      return changes_between(before, process_state());
    });
    const std::string& found = child.text;
    EXPECT_TRUE(*words == '\0' ? found.empty() : found.starts_with(words)) << words << ": " << found;
  }
}

TEST(ProcessFaults, OfLoadingAreFound) {
  claims::Subject changed = plain_subject();
  EXPECT_EQ(result_of("all/f32/loading", changed).outcome.verdict, claims::Verdict::skipped);
  ProcessState before = process_state();
  changed.before_loading = std::make_shared<const ProcessState>(before);
  EXPECT_EQ(result_of("all/f32/loading", changed).outcome.verdict, claims::Verdict::pass);
  before.facts["the processors that this thread may run on"] = "every second one";
  changed.before_loading = std::make_shared<const ProcessState>(before);
  const std::string loading = result_of("all/f64/loading", changed).outcome.reason;
  EXPECT_TRUE(loading.starts_with("loading it changes the processors that this thread may run on (was 'every second"))
      << loading;
}

TEST(ProcessFaults, OfTheFirstCallAreFound) {
  claims::Subject changed = plain_subject();
  changed.before_loading = std::make_shared<const ProcessState>(process_state());
  changed.products.f32.gemm = [](int layout, int trans_a, int trans_b, int m, int n, int k, float alpha, const float* a,
                                 int lda, const float* b, int ldb, float beta, float* c, int ldc) {
    setenv("SQRTN_CALLED", "1", 1);
    plain_gemm(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  };
  const std::string reason = result_of("all/f32/loading", changed).outcome.reason;
  unsetenv("SQRTN_CALLED");
  EXPECT_EQ(reason, "its first calls change the environment variable SQRTN_CALLED (was not set, is '1')");
}

}  // namespace
}  // namespace sqrtn::verify
