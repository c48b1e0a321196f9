#pragma once

#include <vector>

#include "blas/operations.hpp"
#include "claims/products/data.hpp"
#include "claims/products/forked.hpp"
#include "sqrtn/claims/subject.hpp"

/// What a claim about all routines may call without being ended by one of them.
namespace sqrtn::claims {

/// A few calls of a described routine in one type, whatever comes out.
template <class T>
void call_plainly(const blas::Operation& operation, const Subject& subject, TestData& data, const Tell& tell,
                  const std::string& when);

/// The described routines of a type whose plain calls do not end a child of this process: the claims about a routine
/// say so where it does, and no stack or flag is to blame. All, if not even one lasts in a child, or with a sanitizer.
template <class T>
std::vector<const blas::Operation*> lasting_operations(const Subject& subject, TestData& data);

}  // namespace sqrtn::claims
