#include "libraries/children.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "blas/discover.hpp"
#include "sqrtn/blas/backend.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/require.hpp"
#include "support/environment.hpp"
#include "support/nearest.hpp"

namespace sqrtn::libraries {
namespace {

// Most of them wait for what never comes, where any do.
constexpr unsigned asked_at_once = 8;

/// A library that has not said its name by then never will: loading one takes milliseconds. It may reserve stacks and
/// buffers for every processor.
ProcessLimits probe_limits() {
  const std::size_t memory_bytes = (std::size_t{2} << 30) + available_threads() * (std::size_t{256} << 20);
  return {.wall_s = 5 * std::min(slowdown(), 2.0), .memory_bytes = memory_bytes, .output_bytes = std::size_t{1} << 20};
}

/// Kernels of OpenBLAS for one architecture, by its own names, and what a processor needs to run them. Those
/// for processors with instructions that were given up since (3DNow!, FMA4, XOP) are left out.
/// Source: OpenBLAS 0.3.21, driver/others/dynamic.c and cpuid_x86.c.
struct Kernel {
  const char* name;
  std::vector<std::string> isa;
};

const std::vector<Kernel>& openblas_kernels() {
  static const std::vector<std::string> avx512{"avx512f", "avx512dq", "avx512bw", "avx512vl"};
  static const std::vector<Kernel> kernels{
      {"Prescott", {"sse2"}},
      {"Core2", {"sse2"}},
      {"Penryn", {"sse4_1"}},
      {"Nehalem", {"sse4_2"}},
      {"Sandybridge", {"avx"}},
      {"Haswell", {"avx2", "fma"}},
      {"Zen", {"avx2", "fma"}},
      {"SkylakeX", avx512},
      {"Cooperlake", {"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512_bf16"}},
      {"SapphireRapids", {"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512_bf16", "amx_bf16"}},
      {"ARMV8", {"asimd"}},
      {"CORTEXA57", {"asimd"}},
      {"NEOVERSEN1", {"asimd", "asimddp"}},
      {"NEOVERSEV1", {"sve", "svebf16"}},
  };
  return kernels;
}

const std::vector<Kernel>& mkl_kernels() {
  static const std::vector<Kernel> kernels{
      {"SSE4_2", {"sse4_2"}}, {"AVX", {"avx"}}, {"AVX2", {"avx2", "fma"}}, {"AVX512", {"avx512f", "avx512bw"}}};
  return kernels;
}

void ask(Candidate& backend) {
  const Answer answer = ask_child({"backends", "--in-process", "--blas", backend.blas}, probe_limits());
  if (answer.document && answer.document->blas) {
    backend.record = answer.document->blas;
  } else {
    backend.refusal = answer.complaint();
  }
  if (!answer.refused) backend.incidents = incidents_in(answer, "its loading");
}

/// "openblas-pthread" or "openblas64-pthread" where one vendor has several, else "openblas"; then counted.
void name_all(std::vector<Candidate>& backends) {
  std::map<std::string, int> of_vendor, taken;
  for (const Candidate& backend : backends) ++of_vendor[backend.vendor];
  for (Candidate& backend : backends) {
    backend.name = backend.vendor;
    if (of_vendor[backend.vendor] > 1 && backend.record) {
      const blas::Identity& identity = backend.record->identity;
      if (identity.integer_bits == 64) backend.name += "64";
      if (!identity.threading.empty()) backend.name += '-' + identity.threading;
    }
    if (const int before = taken[backend.name]++; before > 0) backend.name += fmt::format("-{}", before + 1);
  }
}

/// The library once more for each of its kernels but the one that it chose.
std::vector<Candidate> kernels_of(const Candidate& backend, const Environment& environment) {
  std::vector<Candidate> choices;
  if (!backend.record || (backend.vendor != "openblas" && backend.vendor != "mkl")) return choices;
  for (const Kernel& kernel : backend.vendor == "mkl" ? mkl_kernels() : openblas_kernels()) {
    const bool runs = std::ranges::all_of(kernel.isa, [&environment](const std::string& flag) {
      return std::ranges::find(environment.isa, flag) != environment.isa.end();
    });
    if (!runs || backend.record->identity.kernel == kernel.name) continue;
    Candidate choice = backend;
    choice.name += fmt::format("@{}", kernel.name);
    choice.blas += fmt::format("@{}", kernel.name);
    choice.record.reset();
    ask(choice);
    if (choice.record) choices.push_back(std::move(choice));
  }
  return choices;
}

/// The same file with the same kernels.
bool same(const results::BlasRecord& a, const results::BlasRecord& b) {
  return a.identity.sha256 == b.identity.sha256 && a.identity.kernel == b.identity.kernel;
}

bool is_called(const Candidate& backend, const std::string& name) {
  return name == "all" || name == backend.name || name == backend.vendor;
}

void require_names(const std::vector<Candidate>& found, const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const Candidate& backend : found) known.push_back(backend.name);
  for (const std::string& name : names) {
    require(std::ranges::any_of(found, [&](const Candidate& backend) { return is_called(backend, name); }),
            "no BLAS called '{}' was found: {}there are {}; install it, or name its folder with --search", name,
            did_you_mean(name, known), fmt::join(known, ", "));
  }
}

}  // namespace

EnvironmentAdditions environment_for(const Candidate& backend) {
  const bool lingers = std::ranges::find(backend.incidents, results::IncidentKind::lingered,
                                         &results::Incident::kind) != backend.incidents.end();
  return lingers ? EnvironmentAdditions{{leave_at_once, "1"}} : EnvironmentAdditions{};
}

std::vector<Candidate> find_backends(const std::vector<std::string>& search, bool kernels) {
  std::vector<Candidate> backends;
  for (const blas::Found& found : blas::discover(search)) {
    backends.push_back(
        {.name = "", .blas = found.path, .vendor = found.vendor, .record = {}, .refusal = "", .incidents = {}});
  }
  parallel_for(backends.size(), asked_at_once, [&](std::size_t i) { ask(backends[i]); });
  name_all(backends);
  if (!kernels) return backends;
  const Environment environment = describe_environment();
  std::vector<Candidate> all;
  for (const Candidate& backend : backends) {
    all.push_back(backend);
    for (Candidate& choice : kernels_of(backend, environment)) all.push_back(std::move(choice));
  }
  return all;
}

std::string library_called(const std::string& name) {
  if (blas::is_name_or_path(name)) return name;
  const std::size_t at = std::min(name.find('@'), name.size());
  for (const Candidate& backend : find_backends({}, false)) {
    if (backend.record && backend.name == name.substr(0, at)) return backend.blas + name.substr(at);
  }
  return name;
}

std::vector<Candidate> choose_backends(const std::string& blas, const std::vector<std::string>& names,
                                       const std::vector<std::string>& search, bool kernels) {
  const std::string file = library_called(blas);
  Candidate first{.name = "", .blas = file, .vendor = "", .record = {}, .refusal = "", .incidents = {}};
  ask(first);
  require(first.record.has_value(), "{}{}",
          first.incidents.empty() ? "" : fmt::format("BLAS '{}' cannot be used, asked what it is: ", blas),
          first.refusal);
  first.name = first.record->identity.name;
  std::vector<Candidate> found;
  if (!names.empty() || kernels) found = find_backends(search, kernels);
  // A library that cannot be used is told of under "all" alone.
  require_names(found, names);
  std::vector<Candidate> chosen;
  for (const Candidate& backend : found) {
    if (backend.record && same(*backend.record, *first.record)) {
      first.name = backend.name;
      first.vendor = backend.vendor;
    } else if (std::ranges::any_of(names, [&](const std::string& name) { return is_called(backend, name); })) {
      chosen.push_back(backend);
    }
  }
  chosen.insert(chosen.begin(), std::move(first));
  return chosen;
}

blas::Backend load_library(const std::string& name) { return blas::Backend::load(library_called(name)); }

}  // namespace sqrtn::libraries
