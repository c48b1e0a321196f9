#include "command/application.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <memory>
#include <new>
#include <system_error>

#include "command/command.hpp"
#include "command/help.hpp"
#include "command/usage.hpp"
#include "results/format.hpp"
#include "support/environment.hpp"
#include "support/exit_guard.hpp"

namespace sqrtn::command {
namespace {

constexpr const char* program_examples =
    R"(Examples:
  sqrtn run --quick                     the whole report
  sqrtn report results.json --output .  the page of results, or of several
  sqrtn compare old.json new.json       what became wrong, faster or slower
  sqrtn verify --filter 'initialisers'  the claims whose id matches
  sqrtn screen --minutes 1              is a core, or its memory, wrong?
  sqrtn bench --quick --filter gemm     timings alone; as JSON with --json -
  sqrtn init he_normal 512x256 --seed 1 --output w.npy
  sqrtn env                             what machine and build this is)"
    "\n\nExit codes: 0 all well, 1 a claim failed, 2 wrong usage or unreadable input, 3 inconclusive, "
    "4 nothing was measured, 5 results that must not be compared.";

struct SubcommandGroup {
  const char* name;
  std::vector<void (*)(CLI::App&, Action&)> add;
};

void add_subcommands(CLI::App& application, Action& chosen) {
  const SubcommandGroup groups[] = {{"Judge", {add_run, add_verify, add_order, add_screen, add_reproduce}},
                                    {"Time", {add_bench, add_gate, add_history}},
                                    {"Weights", {add_init, add_inspect, add_propagate, add_bits}},
                                    {"Publish", {add_report, add_compare, add_merge}},
                                    {"Set up", {add_backends, add_env, add_completion, add_manual}}};
  for (const SubcommandGroup& group : groups) {
    for (const auto add : group.add) {
      add(application, chosen);
      application.get_subcommands(nullptr).back()->group(group.name);
    }
  }
}

std::string version_text() {
  const Environment environment = describe_environment();
  const std::string text = "sqrtn " + environment.version;
  if (environment.commit.empty()) return text;
  return text + fmt::format(" ({}{})", environment.commit, environment.dirty ? ", changed since" : "");
}

int complain(const std::string& message) {
  std::cerr << "sqrtn: " << results::printable(message) << '\n';
  return wrong_usage;
}

/// A full disk or a closed descriptor shows only when the last bytes leave the buffer.
void flush_standard_output() {
  std::cout.flush();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    throw std::system_error(errno, std::generic_category(),
                            "cannot write standard output (send it where it can be written)");
  }
}

int run(int argc, char** argv) {
  CLI::App application("Is this BLAS right, are these initialisers right, and how fast are they?", "sqrtn");
  application.formatter(std::make_shared<HelpFormatter>());
  application.set_version_flag("--version", version_text, "Print version and commit, then exit");
  application.footer(program_examples);
  application.require_subcommand(0, 1);
  Action chosen;
  add_subcommands(application, chosen);
  try {
    application.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return complain(usage_message(application, error));
    return application.exit(error);  // prints what --help or --version asked for
  }
  if (!chosen) return complain("no subcommand was given; see 'sqrtn --help'");
  const sqrtn::ExitGuard guard("sqrtn", claim_failed);
  return chosen();
}

}  // namespace

int run_application(int argc, char** argv) {
  try {
    const int code = run(argc, argv);
    flush_standard_output();
    return code;
  } catch (const std::bad_alloc&) {
    return complain("not enough memory; ask for a smaller shape or fewer threads");
  } catch (const std::system_error& error) {
    // A reader that has seen enough, as head has: this ends as other programs do.
    if (error.code() == std::errc::broken_pipe && std::signal(SIGPIPE, SIG_DFL) != SIG_ERR) std::raise(SIGPIPE);
    return complain(error.what());
  } catch (const std::exception& error) {
    return complain(error.what());
  }
}

}  // namespace sqrtn::command
