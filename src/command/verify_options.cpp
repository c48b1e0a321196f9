#include "command/verify_options.hpp"

namespace sqrtn::command {

void add_verify_options(CLI::App& subcommand, VerifyOptions& options) {
  add_common_options(subcommand, options.common, "a claim's id");
  subcommand.add_option("--threads", options.settings.threads, "Threads for the draws; 0: all available")
      ->type_name("N")
      ->check(CLI::Range(0, 4096));
  CLI::Option* scale =
      subcommand
          .add_option(
              "--effect-scale", options.settings.effect_scale,
              "Multiplies the effects that are looked for, from 1 to 10: 10 needs a hundredth of the samples [1]")
          ->type_name("X")
          ->check(number_between(1, 10));
  subcommand
      .add_flag("--quick", options.settings.quick,
                "A first look: effects three times as large, and of a library what takes least; the rest is skipped")
      ->excludes(scale);
  add_shapes(subcommand, options.shapes,
             "Only the routine at these lengths, in the order of its arguments: gemm:MxNxK; repeatable");
  subcommand.add_flag("--properties", options.properties,
                      "Also the library's properties, which are not judged: rounding, grade, reproducibility");
  subcommand.add_flag("--strict", options.strict,
                      "Fail also if the library differs with NaN, Inf, α = 0 or underflow, and is right else");
  subcommand.add_flag("--in-process", options.in_process,
                      "Load the library into this very process, as a debugger wants it; it may then end it");
  add_sampler(subcommand, options.sampler);
  // What a parent asks of a child.
  subcommand.add_option("--claim", options.ids)->allow_extra_args(false)->group("");
  subcommand.add_flag("--only-properties", options.only_properties)->needs("--in-process")->group("");
  subcommand.add_option("--call-limit", options.call_limit_s)->needs("--in-process")->group("");
  add_accepting(subcommand, options.accepting);
  CLI::Option* list = subcommand.add_flag("--list", options.list, "Only list the claims that match, with their laws");
  for (const char* unused : {"--json", "--accept", "--write-accepted", "--properties"}) list->excludes(unused);
  subcommand.footer(
      "A library is right; or it differs, right for finite data alone; or it is unsafe, outside of its operands or "
      "for what runs beside it; or wrong. Exit codes: 1 if a claim failed, unsafe or wrong, or with --strict differs; "
      "3 inconclusive; 4 nothing was checked. Ctrl-C shows what was judged by then.\n"
      "Examples:\n  sqrtn verify --filter '^initialisers/he_normal'\n"
      "  sqrtn verify --list --filter '^layers/'\n"
      "  sqrtn verify --shape gemm:180x512x512 --shape trsm:70x30\n"
      "  sqrtn verify --sampler 'python3 my_init.py' --filter 'normal/.*/(seeds|tensors)'\n"
      "  sqrtn verify --filter '^products/scal/' --write-accepted known.json --reason 'reported upstream'; sqrtn "
      "verify --filter '^products/scal/' --accept known.json");
}

}  // namespace sqrtn::command
