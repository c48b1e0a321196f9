#include "product_checks.hpp"
#include "sqrtn/claims/claim.hpp"

namespace sqrtn::claims {
namespace {

constexpr const char* exact_source = "Basic Linear Algebra Subprograms Technical Forum Standard, ch. 2";
constexpr const char* bound_source =
    "Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., (3.5) and (3.13)";

template <class T>
constexpr std::string_view dtype = sizeof(T) == sizeof(float) ? "f32" : "f64";

using Check = std::function<Outcome(const blas::Functions&, TestData&)>;

template <class T>
Claim make_claim(std::string_view routine, std::string_view name, std::string statement, const char* source,
                 Check check) {
  Claim claim;
  claim.id = fmt::format("products/{}/{}/{}", routine, dtype<T>, name);
  claim.statement = std::move(statement);
  claim.source = source;
  claim.uses_blas = true;
  claim.check = [id = claim.id, check = std::move(check)](const Subject& subject, const Settings& settings) {
    TestData data(settings.seed, id);
    return check(subject.products, data);
  };
  return claim;
}

template <class T>
void add_claims(const Product& product, std::vector<Claim>& claims) {
  const auto add = [&](std::string_view name, std::string statement, const char* source,
                       Outcome (*check)(const Product&, const blas::Functions&, TestData&)) {
    claims.push_back(make_claim<T>(
        product.name, name, std::move(statement), source,
        [&product, check](const blas::Functions& blas, TestData& data) { return check(product, blas, data); }));
  };
  const std::string formula(product.formula);
  add("exact_small", formula + " is exact for integers, at every small shape; gaps are neither read nor written",
      exact_source, exact_small<T>);
  add("exact_large", formula + " is exact for integers, around the block sizes of kernels and caches", exact_source,
      exact_large<T>);
  if (product.routine == Routine::gemm || product.routine == Routine::gemv) {
    add("beta_zero", formula + " with β = 0 does not read the NaN that the result held", exact_source, beta_zero<T>);
  }
  const std::string bound = ": |error| ≤ γ_{k+2}(|α||A||B| + |β||C|) entry by entry, worst case, ";
  add("random_bound", formula + bound + "N(0,1) inputs", bound_source, random_bound<T>);
  add("hard_bound", formula + bound + "positive, cancelling and badly scaled inputs", bound_source, hard_bound<T>);
  if (product.routine == Routine::gemm) {
    add("repeatable", formula + ": the same call gives the same bits", "design of this project", repeatable<T>);
  }
}

template <class T>
void add_norm_claims(std::vector<Claim>& claims) {
  claims.push_back(make_claim<T>("nrm2", "bound", "|error| ≤ γ_{3n+2}‖x‖, worst case", bound_source, norm_bound<T>));
  claims.push_back(make_claim<T>("nrm2", "extremes",
                                 "|error| ≤ γ_{3n+2}‖x‖, worst case, where the squares overflow or underflow",
                                 exact_source, norm_extremes<T>));
}

}  // namespace

std::vector<Claim> product_claims(const Settings&) {
  std::vector<Claim> claims;
  for (const Product& product : products()) {
    add_claims<float>(product, claims);
    add_claims<double>(product, claims);
  }
  add_norm_claims<float>(claims);
  add_norm_claims<double>(claims);
  return claims;
}

}  // namespace sqrtn::claims
