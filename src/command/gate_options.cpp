#include "command/gate_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "command/options.hpp"

namespace sqrtn::command {
namespace {

struct Suffix {
  const char* text;
  double factor;
};
constexpr std::array<Suffix, 5> time_suffixes{{{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"", 1}}};
constexpr std::array<Suffix, 2> share_suffixes{{{"%", 0.01}, {"", 1}}};

/// A positive number with one of the suffixes; nullopt for anything else.
template <std::size_t n>
std::optional<double> number_with(const std::string& text, const std::array<Suffix, n>& suffixes) {
  double number = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string rest(at, text.data() + text.size());
  const auto suffix = std::ranges::find_if(suffixes, [&](const Suffix& s) { return rest == s.text; });
  if (error != std::errc{} || suffix == suffixes.end() || !std::isfinite(number) || number <= 0) return std::nullopt;
  return number * suffix->factor;
}

constexpr double longest_s = 7 * 24 * 3600;

CLI::Option* add_time(CLI::App& subcommand, const std::string& name, double& time_s, const std::string& text) {
  return subcommand
      .add_option_function<std::string>(
          name, [&time_s](const std::string& given) { time_s = *number_with(given, time_suffixes); }, text)
      ->type_name("TIME")
      ->check([](const std::string& given) {
        const auto value = number_with(given, time_suffixes);
        return value && *value <= longest_s ? ""
                                            : fmt::format("'{}' is no time up to a week; write 90s, 5m or 1h", given);
      });
}

void add_rates(CLI::App& subcommand, gate::GateOptions& options) {
  gate::GateSettings& settings = options.settings;
  subcommand
      .add_option_function<std::string>(
          "--min-effect",
          [&settings](const std::string& given) { settings.change.min_effect = *number_with(given, share_suffixes); },
          "The smallest slow-down worth a failure [2%]")
      ->type_name("SHARE")
      ->check([](const std::string& given) {
        const auto value = number_with(given, share_suffixes);
        return value && *value <= 10 ? "" : fmt::format("'{}' is no share from 0 to 10; write 2% or 0.02", given);
      });
  subcommand
      .add_option("--alpha", settings.change.alpha,
                  "Probability that a case is called slower though none is, over all cases and looks of a run")
      ->type_name("P")
      ->check(number_between(1e-12, 0.24))
      ->capture_default_str();
  add_time(subcommand, "--budget", settings.budget_s, "Time for the launches that are compared [5m]");
  add_time(subcommand, "--timeout", options.timeout_s, "The longest that one launch may take [2m]");
  subcommand.add_option("--seed", settings.seed, "Seed of the order of the launches [drawn anew]")
      ->type_name("N")
      ->check(whole_number_error)
      ->transform(decimal);
}

/// What a self-test, which has no cases to report, cannot write.
CLI::Option* add_outputs(CLI::App& subcommand, gate::GateOptions& options) {
  const auto file = [&](const char* name, std::string& path, const char* text) {
    return subcommand.add_option(name, path, text)->check(word_error)->type_name("FILE");
  };
  file("--json", options.json, "Also write the results as JSON; '-' is standard output, with nothing else");
  file("--summary", options.summary, "Also write the Markdown to a file, as for $GITHUB_STEP_SUMMARY");
  return file("--junit", options.junit, "Also write JUnit XML, a test a case, as CI systems read it");
}

}  // namespace

void add_gate_options(CLI::App& subcommand, gate::GateOptions& options) {
  // Three options rather than one list: a list that has its least number of words ends at "--".
  subcommand.add_option("OLD", options.older, "A Google Benchmark program");
  subcommand.add_option("NEW", options.newer, "The one that must not be slower");
  subcommand.add_option("ARGUMENTS", options.arguments, "After --: passed on to both");
  subcommand
      .add_option("--blas", options.blas,
                  "Twice: compare two libraries, by sqrtn's own product rows unless --filter says otherwise")
      ->type_name("NAME_OR_PATH")
      ->allow_extra_args(false)
      ->check(word_error);
  subcommand.add_option("--filter", options.filter, "Only the cases that match, as --benchmark_filter has it")
      ->type_name("REGEX");
  add_rates(subcommand, options);
  CLI::Option* junit = add_outputs(subcommand, options);
  CLI::Option* strict = subcommand.add_flag("--strict", options.strict, "Exit with 3 if a case is unresolved");
  subcommand.add_flag("--cpu-time", options.cpu_time, "Compare the processor's time instead of the wall clock's");
  CLI::Option* unverified = subcommand.add_flag("!--no-verify", options.verify,
                                                "Time libraries and sqrtn-bench without `sqrtn verify` before");
  CLI::Option* accept =
      subcommand
          .add_option("--accept", options.accept,
                      "List of findings that are known, as `verify --write-accepted` writes it; repeatable")
          ->type_name("FILE")
          ->allow_extra_args(false)
          ->check(word_error)
          ->excludes(unverified);
  CLI::Option* self_test = subcommand.add_flag(
      "--self-test", options.self_test, "One program against itself, many runs: how often is a word wrong here?");
  for (CLI::Option* option : {junit, strict, accept}) self_test->excludes(option);
  subcommand.add_option("--runs", options.runs, "Runs of the self-test")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str()
      ->needs(self_test);
  subcommand.footer(
      "Exit codes: 0 no regression, 1 a regression, or a finding that only NEW has, 2 wrong usage or unreadable "
      "output,\n"
      "3 unresolved (with --strict), 4 nothing measured, or a case of OLD is missing in NEW, 5 not comparable: one has "
      "a\ndebug build of Google Benchmark, or they ran on machines of different size. --self-test: 1 if false alarms "
      "are more\n"
      "frequent than --alpha, by the 99 % interval; 3 if no run had the blocks that one takes.\n"
      "Examples:\n  sqrtn gate old/bench new/bench --min-effect 3% --budget 2m --junit gate.xml\n"
      "  sqrtn verify --blas blis --filter '^products/' --write-accepted blis.json --reason 'by design'\n"
      "  sqrtn gate --blas openblas --blas blis --filter '^products/.*/f32/1/' --accept blis.json\n"
      "  sqrtn gate --self-test new/bench --runs 200 -- --benchmark_min_time=0.001");
}

}  // namespace sqrtn::command
