#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <thread>

#include "scratch.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/shape.hpp"
#include "sqrtn/support/tensor.hpp"
#include "support/environment.hpp"
#include "support/interrupt.hpp"
#include "verify.hpp"

namespace sqrtn::verify {
namespace {

TEST(Shape, ReadsAndWrites) {
  EXPECT_EQ(parse_shape("512x256"), (Shape{512, 256}));
  EXPECT_EQ(parse_shape("7"), Shape{7});
  EXPECT_EQ(parse_shape("1x2x3x4x5x6x7x8").size(), 8U);
  EXPECT_EQ(to_string({64, 3, 7, 7}), "64x3x7x7");
  EXPECT_EQ(element_count({64, 3, 7, 7}), 9408U);
  EXPECT_EQ(element_count({}), 1U);
  EXPECT_EQ(element_count(parse_shape("16777216x16777216")), std::size_t{1} << 48);
}

TEST(Shape, NamesWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"0x5", "dimension is 0"},
      {"-1x3", "'-1' is not a whole number"},
      {"512x", "'' is not a whole number"},
      {"x512", "'' is not a whole number"},
      {"", "'' is not a whole number"},
      {"5 x3", "'5 ' is not a whole number"},
      {"5x1F", "'1F' is not a whole number"},
      {"1x1x1x1x1x1x1x1x1", "9 dimensions"},
      {"281474976710657", "exceeds 2^48"},
      {"99999999999999999999999", "exceeds 2^48"},
      {"16777216x16777217", "more than 2^48 elements"},
      {"4294967296x4294967296", "more than 2^48 elements"},
  };
  for (const auto& [text, expected] : cases) {
    const std::string message = message_of<std::invalid_argument>([&text = text] { parse_shape(text); });
    EXPECT_NE(message.find(expected), std::string::npos) << text << ": " << message;
    EXPECT_NE(message.find("'" + text + "'"), std::string::npos) << message;
  }
  EXPECT_THROW(element_count({3, 0}), std::invalid_argument);
}

TEST(Parallel, RunsEveryTaskOnce) {
  for (const unsigned threads : {0U, 1U, 2U, 7U}) {
    std::vector<std::atomic<int>> runs(1000);
    parallel_for(runs.size(), threads, [&](std::size_t i) { ++runs[i]; });
    EXPECT_TRUE(std::all_of(runs.begin(), runs.end(), [](const auto& n) { return n == 1; })) << threads;
  }
  parallel_for(0, 4, [](std::size_t) { FAIL(); });
}

TEST(Parallel, UsesTheThreadsAskedFor) {
  std::atomic<int> waiting = 0;
  // Each task waits for the other: with fewer than two threads this would never end.
  parallel_for(2, 2, [&](std::size_t) {
    for (++waiting; waiting < 2;) std::this_thread::yield();
  });
  EXPECT_EQ(waiting, 2);
}

TEST(Parallel, ReduceIsTheSameForAnyThreads) {
  // Terms of very different size: another order of summation gives another sum.
  const auto term = [](std::size_t i) {
    return std::ldexp(1.0 / static_cast<double>(i + 1), static_cast<int>(i % 90));
  };
  const auto sum = [&](unsigned threads) {
    return *parallel_reduce(1001, threads, term, [](double& into, double from) { into += from; });
  };
  const double once = sum(1);
  for (const unsigned threads : {2U, 3U, 8U}) EXPECT_EQ(sum(threads), once) << threads;
  EXPECT_FALSE(parallel_reduce(0, 2, term, [](double&, double) {}).has_value());
}

TEST(Parallel, PassesTheFirstExceptionOn) {
  // The tasks sleep, so that all of them would take seconds: that is how late the thread that throws may get its turn.
  constexpr int n_tasks = 20000;
  std::atomic<int> ended = 0;
  const auto task = [&](std::size_t i) {
    if (i == 3) throw std::out_of_range("task 3");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ++ended;
  };
  for (const unsigned threads : {1U, 4U}) {
    ended = 0;
    EXPECT_EQ(message_of<std::out_of_range>([&] { parallel_for(n_tasks, threads, task); }), "task 3");
    EXPECT_LT(ended, threads == 1 ? 4 : n_tasks - 1);
  }
}

/// How a process ends that is sent SIGINT twice so far apart: 7 if it still could say that it was interrupted.
int end_of_interrupted(std::chrono::milliseconds apart) {
  const pid_t child = fork();
  if (child == 0) {
    const Interruptible interruptible;
    std::raise(SIGINT);
    std::this_thread::sleep_for(apart);
    std::raise(SIGINT);
    _exit(interrupted() ? 7 : 8);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST(Interrupt, WhatIsSentTwiceAtOnceIsOneWish) {
  const int once = end_of_interrupted(std::chrono::milliseconds(0));
  EXPECT_TRUE(WIFEXITED(once) && WEXITSTATUS(once) == 7) << once;
  const int twice = end_of_interrupted(std::chrono::milliseconds(500));
  EXPECT_TRUE(WIFSIGNALED(twice) && WTERMSIG(twice) == SIGINT) << twice;
}

TEST(Parallel, CountsTheAffinityMask) {
  EXPECT_GE(available_threads(), 1U);
  std::thread([] {
    cpu_set_t mask;
    sched_getaffinity(0, sizeof mask, &mask);
    int first = 0;
    while (!CPU_ISSET(first, &mask)) ++first;
    CPU_ZERO(&mask);
    CPU_SET(first, &mask);
    ASSERT_EQ(sched_setaffinity(0, sizeof mask, &mask), 0);
    EXPECT_EQ(available_threads(), 1U);
  }).join();
}

TEST(Tensor, IsAlignedAndChecksSizes) {
  Matrix<float> a(3, 5, 8, 1.0F);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&a(0, 0)) % tensor_alignment, 0U);
  EXPECT_EQ(&a(2, 1) - &a(0, 0), 2 * 8 + 1);
  EXPECT_EQ(a.storage().size(), 24U);
  EXPECT_THROW(Matrix<float>(3, 5, 4), std::invalid_argument);
  EXPECT_THROW(Matrix<float>(std::size_t{1} << 40, std::size_t{1} << 40), std::invalid_argument);
  EXPECT_THROW(Buffer<double>(std::size_t{1} << 61), std::invalid_argument);
  EXPECT_THROW(VectorView<float>(nullptr, 3, 0), std::invalid_argument);
}

TEST(Environment, DescribesThisMachine) {
  const Environment environment = describe_environment();
  EXPECT_GE(environment.available_processors, 1);
  EXPECT_GE(environment.logical_processors, environment.cores);
  EXPECT_EQ(environment.smt, environment.logical_processors > environment.cores);
  EXPECT_TRUE(environment.kernel.starts_with("Linux ")) << environment.kernel;
  EXPECT_FALSE(environment.architecture.empty());
  EXPECT_FALSE(environment.simd_target.empty());
  EXPECT_FALSE(environment.compiler.empty());
  EXPECT_GT(environment.memory_bytes, std::size_t{1} << 26);
  EXPECT_GE(last_level_cache_bytes(environment), std::size_t{1} << 16);
  for (const char* name : {"Boost", "fmt", "Highway", "hwloc", "nlohmann-json", "OpenSSL"}) {
    EXPECT_TRUE(environment.libraries.contains(name)) << name;
  }
}

TEST(Environment, NamesAFolderForTheMachine) {
  Environment environment;
  environment.available_processors = 4;
  environment.cpu_stepping = "family 25 model 17 stepping 1";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"AMD EPYC 7763 64-Core Processor", "amd-epyc-7763-64-core-4-threads"},
      {"Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", "intel-xeon-platinum-8481c-4-threads"},
      {"AMD EPYC", "amd-epyc-family-25-model-17-4-threads"},
      {"../../etc7", "etc7-4-threads"},
      {"", "unknown-family-25-model-17-4-threads"}};
  for (const auto& [model, name] : cases) {
    environment.cpu_model = model;
    EXPECT_EQ(machine_name(environment), name);
  }
  EXPECT_EQ(last_level_cache_bytes(environment), std::size_t{32} << 20);
}

}  // namespace
}  // namespace sqrtn::verify
