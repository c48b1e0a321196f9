#pragma once

#include <functional>

#include "blas/loaded_library.hpp"
#include "blas/names.hpp"
#include "sqrtn/blas/backend.hpp"

/// What the libraries say of themselves, each by functions of its own, and their thread control. A library whose names
/// have something added may have it added to these as well.
/// Sources: OpenBLAS cblas.h, BLIS bli_info.h, bli_arch.h and bli_thread.h, Intel MKL mkl_service.h.
namespace sqrtn::blas {

/// Fills version, kernel and threading; leaves empty what the library does not tell.
void read_self_report(const LoadedLibrary& library, const Naming& naming, Identity& identity);

/// Both empty for a library whose number of threads cannot be set.
struct ThreadControl {
  std::function<void(int)> set;
  std::function<int()> get;
};
ThreadControl thread_control_of(const LoadedLibrary& library, const Naming& naming);

}  // namespace sqrtn::blas
