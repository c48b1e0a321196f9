#include "claims/products/forked.hpp"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>
#include <thread>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "support/call_watch.hpp"
#include "support/process.hpp"

#ifndef __has_feature
#define __has_feature(name) 0
#endif

namespace sqrtn::claims {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(int error, const char* what) { throw std::system_error(error, std::generic_category(), what); }

/// What a child leaves for its parent, in memory that both see. Never longer than its place, which ends with 0.
struct Message {
  std::array<char, 2000> told, fault;
  bool is_complete;
  std::atomic<bool> waits;  ///< for a child of its own, which may be at work
};

void write_to(std::array<char, 2000>& place, const std::string& text) {
  std::strncpy(place.data(), text.c_str(), place.size() - 1);
}

struct Unmap {
  void operator()(Message* message) const { ::munmap(message, sizeof(Message)); }
};
using SharedMessage = std::unique_ptr<Message, Unmap>;

SharedMessage shared_message() {
  void* const memory = ::mmap(nullptr, sizeof(Message), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail(errno, "no memory to share with a child");
  return SharedMessage(new (memory) Message{});
}

/// Of this process, if it is such a child.
Message* own_message = nullptr;

[[noreturn]] void be_child(Message& message, const std::function<std::string(const Tell&)>& action) noexcept {
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE}) std::signal(signal, SIG_DFL);
  watch_calls(0);  // the parent's limit is the child's
  own_message = &message;
  try {
    write_to(message.fault, action([&message](const std::string& text) { write_to(message.told, text); }));
  } catch (const std::exception& error) {
    write_to(message.fault, error.what());
  }
  message.is_complete = true;
  ::_exit(0);
}

/// What the threads of a process are at: "" if any of them works or waits for a device, or if the system does not tell;
/// else the processor time that each has taken. After the thread's name in brackets its line has the state, and in the
/// 11th and 12th field after it the time in the program and in the kernel.
std::string times_of_sleepers(pid_t process) {
  std::string times;
  std::error_code error;
  for (std::filesystem::directory_iterator thread("/proc/" + std::to_string(process) + "/task", error), end;
       !error && thread != end; thread.increment(error)) {
    std::string line, state, in_program, in_kernel;
    std::getline(std::ifstream(thread->path() / "stat"), line);
    std::istringstream fields(line.substr(std::min(line.rfind(')') + 1, line.size())));
    fields >> state;
    for (int i = 0; i < 11; ++i) fields >> in_program;
    fields >> in_kernel;
    if (state != "S" || !fields) return {};
    times += in_program + ' ' + in_kernel + ' ';
  }
  return times;
}

/// Tells whether a process waits for what will not come: all its threads have slept for long.
class Sleep {
 public:
  explicit Sleep(pid_t process) : process_(process) {}

  /// To be asked again and again.
  bool lasts() {
    const auto now = Clock::now();
    if (now - asked_ < std::chrono::milliseconds(50)) return false;
    asked_ = now;
    std::string times = times_of_sleepers(process_);
    if (times.empty() || times != times_) since_ = now;
    times_ = std::move(times);
    return now - since_ > std::chrono::seconds(2);
  }

 private:
  pid_t process_;
  std::string times_;
  Clock::time_point asked_ = Clock::now(), since_ = asked_;
};

/// Waits for the child's end, and kills it where there is none in time, or the child waits for what will not come.
ProcessEnd end_of(pid_t child, const Message& message, double limit_s) {
  ProcessEnd end;
  Sleep sleep(child);
  const auto start = Clock::now();
  const auto spent_s = [start] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(child, &status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
    if (spent_s() > limit_s || (!message.waits && sleep.lasts())) {
      end.how = ProcessEnd::How::timed_out;
      ::kill(child, SIGKILL);
      while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
      }
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  end.wall_s = spent_s();
  if (end.how == ProcessEnd::How::timed_out) return end;
  end.how = WIFSIGNALED(status) ? ProcessEnd::How::signalled : ProcessEnd::How::exited;
  end.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  return end;
}

}  // namespace

ChildFault fault_in_child(double limit_s, const std::function<std::string(const Tell&)>& action) {
  const SharedMessage message = shared_message();
  const pid_t child = ::fork();
  if (child < 0) fail(errno, "no process for a child");
  if (child == 0) be_child(*message, action);
  if (own_message != nullptr) own_message->waits = true;
  const ProcessEnd end = end_of(child, *message, limit_s);
  if (own_message != nullptr) own_message->waits = false;
  if (message->is_complete) return {message->fault.data()};
  return {std::string(message->told.data()) + ": " + end.to_text(), end.how == ProcessEnd::How::timed_out};
}

void on_stack_of(std::size_t bytes, const std::function<void()>& action) {
  constexpr std::size_t below = std::size_t{64} << 20;
  void* const memory = ::mmap(nullptr, below + bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail(errno, "no memory for a stack");
  std::byte* const stack = static_cast<std::byte*>(memory) + below;
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  pthread_t thread{};
  int error = ::mprotect(stack, bytes, PROT_READ | PROT_WRITE) == 0 ? 0 : errno;
  if (error == 0) error = ::pthread_attr_setstack(&attributes, stack, bytes);
  const auto run = [](void* what) -> void* {
    (*static_cast<const std::function<void()>*>(what))();
    return nullptr;
  };
  auto* const what = const_cast<std::function<void()>*>(&action);
  if (error == 0) error = ::pthread_create(&thread, &attributes, run, what);
  if (error == 0) ::pthread_join(thread, nullptr);
  ::pthread_attr_destroy(&attributes);
  ::munmap(memory, below + bytes);
  if (error != 0) fail(error, "no thread with a stack of its own");
}

bool is_sanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
    __has_feature(thread_sanitizer)
  return true;
#else
  return false;
#endif
}

}  // namespace sqrtn::claims
