#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "command/command.hpp"
#include "command/linked.hpp"
#include "command/options.hpp"
#include "command/steps.hpp"
#include "libraries/children.hpp"
#include "report/libraries.hpp"
#include "report/table.hpp"
#include "support/output.hpp"

namespace sqrtn::command {

std::string backends_text(const std::vector<libraries::Candidate>& backends) {
  report::Table table{
      .title = "", .columns = {"backend", "version", "kernel", "threading", "names", "library"}, .rows = {}};
  std::string refused, told;
  for (const libraries::Candidate& backend : backends) {
    if (!backend.record) {
      refused += fmt::format("{}: {}\n", backend.name, backend.refusal);
      continue;
    }
    for (const results::Incident& incident : backend.incidents) {
      told += fmt::format("{}: {}\n", backend.name, incident.text);
    }
    const blas::Identity& identity = backend.record->identity;
    table.rows.push_back({backend.name, results::short_version(identity), identity.kernel, identity.threading,
                          results::naming_text(identity), backend.blas});
  }
  return report::to_screen(table) + (told.empty() ? "" : "\nDid more than answer:\n" + told) +
         (refused.empty() ? "" : "\nCannot be used:\n" + refused);
}

namespace {

struct BackendsOptions {
  std::vector<std::string> search;
  std::string blas, of, json;
  bool kernels = false, in_process = false;  ///< the latter: this is the child that may be harmed
};

nlohmann::ordered_json to_json(const std::vector<libraries::Candidate>& backends) {
  nlohmann::ordered_json json;
  json["schema"] = "sqrtn.backends/1";
  json["backends"] = nlohmann::ordered_json::array();
  for (const libraries::Candidate& backend : backends) {
    nlohmann::ordered_json one{{"name", backend.name}, {"blas", backend.blas}, {"vendor", backend.vendor}};
    one["identity"] = backend.record ? results::to_json(backend.record->identity) : nlohmann::ordered_json();
    one["refusal"] = backend.refusal.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(backend.refusal);
    for (const results::Incident& incident : backend.incidents) one["incidents"].push_back(results::to_json(incident));
    json["backends"].push_back(std::move(one));
  }
  return json;
}

/// Loads this one library here, as a child does on behalf of its parent.
int describe_one(const BackendsOptions& options, const std::vector<std::string>& command) {
  const blas::Backend backend = libraries::load_library(options.blas);
  const results::Document document = make_document(backend, command, 0, {}, {});
  const libraries::Candidate choice{options.blas, options.blas, "", document.blas, "", {}};
  deliver(document, options.json, backends_text({choice}));
  return all_well;
}

int describe_apart(const BackendsOptions& options, const std::vector<std::string>& command) {
  libraries::Candidate library = libraries::choose_backends(options.blas, {}, {}, false).front();
  library.name = library.blas = options.blas;
  results::Document document = make_document(*library.record, command, 0, {}, {});
  add_incidents(document, library.incidents);
  deliver(document, options.json, backends_text({library}));
  return all_well;
}

int list_backends(const BackendsOptions& options, const std::vector<std::string>& command) {
  if (!options.json.empty()) require_writable(options.json);
  if (options.in_process) return describe_one(options, command);
  if (!options.blas.empty()) return describe_apart(options, command);
  const std::vector<libraries::Candidate> backends =
      options.of.empty() ? libraries::find_backends(options.search, options.kernels) : linked_backends(options.of);
  const std::string heading = options.of.empty() ? "" : linked_text(options.of, backends);
  deliver(to_json(backends), options.json, heading + backends_text(backends));
  if (!backends.empty()) return all_well;
  fmt::print(stderr, "sqrtn: no BLAS was found; install one (Debian: libopenblas0-pthread), or try --search DIR\n");
  return nothing_measured;
}

}  // namespace

void add_backends(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<BackendsOptions>();
  CLI::App* subcommand =
      application.add_subcommand("backends", "Lists every BLAS on this machine, whoever installed it");
  subcommand->add_option("--search", options->search, "Also look in this folder, or at this file; repeatable")
      ->type_name("DIR")
      ->check(word_error)
      ->allow_extra_args(false);
  subcommand->add_flag("--kernels", options->kernels, "Also the kernels for other processors that this one can run");
  subcommand->add_option("--blas", options->blas, "Describe this one alone: a name, a SONAME or a path")
      ->type_name("NAME_OR_PATH")
      ->check(word_error);
  subcommand->add_option("--of", options->of, "Which BLAS this one gets, and whether it loads several")
      ->type_name("PROGRAM|LIBRARY|PID|PACKAGE")
      ->check(word_error)
      ->excludes("--blas", "--search");
  add_file(*subcommand, "--json", options->json, "Also write the list as JSON; '-' is standard output");
  subcommand->add_flag("--in-process", options->in_process)->needs("--blas")->group("");
  subcommand->footer(
      "Examples:\n  sqrtn backends --search ./build/lib\n"
      "  sqrtn backends --of numpy\n"
      "  sqrtn verify --blas openblas@Haswell --filter '^products/'");
  subcommand->callback([options, subcommand, &chosen] {
    chosen = [options, subcommand] { return list_backends(*options, command_line(*subcommand)); };
  });
}

}  // namespace sqrtn::command
