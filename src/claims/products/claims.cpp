#include <cfenv>

#include "claims/judge.hpp"
#include "claims/products/exceptional.hpp"
#include "claims/products/memory.hpp"
#include "claims/products/nrm2.hpp"
#include "claims/products/precision.hpp"
#include "claims/products/state.hpp"
#include "claims/products/sums.hpp"
#include "claims/products/trsm.hpp"
#include "sqrtn/claims/claim.hpp"

namespace sqrtn::claims {
namespace {

constexpr const char* exact_source = "Basic Linear Algebra Subprograms Technical Forum Standard, ch. 2";
constexpr const char* bound_source =
    "Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., (3.5) and (3.13)";
constexpr const char* solve_source = "Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., theorem 8.5";
constexpr const char* reference_source = "reference BLAS 3.11: 'alpha = 0' returns at once, or after scaling by beta";
constexpr const char* ieee_source = "IEEE 754-2019, 6.1 and 6.2; reference BLAS 3.11; OpenBLAS#4728";
constexpr const char* grading_source =
    "Demmel and others, How to grade the accuracy of an implementation of the BLAS; pytorch#67384";
constexpr const char* design_source = "design of this project";

using Check = std::function<Outcome(const blas::Functions&, TestData&)>;

template <class T>
Outcome skipped_for_lack_of(const Product& product) {
  Outcome outcome;
  outcome.verdict = Verdict::skipped;
  outcome.reason = fmt::format("the library has no cblas_{}{}", sizeof(T) == sizeof(float) ? 's' : 'd', product.name);
  return outcome;
}

/// Whatever an earlier call left behind, each check starts from the default floating-point environment.
template <class T>
Claim make_claim(const Product& product, std::string_view name, std::string statement, const char* source,
                 Check check) {
  Claim claim =
      exact_claim(fmt::format("products/{}/{}/{}", product.name, dtype_name<T>(), name), std::move(statement), source);
  claim.uses_blas = true;
  claim.check = [id = claim.id, &product, check = std::move(check)](const Subject& subject, const Settings& settings) {
    if (!has<T>(product.routine, subject.products)) return skipped_for_lack_of<T>(product);
    std::fesetenv(FE_DFL_ENV);
    TestData data(settings.seed, id);
    return check(subject.products, data);
  };
  return claim;
}

/// The claims about one routine and type, one line each.
template <class T>
class ClaimsOf {
 public:
  ClaimsOf(const Product& product, std::vector<Claim>& claims) : product_(product), claims_(claims) {}

  void add(std::string_view name, std::string statement, const char* source,
           Outcome (*check)(const Product&, const blas::Functions&, TestData&)) {
    claims_.push_back(make_claim<T>(product_, name, formula() + std::move(statement), source,
                                    [&product = product_, check](const blas::Functions& blas, TestData& data) {
                                      return check(product, blas, data);
                                    }));
  }
  void add(std::string_view name, std::string statement, const char* source,
           Outcome (*check)(const blas::Functions&, TestData&)) {
    claims_.push_back(make_claim<T>(product_, name, formula() + std::move(statement), source, check));
  }

 private:
  [[nodiscard]] std::string formula() const { return std::string(product_.formula); }
  const Product& product_;
  std::vector<Claim>& claims_;
};

/// Of every routine that is a plain case of gemm.
template <class T>
void add_sum_claims(ClaimsOf<T> claims) {
  claims.add("exact_small", " is exact for integers, at every small shape; gaps are neither read nor written",
             exact_source, exact_small<T>);
  claims.add("exact_large", " is exact for integers, around the block sizes of kernels and caches, and past 2¹⁶",
             exact_source, exact_large<T>);
  const std::string bound = ": |error| ≤ γ_{k+2}(|α||A||B| + |β||C|) entry by entry, worst case, ";
  claims.add("random_bound", bound + "N(0,1) inputs", bound_source, random_bound<T>);
  claims.add("hard_bound", bound + "positive, cancelling and badly scaled inputs", bound_source, hard_bound<T>);
  claims.add("exceptional", ": a NaN or Inf reaches the entries that depend on it, and no other", ieee_source,
             exceptional<T>);
  claims.add("subnormals", ": subnormals are kept, as operands and as results", ieee_source, subnormals<T>);
}

template <class T>
void add_claims(const Product& product, std::vector<Claim>& all) {
  ClaimsOf<T> claims(product, all);
  const Routine routine = product.routine;
  if (routine == Routine::trsm) {
    claims.add("exact",
               " is exact where every partial sum is a small integer; gaps, the other triangle and a "
               "diagonal of ones are not read",
               exact_source, solve_exact<T>);
    claims.add("bound", ": |op(A)X − αB| ≤ γ_{n+2}(|op(A)||X| + |αB|) entry by entry, worst case", solve_source,
               solve_bound<T>);
    claims.add("alpha_zero", " with α = 0 is 0 and reads neither A nor B, which hold NaN", reference_source,
               solve_alpha_zero<T>);
    claims.add("exceptional_scalars", " with α = NaN is NaN", ieee_source, solve_alpha_nan<T>);
    claims.add("exceptional", ": a NaN or Inf in B reaches the solutions that depend on it, and no other system",
               ieee_source, solve_exceptional<T>);
    claims.add("subnormals", ": subnormals are kept, as operands and as results", ieee_source, solve_subnormals<T>);
  } else if (routine == Routine::nrm2) {
    claims.add("bound", ": |error| ≤ γ_{3n+2}‖x‖, worst case", bound_source, norm_bound<T>);
    claims.add("extremes", ": |error| ≤ γ_{3n+2}‖x‖, worst case, where the squares overflow or underflow", exact_source,
               norm_extremes<T>);
    claims.add("exceptional", ": NaN gives NaN, Inf gives Inf, subnormals are kept", ieee_source, norm_exceptional<T>);
  } else {
    add_sum_claims<T>(claims);
  }
  if (routine == Routine::gemm || routine == Routine::gemv || routine == Routine::syrk) {
    claims.add("beta_zero", " with β = 0 does not read the NaN that the result held", exact_source, beta_zero<T>);
  }
  if (routine == Routine::gemm || routine == Routine::gemv || routine == Routine::syrk || routine == Routine::ger ||
      routine == Routine::axpy) {
    claims.add("alpha_zero", " with α = 0 reads neither factor, which hold NaN", reference_source, alpha_zero<T>);
  }
  if (routine != Routine::trsm && routine != Routine::nrm2 && routine != Routine::dot) {
    claims.add("exceptional_scalars", " with α or β NaN or infinite is what IEEE 754 makes of the formula", ieee_source,
               exceptional_scalars<T>);
  }
  // ger, syrk and trsm are left out: their reference skips a zero factor, and what it meets.
  if (routine == Routine::gemm || routine == Routine::gemv || routine == Routine::dot || routine == Routine::scal) {
    claims.add("zero_factor", ": 0·NaN and 0·Inf are NaN", ieee_source, zero_factor<T>);
  }
  claims.add("empty", " with nothing to write touches nothing", "reference BLAS 3.11: 'Quick return if possible'",
             empty<T>);
  claims.add("inside", ": nothing outside of the operands is touched, on either side", exact_source, inside<T>);
  claims.add("history", ": the same bits whatever registers hold and whatever was called before", design_source,
             history<T>);
  if (routine == Routine::gemm) {
    claims.add("precision", ": all significant bits and all exponents of the factors count", grading_source,
               precision<T>);
    claims.add("repeatable", ": the same call gives the same bits", design_source, repeatable<T>);
  }
}

/// Of the library as a whole, each through all routines of one type.
template <class T>
void add_common_claims(std::vector<Claim>& all) {
  const auto add = [&all](std::string_view name, const char* statement, const char* source,
                          Outcome (*check)(const Subject&, TestData&)) {
    Claim claim = exact_claim(fmt::format("products/all/{}/{}", dtype_name<T>(), name), statement, source);
    claim.uses_blas = true;
    claim.check = [id = claim.id, check](const Subject& subject, const Settings& settings) {
      TestData data(settings.seed, id);
      return check(subject, data);
    };
    all.push_back(std::move(claim));
  };
  add("environment", "rounding, traps and subnormals are after each call as IEEE 754's defaults have them",
      "IEEE 754-2019, 4.3 and 7.1; System V ABI, 3.2.3: control bits are preserved by a call", keeps_environment<T>);
  add("concurrent", "four threads calling at once get, bit for bit, what each gets alone", design_source,
      concurrent_callers<T>);
  add("threaded", "exact for integers with several of the library's threads, and one thread gives the bits of before",
      exact_source, threaded<T>);
}

}  // namespace

std::vector<Claim> product_claims(const Settings&) {
  std::vector<Claim> claims;
  // First, so that what loading the library changed is still to be seen.
  add_common_claims<float>(claims);
  add_common_claims<double>(claims);
  for (const Product& product : products()) {
    add_claims<float>(product, claims);
    add_claims<double>(product, claims);
  }
  return claims;
}

}  // namespace sqrtn::claims
