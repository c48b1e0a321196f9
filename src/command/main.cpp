#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <new>
#include <system_error>

#include "command/command.hpp"
#include "results/format.hpp"
#include "support/environment.hpp"
#include "support/exit_guard.hpp"
#include "support/nearest.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

constexpr unsigned longest_end_s = 5;

constexpr const char* program_examples = R"(Examples:
  sqrtn run --quick                     the whole report: claims, timings, tables
  sqrtn report results.json --output .  the page of results, or of several side by side
  sqrtn compare old.json new.json       what became wrong, faster or slower
  sqrtn verify --filter 'initialisers'  the claims whose id matches
  sqrtn bench --quick --filter gemm     timings alone; as JSON with --json -
  sqrtn init he_normal 512x256 --seed 1 --output w.npy
  sqrtn env                             what machine and build this is

Exit codes: 0 all well, 1 a claim failed, 2 wrong usage or unreadable input, 3 inconclusive,
4 nothing was measured, 5 results that must not be compared.)";

std::string version_text() {
  const Environment environment = describe_environment();
  std::string text = "sqrtn " + environment.version;
  if (!environment.commit.empty()) {
    text += fmt::format(" ({}{})", environment.commit, environment.dirty ? ", changed since" : "");
  }
  return text;
}

std::string unknown_subcommand(const CLI::App& application, const std::string& asked) {
  std::vector<std::string> names;
  for (const CLI::App* subcommand : application.get_subcommands(nullptr)) names.push_back(subcommand->get_name());
  const std::string nearest = nearest_name(asked, names);
  return fmt::format("unknown subcommand '{}'; {}'sqrtn --help' lists all", asked,
                     nearest.empty() ? "" : "did you mean '" + nearest + "'? ");
}

/// What was wrong with the command line, and the remedy.
std::string usage_message(const CLI::App& application, const CLI::ParseError& error) {
  const auto chosen = application.get_subcommands();
  const auto extras = application.remaining();
  if (chosen.empty() && !extras.empty() && !extras.front().starts_with('-')) {
    return unknown_subcommand(application, extras.front());
  }
  return fmt::format("{}; see 'sqrtn {}--help'", error.what(), chosen.empty() ? "" : chosen[0]->get_name() + " ");
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
  application.set_version_flag("--version", version_text, "Print version and commit, then exit");
  application.footer(program_examples);
  application.require_subcommand(0, 1);
  Action chosen;
  for (const auto add : {add_run, add_report, add_compare, add_verify, add_reproduce, add_propagate, add_bench,
                         add_gate, add_init, add_bits, add_backends, add_env})
    add(application, chosen);
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
}  // namespace sqrtn::command

int main(int argc, char** argv) {
  using namespace sqrtn::command;
  try {
    sqrtn::remove_temporaries_on_signals();
    const int code = run(argc, argv);
    flush_standard_output();
    // A library's destructors run after this, and may never end.
    std::signal(SIGALRM, SIG_DFL);
    alarm(longest_end_s);
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
