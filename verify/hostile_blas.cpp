#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

/// What a library may do to the process that loads it, beside the BLAS of rude_blas.cpp. It does what its file is
/// called: "libhang.so" hangs.
namespace {

void hang() {
  for (volatile bool forever = true; forever;) {
  }
}

/// A process that outlives this one and keeps none of its files.
void stay() {
  for (int descriptor = 0; descriptor < 64; ++descriptor) close(descriptor);
  for (;;) pause();
}

void leave_a_child() {
  if (fork() == 0) stay();
}

/// In a session of its own and no child of anyone here.
void leave_a_daemon() {
  if (fork() != 0) return;
  setsid();
  if (fork() == 0) stay();
  _exit(0);
}

/// Uses some of it, and takes all that there is.
void eat_memory() {
  constexpr std::size_t bite = std::size_t{64} << 20;
  for (int bites = 0;; ++bites) {
    void* piece = std::malloc(bite);
    if (piece == nullptr) std::abort();
    if (bites < 4) std::memset(piece, 1, bite);
  }
}

void say(std::string_view text) {
  if (write(STDOUT_FILENO, text.data(), text.size()) < 0) _exit(9);
}

/// As a handler of its own might, which takes no notice of an alarm.
void hang_whatever_comes() {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  hang();
}

struct Deed {
  const char* name;
  void (*when_loaded)();
  void (*at_end)();
};

constexpr Deed deeds[] = {
    {"hang", hang, nullptr},
    {"exec", [] { execl("/bin/echo", "echo", "\x1b[2J", nullptr); }, nullptr},
    {"execstay", [] { execl("/bin/sleep", "sleep", "1000", nullptr); }, nullptr},
    {"exit", [] { std::exit(0); }, nullptr},
    {"endnow", [] { _exit(0); }, nullptr},
    {"escapes", [] { say("\x1b]0;owned\x07\x1b[31mred\n"); }, nullptr},
    {"flood",
     [] {
       for (;;) say(std::string(std::size_t{1} << 16, 'x'));
     },
     nullptr},
    {"child", leave_a_child, nullptr},
    {"daemon", leave_a_daemon, nullptr},
    {"twin", [] { static_cast<void>(fork()); }, nullptr},
    {"raise", [] { raise(SIGTERM); }, nullptr},
    {"stop", [] { raise(SIGSTOP); }, nullptr},
    {"closed",
     [] {
       for (int descriptor = 0; descriptor < 1024; ++descriptor) close(descriptor);
     },
     nullptr},
    {"memory", eat_memory, nullptr},
    {"lasthang", nullptr, hang},
    {"lastdeaf", nullptr, hang_whatever_comes},
    {"lastcrash", nullptr, std::abort},
    {"lastexit", [] { std::atexit(hang); }, nullptr},
};

const Deed* deed() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&deeds), &info) == 0) return nullptr;
  std::string_view name(info.dli_fname);
  name.remove_prefix(name.rfind('/') + 1);
  for (const Deed& known : deeds) {
    if (name == "lib" + std::string(known.name) + ".so") return &known;
  }
  return nullptr;
}

[[gnu::constructor]] void load() {
  if (const Deed* own = deed(); own != nullptr && own->when_loaded != nullptr) own->when_loaded();
}

[[gnu::destructor]] void end() {
  if (const Deed* own = deed(); own != nullptr && own->at_end != nullptr) own->at_end();
}

}  // namespace
