#include <fmt/format.h>

#include <memory>

#include "command.hpp"
#include "options.hpp"
#include "sqrtn/report/page.hpp"
#include "sqrtn/report/read.hpp"
#include "sqrtn/report/summary.hpp"
#include "sqrtn/support/output.hpp"

namespace sqrtn::command {
namespace {

struct ReportOptions {
  std::vector<std::string> results;
  std::string output = ".";
};

int report_on(const ReportOptions& options, const std::vector<std::string>& command) {
  report::require_writable_folder(options.output);
  std::vector<report::Document> documents;
  std::string verdicts;
  for (const std::string& path : options.results) {
    documents.push_back(report::read_document(path));
    verdicts += fmt::format("{}: {}\n", path, report::verdict_line(documents.back()));
  }
  report::write_report(documents, command, options.output);
  write_file(
      "-", verdicts + fmt::format("Everything is in {}: report.html, report.md, claims.csv, measurements.csv, and the "
                                  "pictures\n",
                                  options.output));
  return all_well;
}

}  // namespace

void add_report(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* subcommand = application.add_subcommand("report", "Makes the page, tables and pictures of results");
  subcommand
      ->add_option("results", options->results,
                   "Documents of run, verify, bench or reproduce; several are shown side by side")
      ->required()
      ->type_name("RESULTS.json");
  subcommand->add_option("--output", options->output, "Folder for what is written")
      ->type_name("DIR")
      ->check(word_error)
      ->capture_default_str();
  subcommand->footer(
      "report.html is one file that needs no network and no scripts. A report's exit code is 0 whatever its verdict.\n"
      "Examples:\n  sqrtn report results/NAME/results.json results/NAME/reproduced.json --output page\n"
      "  sqrtn report laptop.json server.json --output comparison");
  subcommand->callback([options, subcommand, &chosen] {
    chosen = [options, subcommand] { return report_on(*options, command_line(*subcommand)); };
  });
}

}  // namespace sqrtn::command
