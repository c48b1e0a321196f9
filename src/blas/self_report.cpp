#include "blas/self_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace sqrtn::blas {
namespace {

/// MKLVersion of mkl_types.h.
struct MklVersion {
  int major, minor, update;
  const char *status, *build, *processor, *platform;
};

/// Without the blanks at its end.
std::string trimmed(std::string_view text) { return std::string(text.substr(0, text.find_last_not_of(" \n") + 1)); }

/// The functions that a library has besides those of the BLAS.
struct OwnFunctions {
  const LoadedLibrary& library;
  const Naming& naming;

  template <class Function>
  [[nodiscard]] Function* symbol(const char* name) const {
    auto* function = library.symbol<Function>(naming.own(name).c_str());
    return function != nullptr ? function : library.symbol<Function>(name);
  }
};

void read_openblas(const OwnFunctions& library, Identity& identity) {
  if (auto* config = library.symbol<const char*()>("openblas_get_config")) identity.version = trimmed(config());
  if (auto* kernel = library.symbol<const char*()>("openblas_get_corename")) identity.kernel = trimmed(kernel());
  if (auto* parallel = library.symbol<int()>("openblas_get_parallel")) {
    static constexpr std::array<const char*, 3> names{"serial", "pthread", "openmp"};
    identity.threading = names.at(static_cast<std::size_t>(std::clamp(parallel(), 0, 2)));
  }
}

void read_blis(const OwnFunctions& library, Identity& identity) {
  if (auto* version = library.symbol<const char*()>("bli_info_get_version_str")) {
    identity.version = "BLIS " + trimmed(version());
  }
  auto* arch_id = library.symbol<int()>("bli_arch_query_id");
  auto* arch_name = library.symbol<const char*(int)>("bli_arch_string");
  if (arch_id != nullptr && arch_name != nullptr) identity.kernel = trimmed(arch_name(arch_id()));
  auto* openmp = library.symbol<long()>("bli_info_get_enable_openmp");
  auto* pthreads = library.symbol<long()>("bli_info_get_enable_pthreads");
  if (openmp != nullptr && pthreads != nullptr) {
    identity.threading = openmp() != 0 ? "openmp" : pthreads() != 0 ? "pthread" : "serial";
  }
}

void read_mkl(const OwnFunctions& library, Identity& identity) {
  if (auto* version = library.symbol<void(char*, int)>("MKL_Get_Version_String")) {
    std::array<char, 256> text{};
    version(text.data(), static_cast<int>(text.size()) - 1);
    identity.version = trimmed(text.data());
  }
  if (auto* version = library.symbol<void(MklVersion*)>("MKL_Get_Version")) {
    MklVersion parts{};
    version(&parts);
    if (parts.processor != nullptr) identity.kernel = trimmed(parts.processor);
    // Its own text is long; tables show the first two words.
    identity.version = fmt::format("MKL {}.{}.{} {}", parts.major, parts.minor, parts.update, identity.version);
  }
}

}  // namespace

void read_self_report(const LoadedLibrary& library, const Naming& naming, Identity& identity) {
  const OwnFunctions functions{library, naming};
  read_openblas(functions, identity);
  read_blis(functions, identity);
  read_mkl(functions, identity);
}

ThreadControl thread_control_of(const LoadedLibrary& loaded, const Naming& naming) {
  const OwnFunctions library{loaded, naming};
  constexpr std::array<std::array<const char*, 2>, 2> int_pairs{
      {{"openblas_set_num_threads", "openblas_get_num_threads"}, {"MKL_Set_Num_Threads", "MKL_Get_Max_Threads"}}};
  for (const auto& [set_name, get_name] : int_pairs) {
    auto* set = library.symbol<void(int)>(set_name);
    auto* get = library.symbol<int()>(get_name);
    if (set != nullptr && get != nullptr) return {set, get};
  }
  // BLIS's dim_t has 64 bits unless configured otherwise, and then these pass in the same registers.
  auto* set = library.symbol<void(std::int64_t)>("bli_thread_set_num_threads");
  auto* get = library.symbol<std::int64_t()>("bli_thread_get_num_threads");
  if (set == nullptr || get == nullptr) return {};
  return {set, [get] { return static_cast<int>(get()); }};
}

}  // namespace sqrtn::blas
