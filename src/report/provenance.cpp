#include <fmt/format.h>

#include "report/summary.hpp"
#include "report/table.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

/// What is not empty, with the separator between.
std::string joined(std::vector<std::string> parts, const char* separator) {
  std::erase(parts, "");
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string caches(const Environment& environment) {
  std::vector<std::string> texts;
  for (const Cache& cache : environment.caches) {
    texts.push_back(fmt::format("L{} {}", cache.level, bytes(cache.size_bytes)));
    if (cache.shared_by > 1) texts.back() += fmt::format(" shared by {} cores", cache.shared_by);
  }
  return joined(texts, ", ");
}

std::string backend_text(const BlasRecord& blas) {
  const blas::Identity& identity = blas.identity;
  return joined({identity.file_name, identity.version, identity.kernel, identity.threading,
                 fmt::format("{}-bit integers", identity.integer_bits),
                 fmt::format("{} thread{}", blas.threads, blas.threads == 1 ? "" : "s"), "SHA-256 " + identity.sha256},
                ", ");
}

/// The libraries that it was built against: "Boost 1.81, Highway 1.0.3".
std::string libraries(const Environment& environment) {
  std::string text;
  for (const auto& [name, version] : environment.libraries) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, version);
  }
  return text;
}

}  // namespace

std::vector<Fact> facts(const Document& document) {
  const Environment& environment = document.environment;
  std::vector<Fact> all{
      {"command", shell_line(document.command)},
      {"seed", fmt::to_string(document.seed)},
      {"processor", joined({environment.cpu_model, environment.cpu_stepping, environment.hypervisor}, ", ")},
      {"cores", fmt::format("{}, logical processors {}, available {}", environment.cores,
                            environment.logical_processors, environment.available_processors)},
      {"caches", caches(environment)},
      {"instruction sets", joined(environment.isa, " ") + ", dispatched to " + environment.simd_target},
      {"memory", environment.memory_bytes > 0 ? bytes(environment.memory_bytes) : ""},
      {"governor", environment.governor},
      {"kernel", environment.kernel},
      {"sqrtn", fmt::format("{}, commit {}{}", environment.version, environment.commit,
                            environment.dirty ? " with uncommitted changes" : "")},
      {"compiler", joined({environment.compiler, environment.build_type, environment.compile_flags}, ", ")},
      {"libraries", libraries(environment)},
      {"BLAS", document.blas ? backend_text(*document.blas) : ""}};
  std::erase_if(all, [](const Fact& fact) { return fact.value.empty(); });
  return all;
}

std::string provenance(const Document& document) {
  std::string text;
  for (const auto& [name, value] : facts(document)) {
    text += fmt::format("- {}: {}\n", name, name == "command" ? markdown_code(value) : markdown_text(value));
  }
  return text;
}

std::string provenance_line(const Document& document) {
  const Environment& environment = document.environment;
  return fmt::format("sqrtn {}, commit {}{}; {}{}; {}, seed {}", environment.version, environment.commit,
                     environment.dirty ? " with uncommitted changes" : "", environment.cpu_model,
                     document.blas ? "; " + document.blas->identity.file_name : "", shell_line(document.command),
                     document.seed);
}

}  // namespace sqrtn::report
