#include "claims/weights/ratio.hpp"

#include <cmath>
#include <tuple>

namespace sqrtn::claims::weights {

Ratio ratio_to(const std::string& rule, double stddev, const LawFit& law, const Shape& shape,
               std::optional<init::Layer> layer, std::size_t groups) {
  const Interval interval{law.stddev.low / stddev, law.stddev.high / stddev};
  NamedFactors named = named_factors(usual_factors(shape, law.law, layer, groups), interval);
  return {rule, law.estimate / stddev, interval, std::move(named.names), named.are_guesses};
}

std::optional<Ratio> nearest_rule(const LawFit& law, const Shape& shape) {
  std::optional<Ratio> nearest;
  for (const Candidate& candidate : candidates(shape)) {
    if (candidate.law != law.law || (candidate.n_options > 0 && !candidate.takes_depth)) continue;
    Ratio ratio = ratio_to(candidate.name, candidate.stddev, law, shape);
    if (ratio.is_guess != candidate.takes_depth) ratio.factors.clear();
    const auto rank = [](const Ratio& r) {
      return std::tuple(r.factors.empty(), r.is_guess, std::abs(std::log(r.estimate)));
    };
    if (!nearest || rank(ratio) < rank(*nearest)) nearest = std::move(ratio);
  }
  return nearest;
}

}  // namespace sqrtn::claims::weights
