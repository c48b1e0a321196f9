#include "sqrtn/blas/backend.hpp"

#include <fmt/ranges.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <utility>
#include <vector>

#include "blas/call.hpp"
#include "blas/coverage.hpp"
#include "blas/library_file.hpp"
#include "blas/linked.hpp"
#include "blas/loaded_library.hpp"
#include "blas/places.hpp"
#include "blas/prove.hpp"
#include "blas/self_report.hpp"
#include "sqrtn/support/require.hpp"
#include "support/nearest.hpp"

namespace sqrtn::blas {
namespace {

/// A library that is known by a short name. `marker` is a function that only it has, since libblas.so.3
/// and libcblas.so.3 may be anyone's; nullptr where the candidates leave no doubt. Without candidates it is a package
/// of the active Python, and what is meant is the library that this calls.
struct KnownLibrary {
  std::string_view name;
  std::string_view package;
  const char* marker;
  std::vector<std::string> candidates;
};

const std::vector<KnownLibrary>& known_libraries() {
  static const std::vector<KnownLibrary> known = [] {
    utsname machine{};
    uname(&machine);
    const std::string debian_reference = fmt::format("/usr/lib/{}-linux-gnu/blas/libblas.so.3", machine.machine);
    return std::vector<KnownLibrary>{
        {"openblas", "libopenblas0-pthread", "openblas_get_config", {"libopenblas.so.0", "libblas.so.3"}},
        {"blis", "libblis4-pthread", nullptr, {"libblis.so.4", "libblis.so"}},
        {"atlas", "libatlas3-base", "ATL_sgemm", {"libcblas.so.3", "libblas.so.3"}},
        {"reference", "libblas3", nullptr, {debian_reference}},
        {"mkl", "intel-mkl", nullptr, {"libmkl_rt.so.3", "libmkl_rt.so.2", "libmkl_rt.so.1", "libmkl_rt.so"}},
        {"numpy", "python3-numpy", nullptr, {}},
        {"scipy", "python3-scipy", nullptr, {}},
    };
  }();
  return known;
}

bool is_path(std::string_view name) { return name.find('/') != std::string_view::npos; }
bool is_soname(std::string_view name) { return name.find(".so") != std::string_view::npos; }
std::string_view without_kernel(std::string_view name) { return name.substr(0, name.rfind('@')); }

const KnownLibrary* find_known(std::string_view name) {
  const auto found = std::ranges::find(known_libraries(), name, &KnownLibrary::name);
  return found != known_libraries().end() ? &*found : nullptr;
}

void require_name(std::string_view name) {
  std::vector<std::string> names;
  for (const KnownLibrary& known : known_libraries()) names.emplace_back(known.name);
  require(is_path(name) || is_soname(name) || find_known(without_kernel(name)) != nullptr,
          "no BLAS named '{}': {}known names are {}, and those that `sqrtn backends` lists; or give a SONAME such as "
          "libblas.so.3, or a path (with a '/') to a shared library",
          name, did_you_mean(name, names), fmt::join(names, ", "));
}

/// Why nothing could be opened: the reason of the first that is there and cannot be, else of the first.
struct Failure {
  std::string reason;
  bool installed = false;

  void add(const std::string& why, bool is_there) {
    if (reason.empty() || (is_there && !installed)) reason = why;
    installed = installed || is_there;
  }
};

/// Opens what was asked for with `open`, a function of path or SONAME and of the place for the reason
/// if it fails. Empty if no candidate fits.
template <class Open>
LoadedLibrary open_first(const std::string& name, Open open, Failure& failure) {
  const KnownLibrary* known = find_known(name);
  if (known == nullptr) {
    if (is_path(name)) require_shared_library(name);
    return open(name, failure.reason);
  }
  std::vector<std::string> candidates = known->candidates;
  if (candidates.empty()) {
    failure.add(fmt::format("the active Python has no {} that needs a BLAS", name), false);
    for (const Linked& linked : blas_of_package(name)) candidates.push_back(linked.path);
  }
  for (const std::string& candidate : candidates) {
    if (is_path(candidate) && !std::filesystem::exists(candidate)) {
      failure.add(candidate + ": no such file", false);
      continue;
    }
    if (is_path(candidate)) require_shared_library(candidate);
    std::string reason;
    LoadedLibrary library = open(candidate, reason);
    if (library && (known->marker == nullptr || library.address(known->marker) != nullptr)) return library;
    // The loader begins with the name of what it misses, which may be another library that this one needs.
    const bool absent = reason.starts_with(candidate + ':') && reason.find("No such file") != std::string::npos;
    failure.add(library ? candidate + " is another BLAS" : reason, !library && !absent);
  }
  return {};
}

/// "openblas@Haswell" is "openblas" and "Haswell"; the name of a file may hold that sign as well.
std::pair<std::string, std::string> parse(const std::string& asked) {
  const std::size_t at = asked.rfind('@');
  std::error_code error;
  if (at == std::string::npos || std::filesystem::exists(asked, error)) return {asked, ""};
  return {asked.substr(0, at), asked.substr(at + 1)};
}

/// MKL says it in a sentence: "Intel(R) AVX2 enabled processors".
void require_kernel(const Identity& identity, const std::string& kernel) {
  require(identity.kernel.find(kernel) != std::string::npos,
          "BLAS '{}' does not use kernels for '{}' when asked to (it says '{}'): ask for kernels that it has and this "
          "processor can run; `sqrtn backends --kernels` lists them",
          identity.file_name, kernel, identity.kernel);
}

LoadedLibrary open_new(const std::string& name) {
  Failure failure;
  LoadedLibrary library = open_first(name, LoadedLibrary::open, failure);
  const KnownLibrary* known = find_known(name);
  require(library || known == nullptr || failure.installed,
          "BLAS '{}' is not installed ({}): install it (Debian: {}), or give a path to a shared library", name,
          failure.reason, known != nullptr ? known->package : "");
  require(static_cast<bool>(library),
          "cannot load BLAS '{}' ({}): install what is missing, raise limits, or give a path to a shared library", name,
          failure.reason);
  return library;
}

}  // namespace

bool is_name_or_path(std::string_view word) {
  if (is_path(word) || is_soname(word)) return true;
  const KnownLibrary* known = find_known(without_kernel(word));
  if (known == nullptr) return false;
  return known->candidates.empty() || std::ranges::any_of(known->candidates, [](const std::string& candidate) {
           return is_path(candidate) ? std::filesystem::exists(candidate) : library_of_loader(candidate).has_value();
         });
}

struct Backend::State {
  LoadedLibrary library;
  mutable Identity identity;  ///< what needs the whole file is added when it is first asked for
  mutable std::once_flag read;
  Functions functions;
  Naming naming;
  ThreadControl threads;
};

Backend Backend::load(std::string_view name_or_path) {
  // Never destroyed: the library's threads may outlive every other static object.
  static std::mutex& mutex = *new std::mutex;
  static std::shared_ptr<const State>& loaded = *new std::shared_ptr<const State>;
  const std::string asked(name_or_path);
  const auto [name, kernel] = parse(asked);
  require_name(name);
  const std::lock_guard lock(mutex);
  if (loaded != nullptr) {
    Failure failure;
    const LoadedLibrary same = open_first(name, LoadedLibrary::open_if_present, failure);
    require(same && same == loaded->library,
            "this process has loaded the BLAS '{}' already and cannot load '{}' as well: use another process",
            loaded->identity.file_name, asked);
    require_kernel(loaded->identity, kernel);
    return Backend(loaded);
  }

  if (!kernel.empty()) {  // the libraries read these while they are loaded, and not again
    for (const char* variable : {"OPENBLAS_CORETYPE", "MKL_ENABLE_INSTRUCTIONS"}) setenv(variable, kernel.c_str(), 1);
  }
  const auto state = std::make_shared<State>();
  state->library = open_new(name);
  const Proved proved = prove_functions(state->library, asked);
  state->functions = proved.functions;
  state->naming = proved.naming;
  const std::filesystem::path path = state->library.path();
  Identity& identity = state->identity;
  identity.name = is_path(name) ? std::filesystem::path(asked).filename().string() : asked;
  identity.interface = proved.by_fortran ? "fortran" : "cblas";
  identity.naming = proved.by_fortran ? proved.naming.fortran("dgemm") : proved.naming.c("dgemm");
  identity.integer_bits = proved.integer_bits;
  identity.file_name = path.filename().string();
  identity.soname = state->library.soname();
  read_self_report(state->library, proved.naming, identity);
  require_kernel(identity, kernel);
  if (identity.threading != "serial") state->threads = thread_control_of(state->library, proved.naming);
  loaded = state;
  return Backend(loaded);
}

/// By the library and, if it only forwards to another one, by that.
std::set<std::string, std::less<>> Backend::exported(const State& state) {
  const std::string& product = state.identity.naming;
  std::set<std::string, std::less<>> symbols;
  for (const std::string& path : std::set{state.library.path(), owner_of(state.library.address(product.c_str()))}) {
    if (auto content = dynamic_content(path)) symbols.merge(content->symbols);
  }
  return symbols;
}

Backend::Backend(std::shared_ptr<const State> state) : state_(std::move(state)) {}

const Identity& Backend::identity() const {
  std::call_once(state_->read, [this] {
    Identity& identity = state_->identity;
    identity.sha256 = sha256_of_file(state_->library.path());
    const Coverage coverage = coverage_of(exported(*state_), state_->naming);
    identity.routines = coverage.n_described;
    identity.not_judged = coverage.not_described;
  });
  return state_->identity;
}

const std::string& Backend::file_name() const { return state_->identity.file_name; }
const Functions& Backend::functions() const { return state_->functions; }

std::vector<Interface> Backend::interfaces() const {
  return interfaces_of(
      [state = state_](const std::string& name) -> void* {
        void* const address = state->library.address(name.c_str());
        return address != nullptr && state->library.provides(address) ? address : nullptr;
      },
      state_->naming, state_->identity.integer_bits);
}

bool Backend::has_thread_control() const { return static_cast<bool>(state_->threads.set); }

int Backend::threads() const { return has_thread_control() ? std::max(state_->threads.get(), 1) : 1; }

int Backend::set_threads(int threads) const {
  require(threads >= 1, "a BLAS needs at least 1 thread, got {}", threads);
  if (has_thread_control()) state_->threads.set(threads);
  return this->threads();
}

}  // namespace sqrtn::blas
