#include "blas/prove.hpp"

#include <dlfcn.h>

#include "blas/fortran.hpp"
#include "blas/self_report.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::blas {
namespace {

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

void require_own(const LoadedLibrary& library, const std::string& name,
                 const std::vector<std::pair<std::string, const void*>>& functions) {
  for (const auto& [symbol, address] : functions) {
    require(library.provides(address), "{} of BLAS '{}' comes from '{}', which is no part of it: unset LD_PRELOAD",
            symbol, name, owner_of(address));
  }
}

void require_narrow_names(const LoadedLibrary& library, const std::string& name) {
  for (const char* wide : {"cblas_sgemm64_", "cblas_sgemm_64", "sgemm_64_", "sgemm_64"}) {
    require(library.address(wide) == nullptr || library.address("cblas_sgemm") != nullptr ||
                library.address("sgemm_") != nullptr,
            "BLAS '{}' has 64-bit integers (it has {}): give a build with 32-bit ones", name, wide);
  }
}

}  // namespace

Proved prove_functions(const LoadedLibrary& library, const std::string& name) {
  Lookup lookup{library, {}, {}};
  require_narrow_names(library, name);
  const Functions functions = look_up(lookup);
  FortranFunctions fortran;
  if (!lookup.missing.empty()) fortran = fortran_functions(library);
  const bool by_fortran = !lookup.missing.empty() && fortran.missing.empty();
  require(by_fortran || lookup.missing.empty(),
          "BLAS '{}' lacks {}: give a library with all of the C interface, or all of Fortran's", name,
          fortran.found.empty() ? lookup.missing : fortran.missing);
  require_own(library, name, by_fortran ? fortran.found : lookup.found);
  for (const char* symbol : {"sgemm_", "dgemm_", "cblas_sgemm", "cblas_dgemm"}) {
    const void* global = dlsym(RTLD_DEFAULT, symbol);
    require(global == nullptr || library.provides(global),
            "this process has {} of '{}' in its global scope, which BLAS '{}' would call instead of its own: link no "
            "BLAS, and unset LD_PRELOAD",
            symbol, owner_of(global), name);
  }
  require(integer_bits_of(library) != 64, "BLAS '{}' has 64-bit integers: give a build with 32-bit ones", name);
  require(!by_fortran || returns_float(library),
          "BLAS '{}' returns float results as double (f2c's convention): give a build that returns float", name);
  return {by_fortran ? fortran.functions : functions, by_fortran};
}

}  // namespace sqrtn::blas
