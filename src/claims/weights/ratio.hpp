#pragma once

#include <optional>
#include <string>
#include <vector>

#include "claims/weights/candidates.hpp"
#include "claims/weights/sample.hpp"

namespace sqrtn::claims::weights {

/// A deviation as a multiple of a rule's.
struct Ratio {
  std::string rule;
  double estimate = 1;
  Interval interval;
  std::vector<std::string> factors;  ///< usual ones in the interval
  bool is_guess = false;             ///< the factors are of a kind of which some fits nearly always
};

/// Of a law that holds, to what the rule of that name gives; the factors are those of this layer's weight.
Ratio ratio_to(const std::string& rule, double stddev, const LawFit& law, const Shape& shape,
               std::optional<init::Layer> layer = {}, std::size_t groups = 1);

/// To the plain rule from which a usual factor leads here, else to the nearest; nullopt for a law of no rule. A
/// residual depth is said of N(0, 0.02²) alone, which is scaled so: of the others one fits by chance.
std::optional<Ratio> nearest_rule(const LawFit& law, const Shape& shape);

}  // namespace sqrtn::claims::weights
