#pragma once

#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "plain_blas.hpp"
#include "program.hpp"
#include "verify.hpp"

/// Faults planted in a BLAS that is as plain as its formulas, and the claims that must find each.
namespace sqrtn::verify {

inline claims::Subject plain_subject() { return claims::default_subject(plain_blas(), "plain"); }

inline claims::Result result_of(const std::string& id, const claims::Subject& judged) {
  for (const claims::Claim& claim : claims::product_claims(settings())) {
    if (claim.id == "products/" + id) return claims::run(claim, judged, settings());
  }
  throw std::out_of_range("no claim has the id products/" + id);
}

struct Planted {
  std::string name;
  void (*plant)(blas::Functions&);
  std::vector<std::string> claims;  ///< each must find it
  const char* words = "";           ///< which each one's reason holds
};
inline std::ostream& operator<<(std::ostream& out, const Planted& planted) { return out << planted.name; }

// NOLINTNEXTLINE(bugprone-macro-parentheses): names of a member and of a template
#define SQRTN_BOTH(entry, fault) [](blas::Functions& f) { f.f32.entry = fault<float>, f.f64.entry = fault<double>; }

/// Each claim of the planted fault fails, and says why.
inline void expect_found(const Planted& planted) {
  claims::Subject faulty = plain_subject();
  planted.plant(faulty.products);
  for (const std::string& id : planted.claims) {
    const claims::Result result = result_of(id, faulty);
    EXPECT_EQ(result.outcome.verdict, claims::Verdict::fail) << claims::describe(result);
    EXPECT_FALSE(result.outcome.reason.empty());
    EXPECT_TRUE(holds(result.outcome.reason, planted.words)) << id;
  }
}

#define SQRTN_GEMM                                                                                              \
  int layout, int trans_a, int trans_b, int m, int n, int k, T alpha, const T *a, int lda, const T *b, int ldb, \
      T beta, T *c, int ldc
#define SQRTN_GEMM_ARGUMENTS layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc

}  // namespace sqrtn::verify
