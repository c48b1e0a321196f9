#pragma once

#include "claims/routines/routines.hpp"

namespace sqrtn::claims {

/// Whether a described routine touches memory beside its operands, which lie between pages that nobody may touch: now
/// each begins where such a page ends, now it ends where one begins.
template <class T>
void inside(const Inquiry& inquiry);

}  // namespace sqrtn::claims
