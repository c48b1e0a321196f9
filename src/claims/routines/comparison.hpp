#pragma once

#include <string_view>

#include "claims/products/findings.hpp"
#include "claims/routines/instance.hpp"

/// How a call of a described routine is compared with what it should have done.
namespace sqrtn::claims {

/// Calls, then holds that outputs are what they should be and everything else is as it was: exactly, or within the
/// bound. `note`: what else is told of a failure.
template <class T>
void call_and_compare(Instance<T>& instance, const blas::Interface& interface, bool exact, std::string_view note,
                      Findings& found);

}  // namespace sqrtn::claims
