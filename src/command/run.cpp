#include <fmt/format.h>

#include <memory>

#include "bench.hpp"
#include "command.hpp"
#include "options.hpp"
#include "sqrtn/report/format.hpp"
#include "sqrtn/report/summary.hpp"
#include "sqrtn/report/table.hpp"
#include "sqrtn/support/output.hpp"
#include "steps.hpp"

namespace sqrtn::command {
namespace {

struct RunOptions {
  CommonOptions common;
  std::string output;  ///< empty: results/<machine>
  bool quick = false;
  bool strict = false;
};

/// A third party's defect is a finding of this report, not its failure: the claims about the BLAS
/// count only with --strict.
int exit_code_of(const RunOptions& options, std::vector<claims::Result> results) {
  if (!options.strict) std::erase_if(results, [](const claims::Result& result) { return result.claim.uses_blas; });
  const claims::Verdict verdict = claims::overall(results);
  return verdict == claims::Verdict::skipped ? int{all_well} : exit_code(verdict);
}

/// What fits on a screen: the verdict first, what failed, the speeds; the claims are in the folder.
std::string text_of(const report::Document& document, const std::string& folder) {
  std::string text = fmt::format("verdict {}\n{} on {}, {} threads\n\n", report::verdict_line(document),
                                 document.blas->identity.file_name, document.environment.cpu_model,
                                 document.environment.available_processors);
  if (const std::string found = report::findings(document); !found.empty()) text += found + '\n';
  text += report::to_markdown(report::verdict_table(document)) + '\n';
  for (const std::string& group : report::measurement_groups(document)) {
    text += report::to_markdown(report::measurement_table(document, group)) + '\n';
  }
  return text + fmt::format("Everything is in {}: report.html, report.md, claims.csv, measurements.csv, results.json\n",
                            folder);
}

int run(RunOptions options, const std::vector<std::string>& command) {
  const CommonOptions& common = options.common;
  const claims::Settings settings{.seed = common.seed};
  const bench::Options bench_options{.filter = common.filter, .quick = options.quick, .seed = common.seed};
  const std::vector<claims::Claim> claims = matching_claims(settings, common.filter);
  const std::vector<std::string> ids = bench::matching_ids(bench_options);
  if (claims.empty() && ids.empty()) return nothing_matches("claim or measurement", common.filter, "verify");
  if (options.output.empty()) options.output = "results/" + machine_name(describe_environment());
  report::require_writable_folder(options.output);
  if (!common.json.empty()) require_writable(common.json);

  const blas::Backend backend = blas::Backend::load(common.blas);
  std::vector<claims::Result> results = judge(claims, backend, settings);
  const int code = exit_code_of(options, results);
  std::vector<report::Measurement> measurements;
  if (!ids.empty()) measurements = measure(backend, bench_options);
  const report::Document document =
      make_document(backend, command, common.seed, std::move(results), std::move(measurements));
  report::write_results(document, options.output);
  deliver(document, common.json, text_of(document, options.output));
  if (code == all_well && !all_measured(ids, document.measurements)) return nothing_measured;
  return code;
}

}  // namespace

void add_run(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* subcommand =
      application.add_subcommand("run", "Checks and times everything, and writes the report into results/<machine>");
  add_common_options(*subcommand, options->common, "the id of a claim or measurement");
  subcommand->add_flag("--quick", options->quick, "Fewer shapes and rounds in the timing: under a minute in all");
  subcommand->add_option("--output", options->output, "Folder for the report [results/<machine>]")->type_name("DIR");
  subcommand->add_flag("--strict", options->strict, "Fail also if a claim about the BLAS fails");
  subcommand->footer(
      "Examples:\n  sqrtn run --quick\n"
      "  sqrtn run --filter '^products/' --seed 7 --output products");
  subcommand->callback([options, subcommand, &chosen] {
    chosen = [options, subcommand] { return run(*options, command_line(*subcommand)); };
  });
}

}  // namespace sqrtn::command
