#include <fmt/format.h>

#include <memory>

#include "command/accepting.hpp"
#include "command/command.hpp"
#include "command/options.hpp"
#include "command/shapes.hpp"
#include "command/steps.hpp"
#include "libraries/judge.hpp"
#include "report/screen.hpp"
#include "sqrtn/support/require.hpp"
#include "support/call_watch.hpp"
#include "support/interrupt.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

constexpr double limit_s = 600;  // of all children together; a group of claims may take half of it

struct VerifyOptions {
  CommonOptions common;
  claims::Settings settings;
  ShapeOptions shapes;
  std::vector<std::string> ids;  ///< of the claims that a parent asks this child for
  Accepting accepting;
  bool strict = false, list = false, in_process = false, properties = false, only_properties = false;
  unsigned call_limit_s = 0;
};

results::Document judged_document(const VerifyOptions& options, const std::vector<claims::Claim>& claims,
                                  const std::vector<std::string>& command) {
  const libraries::Judging judging{.seed = options.common.seed,
                                   .effect_scale = options.settings.effect_scale,
                                   .threads = options.settings.threads,
                                   .properties = options.properties || options.only_properties,
                                   .limit_s = limit_s};
  watch_calls(options.call_limit_s);
  const auto judge = options.in_process ? libraries::judge_in_process : libraries::judge_apart;
  auto [blas, judged] = judge(options.common.blas, claims, judging);
  blas.asked = options.common.blas;
  results::Document document = make_document(blas, command, options.common.seed, std::move(judged.claims), {});
  document.properties = std::move(judged.properties);
  document.strict = options.strict;
  add_incidents(document, judged.incidents);
  return document;
}

int verify(VerifyOptions options, const std::vector<std::string>& command) {
  options.settings.seed = options.common.seed;
  const std::vector<claims::Claim> claims =
      options.only_properties ? std::vector<claims::Claim>{}
                              : chosen_claims(options.settings, options.common.filter, options.shapes, options.ids);
  if (claims.empty() && !options.only_properties) return nothing_matches("claim", options.common.filter, "verify");
  if (options.list) {
    write_file("-", report::claims_list(claims));
    return all_well;
  }
  if (!options.common.json.empty()) require_writable(options.common.json);
  require(!same_file(options.common.json, options.accepting.write),
          "--json and --write-accepted name the same file; give each its own");
  const std::vector<results::Accepted> accepted = accepted_findings(options.accepting);
  const Interruptible until_all_is_shown;
  results::Document document = judged_document(options, claims, command);
  const std::string acceptance = accept(document, accepted, options.accepting);
  deliver(document, options.common.json, acceptance + report::claims_text(document));
  Interruptible::end_if_interrupted();
  return exit_code(document.verdict);
}

}  // namespace

void add_verify(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* subcommand = application.add_subcommand(
      "verify",
      "Checks the generator, one BLAS, the initialisers, layers, networks and deep chains; exits by the verdict");
  add_common_options(*subcommand, options->common, "a claim's id");
  subcommand->add_option("--threads", options->settings.threads, "Threads for the draws; 0: all available")
      ->type_name("N")
      ->check(CLI::Range(0, 4096));
  subcommand
      ->add_option("--effect-scale", options->settings.effect_scale,
                   "Multiplies the effects that are looked for, from 1 to 10: 10 needs a hundredth of the samples [1]")
      ->type_name("X")
      ->check(number_between(1, 10));
  add_shapes(*subcommand, options->shapes,
             "Only the routine at these lengths, in the order of its arguments: gemm:MxNxK; repeatable");
  subcommand->add_flag("--properties", options->properties,
                       "Also the library's properties, which are not judged: rounding, grade, reproducibility");
  subcommand->add_flag("--strict", options->strict,
                       "Fail also if the library differs with NaN, Inf, α = 0 or underflow, and is right else");
  subcommand->add_flag("--in-process", options->in_process,
                       "Load the library into this very process, as a debugger wants it; it may then end it");
  // What a parent asks of a child.
  subcommand->add_option("--claim", options->ids)->allow_extra_args(false)->group("");
  subcommand->add_flag("--only-properties", options->only_properties)->needs("--in-process")->group("");
  subcommand->add_option("--call-limit", options->call_limit_s)->needs("--in-process")->group("");
  add_accepting(*subcommand, options->accepting);
  CLI::Option* list = subcommand->add_flag("--list", options->list, "Only list the claims that match, with their laws");
  for (const char* unused : {"--json", "--accept", "--write-accepted", "--properties"}) list->excludes(unused);
  subcommand->footer(
      "A library is right; or it differs, right for finite data alone; or it is unsafe, outside of its operands or "
      "for what runs beside it; or wrong. Exit codes: 1 if a claim failed, unsafe or wrong, or with --strict differs; "
      "3 inconclusive; 4 nothing was checked. Ctrl-C shows what was judged by then.\n"
      "Examples:\n  sqrtn verify --filter '^initialisers/he_normal'\n"
      "  sqrtn verify --list --filter '^layers/'\n"
      "  sqrtn verify --shape gemm:180x512x512 --shape trsm:70x30\n"
      "  sqrtn verify --filter '^products/scal/' --write-accepted known.json --reason 'reported upstream'; sqrtn "
      "verify --filter '^products/scal/' --accept known.json");
  subcommand->callback([options, subcommand, &chosen] {
    chosen = [options, subcommand] { return verify(*options, command_line(*subcommand)); };
  });
}

}  // namespace sqrtn::command
