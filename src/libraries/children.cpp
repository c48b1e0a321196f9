#include "libraries/children.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <map>

#include "blas/discover.hpp"
#include "results/read.hpp"
#include "sqrtn/blas/backend.hpp"
#include "sqrtn/support/require.hpp"
#include "support/environment.hpp"

namespace sqrtn::libraries {
namespace {

// A library that has not said its name by then never will; loading one takes milliseconds.
constexpr ProcessLimits probe_limits{.wall_s = 20, .memory_bytes = 0, .output_bytes = std::size_t{1} << 20};

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
  const Answer answer = ask_child({"backends", "--in-process", "--blas", backend.blas}, probe_limits);
  if (answer.document && answer.document->blas) {
    backend.record = answer.document->blas;
  } else {
    backend.refusal = answer.complaint;
  }
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
  for (const std::string& name : names) {
    std::string known;
    for (const Candidate& backend : found) known += (known.empty() ? "" : ", ") + backend.name;
    require(std::ranges::any_of(found, [&](const Candidate& backend) { return is_called(backend, name); }),
            "no BLAS called '{}' was found: there are {}; install it, or name its folder with --search", name, known);
  }
}

}  // namespace

Answer ask_child(std::vector<std::string> words, const ProcessLimits& limits, const EnvironmentAdditions& environment) {
  words.insert(words.begin(), std::filesystem::read_symlink("/proc/self/exe").string());
  return ask(std::move(words), limits, environment);
}

EnvironmentAdditions started_with(int threads) {
  EnvironmentAdditions environment;
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "BLIS_NUM_THREADS",
                           "MKL_NUM_THREADS", "NVPL_BLAS_NUM_THREADS", "ARMPL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"}) {
    environment[name] = fmt::to_string(threads);
  }
  return environment;
}

Answer ask(std::vector<std::string> command, const ProcessLimits& limits, const EnvironmentAdditions& environment) {
  command.insert(command.end(), {"--json", "-"});
  const ProcessEnd end = run_process(command, limits, environment);
  Answer answer{.document = {}, .complaint = "", .how = end.how, .cpu_s = end.cpu_s};
  if (end.how == ProcessEnd::How::exited) answer.code = end.code;
  try {
    // What a library prints comes before or between; a document is taken whole or not at all.
    const std::size_t begin = end.out.find("{\n");
    if (begin != std::string::npos) {
      answer.document = results::parse_document(std::string_view(end.out).substr(begin), "its answer");
      if (begin > 0) answer.complaint = fmt::format("printed '{}' on standard output", first_line(end.out));
    }
  } catch (const std::invalid_argument& error) {
    answer.complaint = error.what();
  }
  // Its own watch of calls ended it.
  if (!answer.document && end.how == ProcessEnd::How::signalled && end.code == SIGALRM) {
    answer.how = ProcessEnd::How::timed_out;
    answer.complaint = "no answer from one call";
  }
  if (answer.document && end.how != ProcessEnd::How::exited) {
    const bool lingered = end.how == ProcessEnd::How::signalled && end.code == SIGALRM;
    answer.complaint = (lingered ? "did not end by itself" : end.to_text()) + ", after its answer";
  }
  if (answer.document) return answer;
  const bool refused = end.how == ProcessEnd::How::exited && !end.err.empty();
  if (refused || answer.complaint.empty()) answer.complaint = refused ? first_line(end.err) : end.to_text();
  return answer;
}

results::Incident incident_in(const Answer& answer, const std::string& place) {
  using How = ProcessEnd::How;
  using Kind = results::IncidentKind;
  static const std::map<How, Kind> kinds{{How::signalled, Kind::killed},
                                         {How::timed_out, Kind::no_answer},
                                         {How::too_much_output, Kind::too_much_output},
                                         {How::not_started, Kind::other},
                                         {How::exited, Kind::exited}};
  const bool printed = answer.document && answer.how == How::exited;
  return {.kind = printed ? Kind::printed : kinds.at(answer.how),
          .place = place,
          .text = fmt::format("{} in {}", answer.complaint, place)};
}

std::string first_line(const std::string& text) {
  std::string_view line = std::string_view(text).substr(0, text.find('\n'));
  if (line.starts_with("sqrtn: ")) line.remove_prefix(7);
  return line.size() <= 400 ? std::string(line) : fmt::format("{}…", line.substr(0, 397));
}

std::vector<Candidate> find_backends(const std::vector<std::string>& search, bool kernels) {
  std::vector<Candidate> backends;
  for (const blas::Found& found : blas::discover(search)) {
    backends.push_back({.name = "", .blas = found.path, .vendor = found.vendor, .record = {}, .refusal = ""});
    ask(backends.back());
  }
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
  const Answer answer = ask_child({"backends", "--in-process", "--blas", file}, probe_limits);
  require(answer.document && answer.document->blas, "{}{}",
          answer.code < 0 ? fmt::format("asked what it is, BLAS '{}' ended the process: ", blas) : "",
          answer.complaint);
  const results::BlasRecord record = *answer.document->blas;
  Candidate first{.name = record.identity.name, .blas = file, .vendor = "", .record = record, .refusal = ""};
  std::vector<Candidate> found;
  if (!names.empty() || kernels) found = find_backends(search, kernels);
  // A library that cannot be used is told of under "all" alone.
  require_names(found, names);
  std::vector<Candidate> chosen;
  for (const Candidate& backend : found) {
    if (backend.record && same(*backend.record, record)) {
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
