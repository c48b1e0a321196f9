#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "claims/products/data.hpp"
#include "claims/products/findings.hpp"
#include "claims/products/forked.hpp"
#include "claims/products/nine.hpp"

/// What is claimed of products. Each subject's checks stand in the source of its name, their promises beside them.
namespace sqrtn::claims {

/// One claim about each routine of a list.
struct Check {
  std::string_view name;                  ///< the last part of the claim's id
  std::vector<std::string_view> of = {};  ///< none: all nine
  std::string statement;                  ///< goes on after the routine's formula
  const char* source;
  void (*check)(const Inquiry&);
  Outcome (*outcome)(const Findings&) = exact_outcome;
};

/// Whose results are sums of products.
inline std::vector<std::string_view> routines_of_sums() {
  std::vector<std::string_view> all;
  for (const std::string_view name : names_of_the_nine) {
    if (adds_products(described(name))) all.push_back(name);
  }
  return all;
}

/// The plain products are the sums that they should be.
template <class T>
std::vector<Check> checks_of_sums();
/// trsm solves its systems.
template <class T>
std::vector<Check> checks_of_trsm();
/// nrm2 is the norm of its vector.
template <class T>
std::vector<Check> checks_of_nrm2();
/// What becomes of NaN, infinities, zeros and subnormals.
template <class T>
std::vector<Check> checks_of_exceptional();
/// Which memory a call may touch.
template <class T>
std::vector<Check> checks_of_memory();
/// What a library keeps between calls.
template <class T>
std::vector<Check> checks_of_state();
/// How many digits a product has, and whether they are the same each time.
template <class T>
std::vector<Check> checks_of_precision();

/// One claim about all routines of a type together.
struct CommonCheck {
  std::string_view name;
  const char *statement, *source;
  Outcome (*check)(const Subject&, TestData&);
};

/// Children after fork(), and small stacks.
template <class T>
std::vector<CommonCheck> common_checks_of_children();
/// What belongs to the whole process.
template <class T>
std::vector<CommonCheck> common_checks_of_loading();
/// What a call leaves as it was in the thread.
template <class T>
std::vector<CommonCheck> common_checks_of_state();
/// Exceptions of IEEE 754 that a call raises.
template <class T>
std::vector<CommonCheck> common_checks_of_flags();
/// Several threads, the caller's and the library's own.
template <class T>
std::vector<CommonCheck> common_checks_of_threads();

/// Of the nine, in single and double precision.
std::vector<Claim> claims_of_the_nine();

/// What is wrong with answers on a thread with a stack of so many bytes, in a child.
template <class T>
ChildFault fault_on_small_stack(const Subject& subject, std::size_t stack_bytes, TestData& data);

/// What several of these sources refer to.
inline constexpr const char* exact_source = "Basic Linear Algebra Subprograms Technical Forum Standard, ch. 2";
inline constexpr const char* bound_source =
    "Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., (3.5) and (3.13)";
inline constexpr const char* reference_source =
    "reference BLAS 3.11: 'alpha = 0' returns at once, or after scaling by beta";
inline constexpr const char* ieee_source = "IEEE 754-2019, 6.1 and 6.2; reference BLAS 3.11; OpenBLAS#4728";
inline constexpr const char* design_source = "design of this project";

}  // namespace sqrtn::claims
