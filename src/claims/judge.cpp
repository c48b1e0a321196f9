#include "claims/judge.hpp"

#include <cmath>
#include <utility>

#include "claims/promise.hpp"

namespace sqrtn::claims {

Claim exact_claim(std::string id, std::string statement, std::string source, std::string_view engine) {
  Claim claim;
  claim.id = std::move(id);
  claim.statement = std::move(statement);
  claim.source = std::move(source);
  claim.engine = engine;
  claim.claim_class = class_of(claim.id);
  return claim;
}

Claim statistical_claim(std::string id, std::string statement, std::string source, std::string_view engine,
                        double effect_size) {
  Claim claim = exact_claim(std::move(id), std::move(statement), std::move(source), engine);
  claim.alpha = rates.alpha;
  claim.power = rates.power();
  claim.effect_size = effect_size;
  return claim;
}

Outcome exact_outcome(std::string reason, std::size_t n_compared) {
  if (reason.empty() && n_compared == 0) reason = "nothing was compared";
  Outcome outcome;
  outcome.verdict = reason.empty() ? Verdict::pass : Verdict::fail;
  outcome.reason = std::move(reason);
  outcome.n_samples = n_compared;
  return outcome;
}

Outcome failure(std::string reason) {
  Outcome outcome;
  outcome.verdict = Verdict::fail;
  outcome.reason = std::move(reason);
  return outcome;
}

Outcome skipped(std::string reason) {
  Outcome outcome;
  outcome.verdict = Verdict::skipped;
  outcome.reason = std::move(reason);
  return outcome;
}

Outcome left_to_whole_runs() { return skipped("left to a run that is not quick"); }

Outcome judge(const std::optional<statistics::TestResult>& test, double expected, double unit) {
  Outcome outcome;
  outcome.expected = expected;
  if (!test) {
    outcome.reason = "too little data for the test";
    return outcome;
  }
  if (std::isnan(test->p_value)) {
    outcome.reason = "the p-value could not be computed";
    return outcome;
  }
  outcome.verdict = test->rejected ? Verdict::fail : Verdict::pass;
  outcome.n_samples = test->n_samples;
  outcome.statistic = test->statistic;
  outcome.p_value = test->p_value;
  outcome.observed = test->estimate * unit;
  outcome.confidence_interval = {test->confidence_interval.low * unit, test->confidence_interval.high * unit};
  return outcome;
}

}  // namespace sqrtn::claims
