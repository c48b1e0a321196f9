#pragma once

#include <string_view>
#include <vector>

#include "blas/operations.hpp"
#include "sqrtn/claims/claim.hpp"

/// What is claimed of every routine that blas/operations.hpp describes, in each of its types.
namespace sqrtn::claims {

struct Inquiry;

/// One claim about each routine that it fits.
struct RoutineCheck {
  std::string_view name;  ///< the last part of the claim's id
  bool (*fits)(const blas::Operation&);
  std::string_view statement;  ///< goes on after the routine's formula
  std::string_view source;
  void (*check)(const Inquiry&);
};

template <class T>
const std::vector<RoutineCheck>& routine_checks();

/// In the order of the routines, then of their types.
std::vector<Claim> routine_claims();

}  // namespace sqrtn::claims
