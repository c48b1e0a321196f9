// A framework that puts sqrtn's claims about an initialiser into its own GoogleTest.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "sqrtn/claims/claim.hpp"
#include "sqrtn/claims/follows.hpp"

namespace {

namespace claims = sqrtn::claims;

/// The verdict on all claims about he_normal in float.
claims::Verdict judge_he_normal(const claims::Subject& subject) {
  const claims::Settings settings;
  std::vector<claims::Result> results;
  for (const claims::Claim& claim : claims::initialiser_claims(settings)) {
    if (claim.id.starts_with("initialisers/he_normal/f32/")) results.push_back(claims::run(claim, subject, settings));
  }
  return claims::overall(results);
}

TEST(Framework, InitialisesAsItClaims) {
  claims::Subject framework = claims::default_subject({}, "");
  EXPECT_EQ(judge_he_normal(framework), claims::Verdict::pass);

  framework.f32.initialise = [right = framework.f32.initialise](const auto& rule, auto layer, const auto& shape,
                                                                auto groups, const auto& stream, auto weights) {
    right(rule, layer, shape, groups, stream, weights);
    for (float& weight : weights) weight /= std::sqrt(2.0F);
  };
  EXPECT_EQ(judge_he_normal(framework), claims::Verdict::fail) << "a forgotten factor 2 went unnoticed";
}

// A test of one's own weights, which prints why not.
TEST(Framework, WeightsFollowTheirRule) {
  std::vector<float> weights(128 * 96);
  const sqrtn::init::Distribution law{sqrtn::init::Law::normal, 2.0 / 96};
  sqrtn::init::initialise<float>(law, {sqrtn::random::Engine::ars, 7}, weights);
  EXPECT_TRUE(sqrtn::follows(weights, "he_normal", {128, 96}));
  EXPECT_FALSE(sqrtn::follows(weights, "lecun_normal", {128, 96}));
}

}  // namespace
