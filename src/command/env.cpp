#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "command/command.hpp"
#include "command/options.hpp"
#include "command/steps.hpp"
#include "results/document.hpp"
#include "support/environment.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

/// "48 KiB": in the largest unit that leaves at least 1.
std::string bytes_text(std::size_t bytes) {
  auto value = static_cast<double>(bytes);
  const char* unit = "B";
  for (const char* larger : {"KiB", "MiB", "GiB", "TiB"}) {
    if (value < 1024) break;
    value /= 1024;
    unit = larger;
  }
  return fmt::format("{:.4g} {}", value, unit);
}

std::string cache_text(const Cache& cache) {
  return fmt::format("{}, {} B lines, {}", bytes_text(cache.size_bytes), cache.line_bytes,
                     cache.shared_by == 1 ? "one a core" : fmt::format("shared by {} cores", cache.shared_by));
}

std::string count_text(int count, std::string_view singular) {
  return fmt::format("{} {}{}", count, singular, count == 1 ? "" : "s");
}

/// Label and value of each line; an empty value is not known and not shown.
std::vector<std::pair<std::string, std::string>> rows_of(const Environment& environment) {
  std::vector<std::pair<std::string, std::string>> rows = {
      {"CPU", environment.cpu_model},
      {"stepping", environment.cpu_stepping},
      {"architecture", environment.architecture},
      {"topology", fmt::format("{}, {}, {} logical ({} SMT), {} available", count_text(environment.packages, "package"),
                               count_text(environment.cores, "core"), environment.logical_processors,
                               environment.smt ? "with" : "no", environment.available_processors)},
  };
  for (const Cache& cache : environment.caches)
    rows.emplace_back(fmt::format("L{} cache", cache.level), cache_text(cache));
  rows.insert(rows.end(), {
                              {"memory", bytes_text(environment.memory_bytes)},
                              {"ISA", fmt::format("{}", fmt::join(environment.isa, " "))},
                              {"SIMD target", environment.simd_target},
                              {"governor", environment.governor},
                              {"kernel", environment.kernel},
                              {"hypervisor", environment.hypervisor},
                              {"sqrtn", environment.version},
                              {"commit", environment.commit + (environment.dirty ? " and uncommitted changes" : "")},
                              {"compiler", environment.compiler},
                              {"flags", environment.compile_flags},
                              {"build type", environment.build_type},
                          });
  for (const auto& [name, version] : environment.libraries) rows.emplace_back(name, version);
  return rows;
}

int print_environment(const std::string& json) {
  if (!json.empty()) require_writable(json);
  const Environment environment = describe_environment();
  std::string text;
  for (const auto& [label, value] : rows_of(environment)) {
    if (!value.empty()) text += fmt::format("{:<14}{}\n", label, value);
  }
  deliver(results::to_json(environment), json, text);
  return all_well;
}

}  // namespace

void add_env(CLI::App& application, Action& chosen) {
  CLI::App* env = application.add_subcommand("env", "Describe this machine and this build");
  auto json = std::make_shared<std::string>();
  env->add_option("--json", *json, "Write the description as JSON to FILE; '-' is standard output")
      ->type_name("FILE")
      ->check(word_error);
  env->footer("Example:\n  sqrtn env --json env.json");
  env->callback([&chosen, json] { chosen = [json] { return print_environment(*json); }; });
}

}  // namespace sqrtn::command
