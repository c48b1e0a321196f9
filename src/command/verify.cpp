#include <fmt/format.h>

#include <memory>

#include "command/command.hpp"
#include "command/steps.hpp"
#include "command/verify_options.hpp"
#include "libraries/judge.hpp"
#include "report/screen.hpp"
#include "sqrtn/support/require.hpp"
#include "support/call_watch.hpp"
#include "support/interrupt.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

constexpr double limit_s = 600;  // of all children together; a group of claims may take half of it

results::Document judged_document(const VerifyOptions& options, const std::vector<claims::Claim>& claims,
                                  const std::vector<std::string>& command) {
  const libraries::Judging judging{.settings = options.settings,
                                   .identified = options.ids.empty() && !options.only_properties,
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

samplers::Judging sampler_judging(const VerifyOptions& options) {
  return {options.sampler.command, options.sampler.answer_limit_s, options.settings, Filter(options.common.filter),
          options.sampler.blas};
}

std::vector<claims::Claim> wanted_claims(const VerifyOptions& options) {
  if (options.only_properties) return {};
  if (!options.sampler.command.empty()) return samplers::claims_for(sampler_judging(options));
  return chosen_claims(options.settings, options.common.filter, options.shapes, options.ids);
}

int verify(VerifyOptions options, const std::vector<std::string>& command) {
  options.settings.seed = options.common.seed;
  if (options.settings.quick) options.settings.effect_scale = claims::quick_effect_scale;
  const bool of_sampler = !options.sampler.command.empty();
  const std::vector<claims::Claim> claims =
      of_sampler && !options.list ? std::vector<claims::Claim>{} : wanted_claims(options);
  if (claims.empty() && !options.only_properties && !of_sampler)
    return nothing_matches("claim", options.common.filter, "verify");
  if (options.list) {
    write_file("-", report::claims_list(claims));
    return all_well;
  }
  if (!options.common.json.empty()) require_writable(options.common.json);
  require(!same_file(options.common.json, options.accepting.write),
          "--json and --write-accepted name the same file; give each its own");
  const std::vector<results::Accepted> accepted = accepted_findings(options.accepting);
  const Interruptible until_all_is_shown;
  SamplerVerdict judged = of_sampler ? judge_sampler(sampler_judging(options), command)
                                     : SamplerVerdict{judged_document(options, claims, command), ""};
  results::Document& document = judged.document;
  const std::string acceptance = accept(document, accepted, options.accepting);
  deliver(document, options.common.json, acceptance + (of_sampler ? judged.text : report::claims_text(document)));
  Interruptible::end_if_interrupted();
  return exit_code(document.verdict);
}

}  // namespace

void add_verify(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* subcommand = application.add_subcommand(
      "verify",
      "Checks the generator, one BLAS, the initialisers, layers, networks and deep chains; exits by the verdict");
  add_verify_options(*subcommand, *options);
  subcommand->callback([options, subcommand, &chosen] {
    if (subcommand->count("--blas") > 0) options->sampler.blas = options->common.blas;
    chosen = [options, subcommand] { return verify(*options, command_line(*subcommand)); };
  });
}

}  // namespace sqrtn::command
