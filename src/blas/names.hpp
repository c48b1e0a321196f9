#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

/// How libraries call the routines of the BLAS, and how wide their integers are.
namespace sqrtn::blas {

/// The address of a library's function of that name; nullptr if it has none.
using SymbolLookup = std::function<void*(const std::string&)>;

/// A naming scheme: what stands before and after the standard's names in C's interface, and in Fortran's.
struct Naming {
  std::string_view prefix, c_suffix, fortran_suffix;

  [[nodiscard]] std::string c(std::string_view routine) const;        ///< "scipy_cblas_dgemm64_" of "dgemm"
  [[nodiscard]] std::string fortran(std::string_view routine) const;  ///< "scipy_dgemm_64_" of "dgemm"
  /// Of what is no routine of the BLAS: "scipy_openblas_get_config64_" of "openblas_get_config".
  [[nodiscard]] std::string own(std::string_view function) const;
};

/// Those that are known, the standard's own names first. Names do not tell the width of integers: that is probed.
std::span<const Naming> namings();

/// The first scheme by which one of those names has a matrix product; nullptr if there is none.
const Naming* naming_of(const std::function<bool(const std::string&)>& has);

/// 32 or 64: the width of the integers that the functions of one interface take, found by calls that read no more
/// than three numbers whatever the width is; 0 if none of them tells. In this order:
/// ilaver, which writes three integers (Fortran alone); isamax and sdot of n = 0xffffffff00000003, which is 3 in 32
/// bits and negative, so nothing, in 64.
int probe_integer_bits(const SymbolLookup& look_up, const Naming& naming, bool of_c);

}  // namespace sqrtn::blas
