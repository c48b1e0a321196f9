#include "command/accepting.hpp"

#include <fmt/format.h>

#include "command/options.hpp"
#include "command/reproducers.hpp"
#include "results/format.hpp"
#include "sqrtn/support/require.hpp"
#include "support/output.hpp"

namespace sqrtn::command {

void add_accepting(CLI::App& subcommand, Accepting& options) {
  add_file(subcommand, "--accept", options.read,
           "List of findings that are known, by claim and library: only others, and crashes or output of the library, "
           "make it fail");
  subcommand.add_flag("--accept-exact", options.exact, "Accept them for the very build alone, by its SHA-256")
      ->needs("--accept");
  add_file(subcommand, "--write-accepted", options.write, "Write the findings of this run as such a list");
  subcommand.add_option("--reason", options.reason, "Why they are accepted; for --write-accepted")
      ->type_name("TEXT")
      ->check(word_error)
      ->needs("--write-accepted");
  add_reproducers(subcommand, options.reproducers);
}

std::vector<results::Accepted> accepted_findings(const Accepting& options) {
  std::vector<results::Accepted> accepted;
  if (!options.read.empty()) accepted = results::read_accepted(options.read);
  require(options.write.empty() || options.reason.find_first_not_of(" \t\r\n") != std::string::npos,
          "--write-accepted {} needs a reason: add --reason 'known, reported as #123'", options.write);
  if (!options.write.empty()) require_writable(options.write);
  require_folder(options.reproducers);
  return accepted;
}

std::string accept(results::Document& document, const std::vector<results::Accepted>& accepted,
                   const Accepting& options) {
  if (!options.write.empty()) {
    for (const std::string& id : results::write_accepted(document, options.reason, options.write)) {
      fmt::print(stderr,
                 "sqrtn: {} is not accepted with others, as it is about right values or memory; to accept it, judge it "
                 "alone: --filter '{}'\n",
                 id, results::exact_filter(id));
    }
  }
  const std::vector<results::Accepted> gone = results::accept(document, accepted, options.exact);
  return write_reproducers(document, options.reproducers) + results::acceptance_text(document, gone);
}

}  // namespace sqrtn::command
