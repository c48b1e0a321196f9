#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "command/command.hpp"
#include "command/options.hpp"
#include "command/report_input.hpp"
#include "report/summary.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

struct ReportOptions {
  std::vector<std::string> results;
  std::string output = ".";
};

/// The file in which `run` leaves the libraries beside these results; empty if there is none, or it is among `named`.
std::string libraries_beside(const std::string& path, const std::vector<std::string>& named) {
  const std::filesystem::path results(path);
  const std::string file = (results.parent_path() / "backends.json").string();
  if (results.filename() != "results.json" || !std::filesystem::is_regular_file(file)) return "";
  const bool is_named = std::ranges::any_of(named, [&](const std::string& other) { return same_file(other, file); });
  return is_named ? "" : file;
}

int report_on(const ReportOptions& options, const std::vector<std::string>& command) {
  report::require_writable_folder(options.output);
  ReportInput input;
  std::vector<std::string> named = options.results;
  for (const std::string& path : options.results) {
    input.read(path);
    const std::string beside = libraries_beside(path, named);
    if (beside.empty()) continue;
    input.read(beside);
    named.push_back(beside);
  }
  std::vector<std::string> files =
      report::write_report(input.documents, input.libraries, command, options.output, input.more);
  const bool pictures = std::erase_if(files, [](const std::string& name) { return name.ends_with(".svg"); }) > 0;
  write_file("-", fmt::format("{}Everything is in {}: {}{}\n", input.verdicts, options.output, fmt::join(files, ", "),
                              pictures ? ", and the pictures" : ""));
  return all_well;
}

}  // namespace

void add_report(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* subcommand = application.add_subcommand("report", "Makes the page, tables and pictures of results");
  subcommand
      ->add_option(
          "results", options->results,
          "Documents of run, verify, bench, propagate, reproduce, backends, order, inspect, screen or merge; JSON of "
          "Google "
          "Benchmark, nanobench "
          "or hyperfine, XML of Catch2; several are shown side by side; and histories, NAME.jsonl; - is standard input")
      ->required()
      ->type_name("RESULTS.json");
  subcommand->add_option("--output", options->output, "Folder for what is written")
      ->type_name("DIR")
      ->check(word_error)
      ->capture_default_str();
  subcommand->footer(
      "report.html is one file that needs no network and no scripts. A report's exit code is 0 whatever its verdict.\n"
      "The libraries of a machine come from its backends.json: name it, or leave it beside the results.json that you "
      "name.\n"
      "Examples:\n  sqrtn report results/NAME/results.json results/NAME/reproduced.json --output page\n"
      "  sqrtn report laptop.json server.json --output comparison\n"
      "  sqrtn report fleet.json --output fleet\n"
      "  sqrtn report weights.json --output weights");
  subcommand->callback([options, subcommand, &chosen] {
    chosen = [options, subcommand] { return report_on(*options, command_line(*subcommand)); };
  });
}

}  // namespace sqrtn::command
