#include "libraries/judge.hpp"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <memory>

#include "support/interrupt.hpp"
#include "support/process_state.hpp"
#include "support/progress.hpp"

namespace sqrtn::libraries {
namespace {

/// Memory that claims give back stays with the process: to have its pages cleared again for each call takes longer than
/// most calls.
void keep_memory() {
#ifdef __GLIBC__
  constexpr int largest = 32 << 20;  // what is larger has pages of its own whatever is asked for
  ::mallopt(M_MMAP_THRESHOLD, largest);
  ::mallopt(M_TRIM_THRESHOLD, 8 * largest);
#endif
}

blas::Identity identity_of(const blas::Backend& backend, const Judging& judging) {
  if (judging.identified) return backend.identity();
  blas::Identity identity;
  identity.name = identity.file_name = backend.file_name();
  return identity;
}

std::vector<claims::Result> run_claims(const std::vector<claims::Claim>& claims, const claims::Subject& subject,
                                       const claims::Settings& settings) {
  std::vector<claims::Result> results;
  Progress progress("claims");
  for (const claims::Claim& claim : claims) {
    progress.update(static_cast<double>(results.size()) / static_cast<double>(claims.size()), claim.id);
    if (interrupted()) {
      results.push_back({.claim = claim, .outcome = {}});
      results.back().outcome.reason = "not judged: interrupted";
    } else {
      results.push_back(claims::run(claim, subject, settings));
    }
  }
  return results;
}

}  // namespace

std::vector<claims::Result> judge_own(std::vector<claims::Claim> claims, const claims::Settings& settings) {
  std::erase_if(claims, &claims::Claim::uses_blas);
  return run_claims(claims, claims::default_subject({}, ""), settings);
}

std::vector<claims::Result> in_order(const std::vector<claims::Claim>& claims, std::vector<claims::Result> own,
                                     std::vector<claims::Result> of_library) {
  std::vector<claims::Result> results;
  auto next_own = own.begin(), next_library = of_library.begin();
  for (const claims::Claim& claim : claims)
    results.push_back(std::move(claim.uses_blas ? *next_library++ : *next_own++));
  return results;
}

JudgedLibrary judge_in_process(const std::string& blas, const std::vector<claims::Claim>& claims,
                               const Judging& judging) {
  keep_memory();
  const auto before = std::make_shared<const ProcessState>(process_state());
  const blas::Backend backend = load_library(blas);
  backend.set_threads(1);
  claims::Subject subject = claims::default_subject(backend.functions(), backend.file_name(),
                                                    [backend](int threads) { return backend.set_threads(threads); });
  subject.interfaces = backend.interfaces();
  subject.before_loading = before;
  Judged judged;
  judged.claims = run_claims(claims, subject, judging.settings);
  JudgedLibrary answer{{identity_of(backend, judging), backend.threads(), ""}, std::move(judged)};
  if (judging.properties) answer.judged.properties = claims::blas_properties(subject, judging.settings);
  return answer;
}

}  // namespace sqrtn::libraries
