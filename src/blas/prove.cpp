#include "blas/prove.hpp"

#include <dlfcn.h>
#include <fmt/ranges.h>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "blas/c_functions.hpp"
#include "blas/fortran.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::blas {
namespace {

/// One interface of a library by one naming scheme.
struct Entrance {
  Naming naming;
  bool of_c;
  [[nodiscard]] std::string symbol(const std::string& routine) const {
    return of_c ? naming.c(routine) : naming.fortran(routine);
  }
};

std::vector<Entrance> entrances() {
  std::vector<Entrance> all;
  for (const Naming& naming : namings()) {
    for (const bool of_c : {true, false}) all.push_back({naming, of_c});
  }
  return all;
}

/// The names of the functions that every library needs and this one lacks.
std::vector<std::string> missing(const SymbolLookup& look_up, const Entrance& entrance) {
  std::vector<std::string> names;
  for (const std::string routine : {"gemm", "gemv", "ger", "dot", "nrm2", "axpy", "scal"}) {
    for (const char type : {'s', 'd'}) {
      const std::string name = entrance.symbol(type + routine);
      if (look_up(name) == nullptr) names.push_back(name);
    }
  }
  return names;
}

/// The first by which nothing is missing.
std::optional<Entrance> whole_entrance(const SymbolLookup& look_up) {
  for (const Entrance& entrance : entrances()) {
    if (missing(look_up, entrance).empty()) return entrance;
  }
  return {};
}

/// What is missing where least is.
std::string least_missing(const SymbolLookup& look_up) {
  std::optional<std::vector<std::string>> least;
  for (const Entrance& entrance : entrances()) {
    auto names = missing(look_up, entrance);
    if (!least || names.size() < least->size()) least = std::move(names);
  }
  return fmt::format("{}", fmt::join(*least, ", "));
}

void require_own(const LoadedLibrary& library, const std::string& name,
                 const std::vector<std::pair<std::string, const void*>>& functions) {
  for (const auto& [symbol, address] : functions) {
    require(library.provides(address), "{} of BLAS '{}' comes from '{}', which is no part of it: unset LD_PRELOAD",
            symbol, name, owner_of(address));
  }
}

/// By the library's names and by the standard's, by which it may call another that it needs.
void require_no_other(const LoadedLibrary& library, const std::string& name, const Naming& naming) {
  for (const Naming& one : {naming, namings().front()}) {
    for (const std::string& symbol : {one.fortran("sgemm"), one.fortran("dgemm"), one.c("sgemm"), one.c("dgemm")}) {
      const void* global = dlsym(RTLD_DEFAULT, symbol.c_str());
      require(global == nullptr || library.provides(global),
              "this process has {} of '{}' in its global scope, which BLAS '{}' would call instead of its own: link no "
              "BLAS, and unset LD_PRELOAD",
              symbol, owner_of(global), name);
    }
  }
}

}  // namespace

Proved prove_functions(const LoadedLibrary& library, const std::string& name) {
  const SymbolLookup anywhere = [&](const std::string& symbol) { return library.address(symbol.c_str()); };
  const SymbolLookup own = [&](const std::string& symbol) {
    void* const address = anywhere(symbol);
    return library.defines(address) ? address : nullptr;
  };
  std::optional<Entrance> entrance = whole_entrance(own);
  if (!entrance) entrance = whole_entrance(anywhere);
  require(entrance.has_value(), "BLAS '{}' lacks {}: give a library with all of the C interface, or all of Fortran's",
          name, entrance ? "" : least_missing(anywhere));
  Proved proved{.functions = {}, .naming = entrance->naming, .by_fortran = !entrance->of_c};
  require_no_other(library, name, proved.naming);
  const int bits = probe_integer_bits(anywhere, proved.naming, entrance->of_c);
  // Where no function tells, calls pass 64 bits if the names say so: one that reads 32 finds them in these, too.
  const bool named_wide = proved.naming.c_suffix.find("64") != std::string_view::npos;
  proved.integer_bits = bits != 0 ? bits : named_wide ? 64 : 32;
  const FoundFunctions found = proved.by_fortran ? fortran_functions(anywhere, proved.naming)
                                                 : c_functions(anywhere, proved.naming, proved.integer_bits);
  require_own(library, name, found.found);
  require(entrance->of_c || returns_float(anywhere, proved.naming),
          "BLAS '{}' returns float results as double (f2c's convention): give a build that returns float", name);
  proved.functions = found.functions;
  return proved;
}

}  // namespace sqrtn::blas
