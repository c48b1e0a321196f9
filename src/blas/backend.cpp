#include "sqrtn/blas/backend.hpp"

#include <dlfcn.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <mutex>
#include <utility>
#include <vector>

#include "library_file.hpp"
#include "loaded_library.hpp"
#include "self_report.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::blas {
namespace {

/// A library that is known by a short name. `marker` is a function that only it has, since libblas.so.3
/// and libcblas.so.3 may be anyone's; nullptr where the candidates leave no doubt.
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
        {"mkl", "intel-mkl", nullptr, {"libmkl_rt.so.2", "libmkl_rt.so.1", "libmkl_rt.so"}},
    };
  }();
  return known;
}

bool is_path(std::string_view name) { return name.find('/') != std::string_view::npos; }

const KnownLibrary* find_known(std::string_view name) {
  const auto found = std::ranges::find(known_libraries(), name, &KnownLibrary::name);
  return found != known_libraries().end() ? &*found : nullptr;
}

void require_name(std::string_view name) {
  std::string names;
  for (const KnownLibrary& known : known_libraries()) names.append(names.empty() ? "" : ", ").append(known.name);
  require(is_path(name) || find_known(name) != nullptr || name.find(".so") != std::string_view::npos,
          "no BLAS named '{}': known names are {}; or give a SONAME such as libblas.so.3, or a path (with a '/') to a "
          "shared library",
          name, names);
}

/// Opens what was asked for with `open`, a function of path or SONAME and of the place for the reason
/// if it fails. Empty if no candidate fits; `error` is then the first one's reason.
template <class Open>
LoadedLibrary open_first(const std::string& name, Open open, std::string& error) {
  const KnownLibrary* known = find_known(name);
  if (known == nullptr) {
    if (is_path(name)) require_shared_library(name);
    return open(name, error);
  }
  for (const std::string& candidate : known->candidates) {
    std::string reason = candidate + ": no such file";
    if (!is_path(candidate) || std::filesystem::exists(candidate)) {
      if (is_path(candidate)) require_shared_library(candidate);
      LoadedLibrary library = open(candidate, reason);
      if (library && (known->marker == nullptr || library.address(known->marker) != nullptr)) return library;
      if (library) reason = candidate + " is another BLAS";
    }
    if (error.empty()) error = reason;
  }
  return {};
}

LoadedLibrary open_new(const std::string& name) {
  std::string error;
  LoadedLibrary library = open_first(name, LoadedLibrary::open, error);
  const KnownLibrary* known = find_known(name);
  require(library || known == nullptr,
          "BLAS '{}' is not installed ({}): install it (Debian: {}), or give a path to a shared library", name, error,
          known != nullptr ? known->package : "");
  require(static_cast<bool>(library),
          "cannot load BLAS '{}' ({}): install what is missing, or give a path to a shared library", name, error);
  return library;
}

/// Looks up each function, notes the names of those that are missing and needed, and the addresses of
/// the others.
struct Lookup {
  const LoadedLibrary& library;
  std::string missing;
  std::vector<std::pair<std::string, const void*>> found;

  template <class Function>
  void optional(Function*& function, const char* name) {
    function = library.symbol<Function>(name);
    if (function != nullptr) found.emplace_back(name, reinterpret_cast<const void*>(function));
  }
  template <class Function>
  void operator()(Function*& function, const char* name) {
    optional(function, name);
    if (function == nullptr) missing.append(missing.empty() ? "" : ", ").append(name);
  }
};

Functions look_up(Lookup& lookup) {
  Functions f;
  lookup(f.f32.gemm, "cblas_sgemm");
  lookup(f.f64.gemm, "cblas_dgemm");
  lookup(f.f32.gemv, "cblas_sgemv");
  lookup(f.f64.gemv, "cblas_dgemv");
  lookup(f.f32.ger, "cblas_sger");
  lookup(f.f64.ger, "cblas_dger");
  lookup(f.f32.dot, "cblas_sdot");
  lookup(f.f64.dot, "cblas_ddot");
  lookup(f.f32.nrm2, "cblas_snrm2");
  lookup(f.f64.nrm2, "cblas_dnrm2");
  lookup(f.f32.axpy, "cblas_saxpy");
  lookup(f.f64.axpy, "cblas_daxpy");
  lookup(f.f32.scal, "cblas_sscal");
  lookup(f.f64.scal, "cblas_dscal");
  lookup.optional(f.f32.syrk, "cblas_ssyrk");
  lookup.optional(f.f64.syrk, "cblas_dsyrk");
  lookup.optional(f.f32.trsm, "cblas_strsm");
  lookup.optional(f.f64.trsm, "cblas_dtrsm");
  return f;
}

/// The functions, once it is proved that they, and the Fortran ones that they may call, are its own.
Functions prove_functions(const LoadedLibrary& library, const std::string& name) {
  Lookup lookup{library, {}, {}};
  const Functions functions = look_up(lookup);
  require(library.address("cblas_sgemm64_") == nullptr || lookup.missing.empty(),
          "BLAS '{}' has 64-bit integers (its functions are named cblas_sgemm64_, ...): give a build with 32-bit ones",
          name);
  require(lookup.missing.empty(), "BLAS '{}' lacks {}: give a library with the CBLAS interface", name, lookup.missing);
  for (const auto& [symbol, address] : lookup.found) {
    require(library.provides(address), "{} of BLAS '{}' comes from '{}', which is no part of it: unset LD_PRELOAD",
            symbol, name, owner_of(address));
  }
  for (const char* symbol : {"sgemm_", "dgemm_", "cblas_sgemm", "cblas_dgemm"}) {
    const void* global = dlsym(RTLD_DEFAULT, symbol);
    require(global == nullptr || library.provides(global),
            "this process has {} of '{}' in its global scope, which BLAS '{}' would call instead of its own: link no "
            "BLAS, and unset LD_PRELOAD",
            symbol, owner_of(global), name);
  }
  require(integer_bits_of(library) != 64, "BLAS '{}' has 64-bit integers: give a build with 32-bit ones", name);
  return functions;
}

}  // namespace

struct Backend::State {
  LoadedLibrary library;
  Identity identity;
  Functions functions;
  ThreadControl threads;
};

Backend Backend::load(std::string_view name_or_path) {
  // Never destroyed: the library's threads may outlive every other static object.
  static std::mutex& mutex = *new std::mutex;
  static std::shared_ptr<const State>& loaded = *new std::shared_ptr<const State>;
  const std::string name(name_or_path);
  require_name(name);
  const std::lock_guard lock(mutex);
  if (loaded != nullptr) {
    std::string error;
    const LoadedLibrary same = open_first(name, LoadedLibrary::open_if_present, error);
    require(same && same == loaded->library,
            "this process has loaded the BLAS '{}' already and cannot load '{}' as well: use another process",
            loaded->identity.file_name, name);
    return Backend(loaded);
  }

  const auto state = std::make_shared<State>();
  state->library = open_new(name);
  state->functions = prove_functions(state->library, name);
  const std::filesystem::path path = state->library.path();
  Identity& identity = state->identity;
  identity.name = is_path(name) ? std::filesystem::path(name).filename().string() : name;
  identity.file_name = path.filename().string();
  identity.soname = state->library.soname();
  identity.sha256 = sha256_of_file(path.string());
  read_self_report(state->library, identity);
  if (identity.threading != "serial") state->threads = thread_control_of(state->library);
  loaded = state;
  return Backend(loaded);
}

Backend::Backend(std::shared_ptr<const State> state) : state_(std::move(state)) {}

const Identity& Backend::identity() const { return state_->identity; }
const Functions& Backend::functions() const { return state_->functions; }
bool Backend::has_thread_control() const { return static_cast<bool>(state_->threads.set); }

int Backend::threads() const { return has_thread_control() ? std::max(state_->threads.get(), 1) : 1; }

int Backend::set_threads(int threads) const {
  require(threads >= 1, "a BLAS needs at least 1 thread, got {}", threads);
  if (has_thread_control()) state_->threads.set(threads);
  return this->threads();
}

}  // namespace sqrtn::blas
