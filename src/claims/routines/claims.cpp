#include <cfenv>
#include <complex>

#include "claims/judge.hpp"
#include "claims/routines/routines.hpp"
#include "claims/routines/sweep.hpp"

namespace sqrtn::claims {
namespace {

template <class T>
Claim claim_of(const blas::Operation& operation, const RoutineCheck& row) {
  Claim claim = exact_claim(fmt::format("products/{}/{}/{}", operation.name, scalar_name<T>, row.name),
                            fmt::format("{}{}", operation.formula, row.statement), std::string(row.source));
  claim.uses_blas = true;
  claim.check = [id = claim.id, &operation, &row](const Subject& subject, Settings settings) {
    if (settings.quick && row.when_quick == WhenQuick::nothing) return left_to_whole_runs();
    settings.quick = settings.quick && row.when_quick == WhenQuick::one_interface;
    const bool bound = row.name == "random_bound" || row.name == "growth";
    return checked<T>(operation, subject, settings, id, bound, row.check);
  };
  return claim;
}

template <class T>
void add_claims(const blas::Operation& operation, std::vector<Claim>& all) {
  if (operation.types.find(blas_type<T>) == std::string_view::npos) return;
  for (const RoutineCheck& row : routine_checks<T>()) {
    if (row.fits(operation)) all.push_back(claim_of<T>(operation, row));
  }
}

}  // namespace

template <class T>
Outcome checked(const blas::Operation& operation, const Subject& subject, const Settings& settings,
                const std::string& id, bool bound, const std::function<void(const Inquiry&)>& check) {
  std::vector<blas::Interface> interfaces = subject.interfaces;
  std::erase_if(interfaces, [&](const blas::Interface& each) { return !each.has(operation, blas_type<T>); });
  if (interfaces.empty()) return skipped("the library has no " + name_of(operation, blas_type<T>));
  if (settings.quick) interfaces.erase(interfaces.begin() + 1, interfaces.end());
  std::fesetenv(FE_DFL_ENV);
  TestData data(settings.seed, id);
  Findings found;
  const auto every = static_cast<std::size_t>(settings.effect_scale);
  check({operation, blas_type<T>, interfaces, data, found, every});
  return bound ? bound_outcome(found) : exact_outcome(found);
}

template Outcome checked<float>(const blas::Operation&, const Subject&, const Settings&, const std::string&, bool,
                                const std::function<void(const Inquiry&)>&);
template Outcome checked<double>(const blas::Operation&, const Subject&, const Settings&, const std::string&, bool,
                                 const std::function<void(const Inquiry&)>&);
template Outcome checked<std::complex<float>>(const blas::Operation&, const Subject&, const Settings&,
                                              const std::string&, bool, const std::function<void(const Inquiry&)>&);
template Outcome checked<std::complex<double>>(const blas::Operation&, const Subject&, const Settings&,
                                               const std::string&, bool, const std::function<void(const Inquiry&)>&);

std::vector<Claim> routine_claims() {
  std::vector<Claim> claims;
  for (const blas::Operation& operation : blas::operations()) {
    add_claims<float>(operation, claims);
    add_claims<double>(operation, claims);
    add_claims<std::complex<float>>(operation, claims);
    add_claims<std::complex<double>>(operation, claims);
  }
  return claims;
}

}  // namespace sqrtn::claims
