#include "command/sampler.hpp"

#include "command/options.hpp"
#include "command/steps.hpp"
#include "report/sampler_text.hpp"
#include "sqrtn/random/fill.hpp"

namespace sqrtn::command {

void add_sampler(CLI::App& subcommand, SamplerOptions& options) {
  CLI::Option* sampler = subcommand
                             .add_option("--sampler", options.command,
                                         "Judge this program, which draws weights when it is asked (docs/sampler.md); "
                                         "the BLAS computes its layers")
                             ->type_name("COMMAND")
                             ->check([](const std::string& command) {
                               return command.find_first_not_of(" \t\n") == std::string::npos ? "names no program" : "";
                             });
  add_time(subcommand, "--answer-limit", options.answer_limit_s, "For each answer of the sampler [20s]")
      ->needs(sampler);
  for (const char* other : {"--shape", "--properties", "--strict", "--in-process", "--threads"}) {
    sampler->excludes(subcommand.get_option(other));
  }
}

SamplerVerdict judge_sampler(const samplers::Judging& judging, const std::vector<std::string>& command) {
  samplers::Judged judged = samplers::judge(judging);
  SamplerVerdict verdict;
  verdict.document.environment = describe_environment();
  verdict.document.environment.simd_target = random::simd_target();
  verdict.document.command = command;
  verdict.document.seed = judging.settings.seed;
  verdict.document.claims = judged.claims;
  verdict.document.measurements = judged.speeds;
  verdict.document.verdict = verdict_of(verdict.document);
  verdict.text = report::sampler_text(verdict.document, judged);
  return verdict;
}

}  // namespace sqrtn::command
