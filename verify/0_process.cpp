#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "scratch.hpp"
#include "support/output.hpp"
#include "support/process.hpp"
#include "verify.hpp"

/// Children are run, limited, and never left behind.
namespace sqrtn::verify {
namespace {

using How = ProcessEnd::How;

ProcessEnd shell_line(const std::string& line, const ProcessLimits& limits = {.wall_s = 20},
                      const EnvironmentAdditions& environment = {}) {
  return run_process({"/bin/sh", "-c", line}, limits, environment);
}

/// Whether the process is there and no zombie.
bool lives(const std::string& id) {
  std::ifstream file("/proc/" + id + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto end = text.rfind(") ");
  return end != std::string::npos && text.substr(end + 2, 1) != "Z" && text.substr(end + 2, 1) != "X";
}

/// Whether it ends within 10 s, which is a bound for a test that hangs and no measurement.
bool ends(const std::string& id) {
  for (int i = 0; i < 1000 && lives(id); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return !lives(id);
}

/// The text of a file once it has a whole line.
std::string awaited_line(const std::string& path) {
  std::string text;
  for (int i = 0; i < 1000 && !text.ends_with('\n'); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    text = content_of(path);
  }
  return text.substr(0, text.find('\n'));
}

/// Starts a parent of its own that runs `line` and is then ended by `signal`; returns the status of its end.
int end_of_parent(const std::string& line, const std::string& path, int signal) {
  const pid_t parent = fork();
  if (parent == 0) {
    // A suite that runs in the background, or under nohup, is told to ignore some of them.
    for (const int each : {SIGTERM, SIGINT, SIGHUP}) std::signal(each, SIG_DFL);
    remove_temporaries_on_signals();
    shell_line(line, {});
    _exit(0);
  }
  EXPECT_FALSE(awaited_line(path).empty());
  kill(parent, signal);
  int status = 0;
  waitpid(parent, &status, 0);
  return status;
}

TEST(Process, ReturnsStatusAndBothStreams) {
  const ProcessEnd end = shell_line("echo out; echo err >&2; exit 3");
  EXPECT_EQ(end.to_text(), "exited with status 3");
  EXPECT_EQ(end.out, "out\n");
  EXPECT_EQ(end.err, "err\n");
  EXPECT_FALSE(end.succeeded());
  EXPECT_TRUE(run_process({"true"}).succeeded()) << "found in PATH";
}

TEST(Process, WordsArriveAsTheyAreAndTheEnvironmentIsReplaced) {
  const ProcessEnd end = run_process(
      {"/bin/sh", "-c", "printf '%s|' \"$@\" \"$HOME\" \"$PATH\"", "sh", "a b", "$x", ""}, {}, {{"HOME", "elsewhere"}});
  EXPECT_EQ(end.out, fmt::format("a b|$x||elsewhere|{}|", std::getenv("PATH")));
}

TEST(Process, SaysWhyItCouldNotStart) {
  EXPECT_EQ(run_process({"/no/such/program"}).to_text(), "could not be started (No such file or directory)");
  EXPECT_EQ(run_process({"/"}).how, How::not_started);
  EXPECT_THROW(run_process({}), std::invalid_argument);
}

TEST(Process, ASignalIsNamed) {
  EXPECT_EQ(shell_line("kill -SEGV $$").to_text(), "killed by signal 11 (segmentation fault)");
  EXPECT_EQ(shell_line("kill -XCPU $$").to_text(),
            fmt::format("killed by signal {} (CPU time limit exceeded)", SIGXCPU));
}

TEST(Process, TimeLimitKillsTheWholeGroup) {
  const Folder folder;
  const std::string path = folder / "id";
  const ProcessEnd end = shell_line("sleep 1000 & echo $! > " + path + "; echo begun; wait", {.wall_s = 0.3});
  EXPECT_EQ(end.how, How::timed_out);
  EXPECT_TRUE(end.to_text().starts_with("no answer for ")) << end.to_text();
  EXPECT_EQ(end.out, "begun\n");
  EXPECT_TRUE(ends(awaited_line(path)));
}

TEST(Process, WhatItLeavesRunningIsKilledAndNotWaitedFor) {
  const Folder folder;
  const std::string path = folder / "id";
  const ProcessEnd end = shell_line("sleep 1000 & echo $! > " + path + "; echo begun");
  EXPECT_TRUE(end.succeeded()) << end.to_text();
  EXPECT_EQ(end.out, "begun\n");
  EXPECT_TRUE(ends(awaited_line(path)));
}

/// What a daemon does, in the words of a shell: a session of its own and no parent.
std::string daemon(const std::string& path) { return "(setsid sh -c 'echo $$ > " + path + "; exec sleep 1000' &)"; }

TEST(Process, ADaemonIsKilledAndCounted) {
#ifndef __linux__
  GTEST_SKIP() << "only Linux hands orphans to the nearest guardian";
#endif
  const Folder folder;
  const std::string path = folder / "id";
  const ProcessEnd end = shell_line(daemon(path) + "; until [ -s " + path + " ]; do sleep 0.01; done; exit 3");
  EXPECT_EQ(end.to_text(), "exited with status 3");
  EXPECT_EQ(end.left_running, 1);
  EXPECT_FALSE(lives(awaited_line(path)));
  EXPECT_EQ(shell_line("sleep 0 & true; wait").left_running, 0);
}

TEST(Process, ADaemonDiesWithTheParentToo) {
#ifndef __linux__
  GTEST_SKIP() << "only Linux hands orphans to the nearest guardian";
#endif
  const Folder folder;
  const std::string path = folder / "id";
  end_of_parent(daemon(path) + "; sleep 1000", path, SIGKILL);
  EXPECT_TRUE(ends(awaited_line(path)));
}

TEST(Process, WhatLeavesItsGroupIsKilledToo) {
  if (!run_process({"perl", "-e", "1"}).succeeded()) GTEST_SKIP() << "needs perl";
  const auto start = std::chrono::steady_clock::now();
  const ProcessEnd end = run_process({"perl", "-e", "setpgrp(0, getppid()) or die; sleep 20"}, {.wall_s = 0.5});
  EXPECT_EQ(end.how, How::timed_out) << end.err;
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(Process, WhatStopsIsEndedAtOnce) {
  const ProcessEnd end = shell_line("kill -STOP $$");
  EXPECT_EQ(end.to_text(), "stopped by signal 19 (stopped (signal))");
  EXPECT_TRUE(end.stopped());
  EXPECT_LT(end.wall_s, 10);
}

TEST(Process, OutputIsBoundedAndDrainedOnBothStreams) {
  const ProcessEnd flood = run_process({"yes"}, {.wall_s = 20, .output_bytes = 100'000});
  EXPECT_EQ(flood.how, How::too_much_output);
  EXPECT_LT(flood.out.size(), 1'000'000u);
  const ProcessEnd both =
      shell_line("head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero");
  EXPECT_TRUE(both.succeeded()) << both.to_text();
  EXPECT_EQ(both.out.size(), 600'000u);
  EXPECT_EQ(both.err.size(), 300'000u);
}

TEST(Process, WhatIsHeardMayBeTaken) {
  std::string taken;
  const ProcessEnd end = run_process({"/bin/sh", "-c", "for i in $(seq 2000); do echo $i; done; printf rest"},
                                     {.wall_s = 20, .output_bytes = 4096}, {}, [&taken](std::string& out) {
                                       const std::size_t whole = out.rfind('\n') + 1;
                                       taken += out.substr(0, whole);
                                       out.erase(0, whole);
                                     });
  EXPECT_TRUE(end.succeeded()) << end.to_text();
  EXPECT_EQ(end.out, "rest");
  EXPECT_TRUE(taken.starts_with("1\n2\n") && taken.ends_with("1999\n2000\n"));
}

TEST(Process, ClosedStreamsAreNotItsEnd) {
  EXPECT_EQ(shell_line("exec >&- 2>&-; sleep 0.1; exit 5").to_text(), "exited with status 5");
}

TEST(Process, MemoryIsLimited) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer needs more address space than any limit leaves";
#endif
  EXPECT_EQ(shell_line("ulimit -v", {.memory_bytes = std::size_t{512} << 20}).out, "524288\n");
}

TEST(Process, InputIsEmptyAndNothingIsInherited) {
  const int leaked = open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  const ProcessEnd end = shell_line("cat; echo /proc/self/fd/* | wc -w; ulimit -c");
  close(leaked);
  EXPECT_EQ(end.out, "4\n0\n") << "three streams and the folder itself; no core file";
}

TEST(Process, SignalsAreAsAProgramExpectsThem) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  const ProcessEnd end = shell_line("kill -PIPE $$");
  std::signal(SIGPIPE, before);
  EXPECT_EQ(end.to_text(), "killed by signal 13 (broken pipe)");
}

TEST(Process, TimesAreThoseOfTheChild) {
  EXPECT_GE(shell_line("sleep 0.2").wall_s, 0.2);
  EXPECT_GT(shell_line("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done").cpu_s, 0);
}

TEST(Process, ManyAtOnceLoseNothing) {
  const auto descriptors = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); };
  const auto before = descriptors();
  std::vector<std::string> outs(8);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < outs.size(); ++i) {
      threads.emplace_back([i, &outs] {
        for (int repeat = 0; repeat < 4; ++repeat) outs[i] += shell_line(fmt::format("echo {}", i)).out;
      });
    }
  }
  for (std::size_t i = 0; i < outs.size(); ++i) EXPECT_EQ(outs[i], fmt::format("{0}\n{0}\n{0}\n{0}\n", i));
  EXPECT_EQ(descriptors(), before);
}

/// As a BLAS does, whose lock another thread may hold when a program is started.
TEST(Process, WhatLibrariesDoBeforeForksIsNotDoneInTheGuardian) {
  const pid_t parent = fork();
  if (parent == 0) {
    static const pid_t id = getpid();
    pthread_atfork(
        [] {
          if (getpid() != id) _exit(1);
        },
        nullptr, nullptr);
    _exit(run_process({"true"}).succeeded() ? 0 : 1);
  }
  int status = 0;
  waitpid(parent, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(Process, TheChildDiesWithItsParent) {
  for (const int signal : {SIGKILL, SIGTERM, SIGINT, SIGHUP}) {
    const Folder folder;
    const std::string path = folder / "id";
    const int status = end_of_parent("echo $$ > " + path + "; exec sleep 1000", path, signal);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == signal) << status;
    EXPECT_TRUE(ends(awaited_line(path))) << signal;
  }
}

TEST(Process, TheGroupDiesWithItsParent) {
  for (const int signal : {SIGKILL, SIGTERM}) {
    const Folder folder;
    const std::string path = folder / "id";
    end_of_parent("sleep 1000 & echo $! > " + path + "; wait", path, signal);
    EXPECT_TRUE(ends(awaited_line(path))) << signal;
  }
}

// The group may be sent what it does not end by; its guardian stays.
TEST(Process, ASignalToTheGroupLeavesItGuarded) {
  const Folder folder;
  const std::string path = folder / "id";
  end_of_parent("trap '' TERM; kill -TERM 0; sleep 1000 & echo $! > " + path + "; wait", path, SIGKILL);
  EXPECT_TRUE(ends(awaited_line(path)));
}

}  // namespace
}  // namespace sqrtn::verify
