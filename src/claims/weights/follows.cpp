#include "sqrtn/claims/follows.hpp"

#include <fmt/ranges.h>

#include "claims/weights/following.hpp"
#include "claims/weights/judge.hpp"
#include "sqrtn/support/require.hpp"
#include "statistics/p_text.hpp"

namespace sqrtn {
namespace {

using namespace claims::weights;

std::string reason(const Judged& judged) {
  const Assertion& assertion = *judged.assertion;
  std::string why = fmt::format("{} values, sigma {:.6g}: {} {}", judged.count, judged.stddev, assertion.rule,
                                word_of(assertion.outcome, outcome_words));
  if (assertion.failed != Test::none) {
    why +=
        fmt::format(" by its {}, {}", word_of(assertion.failed, test_words), statistics::p_text(assertion.p_value, 1));
  }
  if (assertion.ratio) {
    const Ratio& ratio = *assertion.ratio;
    why += fmt::format("; sigma is {:.4g} [{:.4g}, {:.4g}] x the rule's", ratio.estimate, ratio.interval.low,
                       ratio.interval.high);
    if (!ratio.factors.empty()) why += fmt::format(" ({})", fmt::join(ratio.factors, " or "));
  }
  for (const Finding& finding : judged.findings) why += "; " + finding.text;
  return why + fmt::format("; so many values find {:.2g} % of variance", 100 * judged.effect);
}

}  // namespace

Following claims::weights::following(const StoredTensor& tensor, std::string_view rule, double alpha) {
  const Expected expected = parse_expected(rule);
  const Judged judged = inspect(tensor, &expected, alpha, 0).judged;
  return {judged.assertion->outcome == Outcome::holds, reason(judged)};
}

template <class T>
Following follows(std::span<const T> weights, std::string_view rule, const Shape& shape, double alpha) {
  require(alpha > 0 && alpha <= 0.01, "alpha must be in (0, 0.01], got {}", alpha);
  require(weights.size() == element_count(shape), "{} weights, but the shape {} has {}", weights.size(),
          to_string(shape), element_count(shape));
  return following({"weights", native_dtype<T>, shape, false, false, std::as_bytes(weights), {}}, rule, alpha);
}

template Following follows(std::span<const float>, std::string_view, const Shape&, double);
template Following follows(std::span<const double>, std::string_view, const Shape&, double);

}  // namespace sqrtn
