#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "bench.hpp"
#include "claims/area.hpp"
#include "command/command.hpp"
#include "command/options.hpp"
#include "command/shapes.hpp"
#include "command/steps.hpp"
#include "libraries/comparison.hpp"
#include "report/screen.hpp"
#include "report/summary.hpp"
#include "sqrtn/support/require.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

struct RunOptions {
  CommonOptions common;
  ShapeOptions shapes;
  std::vector<std::string> backends, search;
  std::string output;  ///< empty: results/<machine>
  bool blas_given = false, kernels = false, quick = false, strict = false;
};

int run(RunOptions options, const std::vector<std::string>& command) {
  CommonOptions& common = options.common;
  const std::vector<bench::AskedProduct> products = asked_products(options.shapes);
  common.filter = filter_for(common.filter, products);
  const claims::Settings settings{
      .seed = common.seed, .effect_scale = options.quick ? claims::quick_effect_scale : 1, .quick = options.quick};
  const std::vector<claims::Claim> claims = matching_claims(settings, common.filter);
  const std::vector<std::string> ids =
      bench::matching_ids({.filter = common.filter, .quick = options.quick, .seed = common.seed, .products = products});
  if (claims.empty() && ids.empty()) return nothing_matches("claim or measurement", common.filter, "verify");
  require(!options.blas_given || !options.backends.empty() || (options.search.empty() && !options.kernels),
          "with --blas alone, {} has nothing to choose from; add --backends all",
          options.kernels ? "--kernels" : "--search");
  if (options.output.empty()) options.output = "results/" + machine_name(describe_environment());
  report::require_writable_folder(options.output);
  if (!common.json.empty()) require_writable(common.json);

  if (options.backends.empty() && !options.blas_given) options.backends = {"all"};
  const std::vector<libraries::Candidate> backends =
      libraries::choose_backends(common.blas, options.backends, options.search, options.kernels);
  libraries::Comparison comparison(backends, {.settings = settings, .filter = common.filter, .products = products});
  std::vector<claims::Result> own = libraries::judge_own(claims, settings);
  comparison.judge(claims);
  auto measurements = ids.empty() ? std::vector<results::Measurement>{} : comparison.measure_default();
  if (std::ranges::any_of(ids, [](const std::string& id) { return claims::is_in(claims::Area::products, id); }))
    comparison.time();
  std::vector<results::ChainRecord> chains;
  if (std::ranges::any_of(claims, [](const claims::Claim& c) { return claims::is_in(claims::Area::chains, c.id); })) {
    chains = comparison.propagate_default();
  }
  results::BlasRecord blas = *backends.front().record;
  blas.asked = backends.front().blas;
  results::Document document = make_document(
      blas, command, common.seed, libraries::in_order(claims, std::move(own), comparison.default_judged().claims),
      std::move(measurements));
  document.propagation = std::move(chains);
  add_incidents(document, comparison.default_judged().incidents);
  const results::Libraries all = comparison.report(document);
  attempt_all({[&] { report::write_results(document, options.output, &all); },
               [&] { deliver(document, common.json, report::run_text(document, all, options.output)); }});
  const int code = exit_code(libraries::verdict_of_run(document.claims, all, options.strict));
  if (code == all_well && !all_measured(ids, document.measurements)) return nothing_measured;
  return code;
}

}  // namespace

void add_run(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* subcommand =
      application.add_subcommand("run", "Checks and times everything, and writes the report into results/<machine>");
  add_common_options(*subcommand, options->common, "the id of a claim or measurement");
  subcommand
      ->add_option("--backends", options->backends,
                   "Libraries to compare: all, or names as 'sqrtn backends' lists them [all; with --blas that one]")
      ->type_name("NAME,…")
      ->delimiter(',')
      ->check(word_error);
  subcommand->add_option("--search", options->search, "Also look for libraries in this folder; repeatable")
      ->type_name("DIR")
      ->check(word_error)
      ->allow_extra_args(false);
  add_timed_shapes(*subcommand, options->shapes);
  subcommand->add_flag("--kernels", options->kernels,
                       "Also judge and time the kernels for other processors that the chosen libraries hold");
  subcommand->add_flag("--quick", options->quick,
                       "Effects three times as large are looked for, libraries by a third of the calls and not at long "
                       "operands; fewer shapes and rounds are timed, accuracy is left out");
  subcommand->add_option("--output", options->output, "Folder for the report [results/<machine>]")->type_name("DIR");
  subcommand->add_flag("--strict", options->strict,
                       "Fail also if a claim about a library fails, the default or one that is compared");
  subcommand->footer(
      "A library of your own is judged with --blas ./build/libblas.so.3; ./sqrtn run --install-backends, the wrapper, "
      "installs Debian's libraries first.\n"
      "Exit codes: a library's defect is a finding, 0 without --strict; 1 if sqrtn's own generator or initialisers "
      "fail, or what goes through products that are right; 3 inconclusive; 4 nothing, or not all, was measured.\n"
      "Examples:\n  sqrtn run --quick\n"
      "  sqrtn run --quick --backends openblas --filter '^products/' --output products\n"
      "  sqrtn run --quick --backends openblas --filter '^products/gemm/' --shape gemm:180x512x512 --output shapes");
  subcommand->callback([options, subcommand, &chosen] {
    options->blas_given = subcommand->count("--blas") > 0;
    chosen = [options, subcommand] { return run(*options, command_line(*subcommand)); };
  });
}

}  // namespace sqrtn::command
