#pragma once

#include <string>
#include <vector>

#include "results/libraries.hpp"

/// What is wrong with the libraries of a machine, told once for all that have it.
namespace sqrtn::results {

/// One symptom of one library or of several: builds of one source fail alike.
struct SharedFinding {
  claims::ClaimClass claim_class = claims::ClaimClass::values;
  std::string symptom;                          ///< "returns numbers where 0·NaN is due"
  std::vector<std::size_t> libraries;           ///< places of those that failed the very same claims
  std::vector<const claims::Result*> failures;  ///< those of the first of them; none for an incident
};

/// The worst class first, within it in the order of the libraries; what they did beside answering is of the class
/// process. The results point into `libraries`.
std::vector<SharedFinding> shared_findings(const Libraries& libraries);

/// What a library gets wrong, as far as the findings tell it.
struct Symptom {
  claims::ClaimClass claim_class = claims::ClaimClass::values;
  std::string text;                             ///< "returns numbers where 0·NaN is due"
  std::vector<const claims::Result*> failures;  ///< in the order of its claims; none for an incident
};

/// The worst class first.
std::vector<Symptom> symptoms_of(const Library& library);

/// "returns numbers where 0·NaN is due (gemm, gemv f64)": a symptom with the routines of the claims that showed it.
std::string symptom_text(const std::string& symptom, const std::vector<const claims::Result*>& failures);

/// "blis-openmp, blis-serial": the libraries that have it.
std::string names_text(const Libraries& libraries, const SharedFinding& finding);

/// "gemm, gemv f64": the routines of these claims, with the type where only one of two is meant.
std::string routines_text(const std::vector<const claims::Result*>& results);

}  // namespace sqrtn::results
