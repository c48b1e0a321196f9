#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "sqrtn/blas/backend.hpp"
#include "sqrtn/claims/claim.hpp"

/// What the verify files share: the run's library, seed and subject, and how a fault is planted.
namespace sqrtn::verify {

/// The library of --blas, the default one otherwise.
const blas::Backend& backend();

/// Kernels of OpenBLAS that are far from as fast as those which it takes by itself: Prescott's where it does not know
/// the processor, which is a newer one then.
inline std::string other_kernel() { return backend().identity().kernel == "Prescott" ? "Haswell" : "Prescott"; }

/// Seed of --seed, and effect scale (SQRTN_EFFECT_SCALE in the environment, for sanitizer builds).
const claims::Settings& settings();

/// sqrtn's own draws and the library's products.
const claims::Subject& subject();

/// Throws: std::out_of_range if no claim has this id.
const claims::Claim& claim_of(const std::string& id);

/// Succeeds if the claim fails on `faulty`. A claim about products must also pass on the honest subject, as the tests
/// that are the claims assert of all others.
testing::AssertionResult caught(const std::string& id, const claims::Subject& faulty);

/// The same for a fault that is as large as the effect that the claim states.
/// Throws: std::bad_optional_access if it states none.
testing::AssertionResult caught(const std::string& id, const std::function<claims::Subject(double effect)>& plant);

}  // namespace sqrtn::verify
