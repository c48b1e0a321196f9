#include "blas/names.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace sqrtn::blas {
namespace {

constexpr std::array<Naming, 10> known{{
    {"", "", "_"},                                 // the reference, and Debian's and NVPL's builds of either width
    {"scipy_", "64_", "_64_"},                     // NumPy's wheels
    {"scipy_", "", "_"},                           // SciPy's wheels
    {"", "64_", "_64_"},                           // OpenBLAS with that suffix, Julia
    {"", "_64", "_64_"},                           // the reference's second set of names
    {"", "_64", "_64"},                            // MKL's
    {"", "$NEWLAPACK$ILP64", "$NEWLAPACK$ILP64"},  // Accelerate
    {"", "$NEWLAPACK", "$NEWLAPACK"},              // Accelerate
    {"scipy_", "_64", "_64_"},                     // OpenBLAS with both
    {"", "", ""},                                  // Fortran compilers that add nothing
}};

/// What a function counts up to where it is told n = 3 in 64 bits, and n = 0xffffffff00000003: 3 in 32 bits, and
/// negative in 64, which is nothing. One that does not count up to 3 tells nothing.
constexpr std::array<std::uint64_t, 2> lengths{3, 0xffffffff00000003U};
constexpr std::int64_t one = 1;
constexpr std::array<float, 3> largest_last{0, 0, 1}, ones{1, 1, 1};

template <class Count>
int width_by(Count count) {
  if (count(lengths[0]) != 3) return 0;
  const auto counted = count(lengths[1]);
  return counted == 3 ? 32 : counted == 0 ? 64 : 0;
}

template <class Function>
Function* function_of(const SymbolLookup& look_up, const std::string& name) {
  return reinterpret_cast<Function*>(look_up(name));
}

/// It writes three small numbers, of 64 bits or over the lower halves alone.
int by_version(const SymbolLookup& look_up, const Naming& naming) {
  auto* ilaver = function_of<void(std::uint64_t*, std::uint64_t*, std::uint64_t*)>(look_up, naming.fortran("ilaver"));
  if (ilaver == nullptr) return 0;
  constexpr std::uint64_t untouched = 0xa5a5a5a5a5a5a5a5U, largest = 1000;  // LAPACK is at version 3
  std::array<std::uint64_t, 3> version{untouched, untouched, untouched};
  ilaver(version.data(), &version[1], &version[2]);
  const auto all_begin_with = [&version](std::uint64_t upper) {
    return std::ranges::all_of(version, [upper](std::uint64_t part) {
      return part >> 32U == upper >> 32U && (part & 0xffffffffU) <= largest;
    });
  };
  return all_begin_with(0) ? 64 : all_begin_with(untouched) ? 32 : 0;
}

int by_c(const SymbolLookup& look_up, const Naming& naming) {
  using Largest = std::size_t(std::uint64_t, const float*, std::int64_t);
  using Dot = float(std::uint64_t, const float*, std::int64_t, const float*, std::int64_t);
  if (auto* isamax = function_of<Largest>(look_up, naming.c("isamax"))) {
    // It counts from 0, and 0 is also what it says of nothing.
    const int width = width_by([isamax](std::uint64_t n) {
      const auto index = static_cast<std::uint32_t>(isamax(n, largest_last.data(), one));
      return index == 0 ? 0 : index + 1;
    });
    if (width != 0) return width;
  }
  auto* dot = function_of<Dot>(look_up, naming.c("sdot"));
  return dot == nullptr ? 0 : width_by([dot](std::uint64_t n) { return dot(n, ones.data(), one, ones.data(), one); });
}

/// Fortran takes the address of a number: its low half comes first on every machine here.
int by_fortran(const SymbolLookup& look_up, const Naming& naming) {
  using Largest = std::int32_t(const std::uint64_t*, const float*, const std::int64_t*);
  using Dot = float(const std::uint64_t*, const float*, const std::int64_t*, const float*, const std::int64_t*);
  if (const int width = by_version(look_up, naming); width != 0) return width;
  if (auto* isamax = function_of<Largest>(look_up, naming.fortran("isamax"))) {
    const int width = width_by([isamax](std::uint64_t n) { return isamax(&n, largest_last.data(), &one); });
    if (width != 0) return width;
  }
  auto* dot = function_of<Dot>(look_up, naming.fortran("sdot"));
  return dot == nullptr ? 0
                        : width_by([dot](std::uint64_t n) { return dot(&n, ones.data(), &one, ones.data(), &one); });
}

std::string joined(std::string_view a, std::string_view b, std::string_view c) {
  return std::string(a).append(b).append(c);
}

}  // namespace

std::string Naming::c(std::string_view routine) const { return joined(prefix, "cblas_", routine).append(c_suffix); }
std::string Naming::fortran(std::string_view routine) const { return joined(prefix, routine, fortran_suffix); }
std::string Naming::own(std::string_view function) const { return joined(prefix, function, c_suffix); }

std::span<const Naming> namings() { return known; }

const Naming* naming_of(const std::function<bool(const std::string&)>& has) {
  const auto found = std::ranges::find_if(known, [&has](const Naming& naming) {
    return has(naming.c("sgemm")) || has(naming.fortran("sgemm")) || has(naming.c("dgemm")) ||
           has(naming.fortran("dgemm"));
  });
  return found != known.end() ? &*found : nullptr;
}

int probe_integer_bits(const SymbolLookup& look_up, const Naming& naming, bool of_c) {
  return of_c ? by_c(look_up, naming) : by_fortran(look_up, naming);
}

}  // namespace sqrtn::blas
