#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "blas/operations.hpp"
#include "claims/routines/stored.hpp"
#include "sqrtn/claims/claim.hpp"

/// What is claimed of every routine that blas/operations.hpp describes, in each of its types.
namespace sqrtn::claims {

struct Inquiry;

/// How much of a claim a quick run judges.
enum class WhenQuick { all_interfaces, one_interface, nothing };

/// One claim about each routine that it fits.
struct RoutineCheck {
  std::string_view name;  ///< the last part of the claim's id
  bool (*fits)(const blas::Operation&);
  std::string_view statement;  ///< goes on after the routine's formula
  std::string_view source;
  void (*check)(const Inquiry&);
  WhenQuick when_quick = WhenQuick::one_interface;
};

template <class T>
const std::vector<RoutineCheck>& routine_checks();

/// Whether its results are rounded, so that there is a bound of the error.
bool rounds(const blas::Operation& operation);

/// Integers at these shapes, compared entry by entry.
template <class T>
void exact_shapes(const Inquiry& inquiry, const std::vector<Choice>& shapes);
/// Normal and positive inputs at these shapes, compared with the bound.
template <class T>
void bound_shapes(const Inquiry& inquiry, const std::vector<Choice>& shapes);

/// The outcome of `check` for that routine, exactly or by its bound; skipped if the library has no such routine.
template <class T>
Outcome checked(const blas::Operation& operation, const Subject& subject, const Settings& settings,
                const std::string& id, bool bound, const std::function<void(const Inquiry&)>& check);

/// In the order of the routines, then of their types.
std::vector<Claim> routine_claims();

}  // namespace sqrtn::claims
