#include "support/process_state.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cfenv>
#include <clocale>
#include <csignal>
#include <filesystem>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX declares it nowhere

namespace sqrtn {
namespace {

using Facts = std::map<std::string, std::string>;

std::string affinity() {
  // The mask is asked for at a size that holds any kernel's.
  constexpr int processors = 1 << 16;
  std::vector<std::byte> mask(CPU_ALLOC_SIZE(processors));
  auto* const set = reinterpret_cast<cpu_set_t*>(mask.data());
  if (sched_getaffinity(0, mask.size(), set) != 0) return "unknown";
  std::string text;
  for (int processor = 0; processor < processors; ++processor) {
    if (CPU_ISSET_S(processor, mask.size(), set)) text += fmt::format("{}{}", text.empty() ? "" : ",", processor);
  }
  return text;
}

void add_limits(Facts& facts) {
  static constexpr std::array<std::pair<const char*, int>, 16> limits{{{"RLIMIT_CPU", RLIMIT_CPU},
                                                                       {"RLIMIT_FSIZE", RLIMIT_FSIZE},
                                                                       {"RLIMIT_DATA", RLIMIT_DATA},
                                                                       {"RLIMIT_STACK", RLIMIT_STACK},
                                                                       {"RLIMIT_CORE", RLIMIT_CORE},
                                                                       {"RLIMIT_RSS", RLIMIT_RSS},
                                                                       {"RLIMIT_NPROC", RLIMIT_NPROC},
                                                                       {"RLIMIT_NOFILE", RLIMIT_NOFILE},
                                                                       {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
                                                                       {"RLIMIT_AS", RLIMIT_AS},
                                                                       {"RLIMIT_LOCKS", RLIMIT_LOCKS},
                                                                       {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
                                                                       {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
                                                                       {"RLIMIT_NICE", RLIMIT_NICE},
                                                                       {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
                                                                       {"RLIMIT_RTTIME", RLIMIT_RTTIME}}};
  const auto text = [](rlim_t value) { return value == RLIM_INFINITY ? "unlimited" : fmt::to_string(value); };
  for (const auto& [name, number] : limits) {
    rlimit limit{};
    if (getrlimit(number, &limit) != 0) continue;
    facts[fmt::format("the limit {}", name)] = fmt::format("{} of {}", text(limit.rlim_cur), text(limit.rlim_max));
  }
}

void add_signals(Facts& facts) {
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) != 0) continue;
    const char* known = sigabbrev_np(signal);
    const std::string name = known != nullptr ? fmt::format("SIG{}", known) : fmt::format("signal {}", signal);
    const auto* const handler = reinterpret_cast<const void*>(action.sa_handler);
    facts["what is done about " + name] = action.sa_handler == SIG_DFL   ? "the default"
                                          : action.sa_handler == SIG_IGN ? "nothing"
                                                                         : fmt::format("a handler at {}", handler);
    facts["whether " + name + " is held back"] = sigismember(&blocked, signal) == 1 ? "yes" : "no";
  }
}

void add_environment(Facts& facts) {
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    const std::size_t end = std::min(text.find('='), text.size());
    const std::string name(text.substr(0, end));
    // By these sqrtn itself asks a library for its kernels.
    if (name == "OPENBLAS_CORETYPE" || name == "MKL_ENABLE_INSTRUCTIONS") continue;
    facts["the environment variable " + name] = text.substr(std::min(end + 1, text.size()));
  }
}

void add_arithmetic(Facts& facts) {
  const volatile float smallest = std::numeric_limits<float>::denorm_min(), least = std::numeric_limits<float>::min();
  facts["the rounding mode"] = fmt::to_string(std::fegetround());
  facts["floating-point traps"] = fmt::to_string(fegetexcept());
  facts["whether subnormal operands count (DAZ)"] = smallest * 2 == 0 ? "no" : "yes";
  facts["whether subnormal results are kept (FTZ)"] = least / 2 == 0 ? "no" : "yes";
}

}  // namespace

ProcessState process_state() {
  ProcessState state;
  Facts& facts = state.facts;
  facts["the processors that this thread may run on"] = affinity();
  add_limits(facts);
  add_signals(facts);
  add_environment(facts);
  add_arithmetic(facts);
  std::error_code error;
  facts["the working folder"] = std::filesystem::current_path(error).string();
  const mode_t mask = umask(0);
  umask(mask);
  facts["the umask"] = fmt::format("{:o}", mask);
  facts["the priority"] = fmt::to_string(getpriority(PRIO_PROCESS, 0));
  facts["the locale"] = std::setlocale(LC_ALL, nullptr);
  return state;
}

std::string changes_between(const ProcessState& before, const ProcessState& after) {
  std::string text;
  const auto value = [](const ProcessState& state, const std::string& name) {
    const auto found = state.facts.find(name);
    return found == state.facts.end() ? std::string("not set") : '\'' + found->second + '\'';
  };
  Facts all = before.facts;
  all.insert(after.facts.begin(), after.facts.end());
  for (const auto& [name, unused] : all) {
    const std::string was = value(before, name), is = value(after, name);
    if (was != is) text += fmt::format("{}{} (was {}, is {})", text.empty() ? "" : "; ", name, was, is);
  }
  return text;
}

}  // namespace sqrtn
