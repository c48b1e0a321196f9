#include <cfenv>
#include <set>

#include "claims/judge.hpp"
#include "claims/products/checks.hpp"
#include "claims/routines/routines.hpp"

namespace sqrtn::claims {
namespace {

/// Of `subject`: a routine, or all.
template <class T>
Claim claim_of(std::string_view subject, std::string_view name, std::string statement, const char* source) {
  Claim claim =
      exact_claim(fmt::format("products/{}/{}/{}", subject, dtype_name<T>(), name), std::move(statement), source);
  claim.uses_blas = true;
  return claim;
}

/// Whatever an earlier call left behind, each check starts from the default floating-point environment.
template <class T>
Claim claim_of(const blas::Operation& operation, const Check& row) {
  Claim claim = claim_of<T>(operation.name, row.name, std::string(operation.formula) + row.statement, row.source);
  const bool about_values = claim.claim_class == ClaimClass::values;
  claim.check = [id = claim.id, about_values, &operation, row](const Subject& subject, const Settings& settings) {
    const std::vector<blas::Interface> interfaces{products_of(subject)};
    if (!interfaces.front().has(operation, blas_type<T>))
      return skipped(fmt::format("the library has no cblas_{}", name_of(operation, blas_type<T>)));
    std::fesetenv(FE_DFL_ENV);
    TestData data(settings.seed, id);
    Findings found;
    row.check({operation, blas_type<T>, interfaces, data, found, 1, !(settings.quick && about_values)});
    Outcome outcome = row.outcome(found);
    // A program in C calls what C's interface exports.
    const bool has_c = std::ranges::any_of(subject.interfaces, &blas::Interface::of_c);
    if (!has_c) outcome.program.clear();
    return outcome;
  };
  return claim;
}

template <class T>
void add_claims(const blas::Operation& operation, std::vector<Claim>& all) {
  // Whether answers repeat comes first: where they do not, the rest follows from it.
  for (const auto& checks : {checks_of_precision<T>(), checks_of_sums<T>(), checks_of_trsm<T>(), checks_of_nrm2<T>(),
                             checks_of_exceptional<T>(), checks_of_memory<T>(), checks_of_state<T>()}) {
    for (const Check& row : checks) {
      const bool listed = std::ranges::find(row.of, operation.name) != row.of.end();
      if (listed || row.of.empty()) all.push_back(claim_of<T>(operation, row));
    }
  }
}

/// Of the library as a whole, each through all routines of one type.
template <class T>
void add_common_claims(const std::vector<CommonCheck>& checks, std::vector<Claim>& all) {
  for (const CommonCheck& row : checks) {
    Claim claim = claim_of<T>("all", row.name, row.statement, row.source);
    claim.check = [id = claim.id, check = row.check](const Subject& subject, const Settings& settings) {
      if (settings.quick && !std::is_same_v<T, float>) return left_to_whole_runs();
      TestData data(settings.seed, id);
      return check(subject, data);
    };
    all.push_back(std::move(claim));
  }
}

template <class T>
void add_common_claims(std::vector<Claim>& all) {
  for (const auto& checks : {common_checks_of_loading<T>(), common_checks_of_state<T>(), common_checks_of_flags<T>(),
                             common_checks_of_threads<T>()}) {
    add_common_claims<T>(checks, all);
  }
}

}  // namespace

std::vector<Claim> claims_of_the_nine() {
  std::vector<Claim> claims;
  // First, so that children are forked before the library has had threads, and what loading it changed is still to be
  // seen.
  add_common_claims<float>(common_checks_of_children<float>(), claims);
  add_common_claims<double>(common_checks_of_children<double>(), claims);
  add_common_claims<float>(claims);
  add_common_claims<double>(claims);
  for (const std::string_view name : names_of_the_nine) {
    add_claims<float>(described(name), claims);
    add_claims<double>(described(name), claims);
  }
  return claims;
}

std::vector<Claim> product_claims(const Settings&) {
  std::vector<Claim> claims = claims_of_the_nine();
  // The nine have most of these already, under the same names.
  std::set<std::string> known;
  for (const Claim& claim : claims) known.insert(claim.id);
  for (Claim& claim : routine_claims()) {
    if (!known.contains(claim.id)) claims.push_back(std::move(claim));
  }
  return claims;
}

}  // namespace sqrtn::claims
