#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sqrtn/blas/backend.hpp"
#include "sqrtn/claims/claim.hpp"

/// What the verify files share: the run's library, seed and subject, and how a fault is planted.
namespace sqrtn::verify {

/// The library of --blas, the default one otherwise.
const blas::Backend& backend();

/// Seed of --seed, and effect scale (SQRTN_EFFECT_SCALE in the environment, for sanitizer builds).
const claims::Settings& settings();

/// sqrtn's own draws and the library's products.
claims::Subject subject();

/// Succeeds if the claim `id` among `claims` passes on the honest subject and fails on `faulty`, so
/// that a test of a planted fault proves both. Throws: std::out_of_range if there is no such claim.
testing::AssertionResult caught(const std::vector<claims::Claim>& claims, const std::string& id,
                                const claims::Subject& faulty);

}  // namespace sqrtn::verify
