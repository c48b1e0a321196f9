#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sqrtn/claims/claim.hpp"

/// What all files of claims share: the two kinds of claim and the two ways to a verdict.
namespace sqrtn::claims {

inline constexpr statistics::ErrorRates rates;
/// For sums of terms with a skewness of 8 to 10, fourth powers and products of squares, that are judged by the central
/// limit theorem: at the sizes of effect_scale 10 their tails hold up to 2.8 times what the normal law says.
inline constexpr statistics::ErrorRates skewed_rates{rates.alpha / 4, rates.miss};

template <class T>
constexpr std::string_view dtype_name() {
  return sizeof(T) == sizeof(float) ? "f32" : "f64";
}

/// A claim without error rates: it holds or it does not.
Claim exact_claim(std::string id, std::string statement, std::string source, std::string_view engine = {});

/// A claim with the run's error rates at this effect size.
Claim statistical_claim(std::string id, std::string statement, std::string source, std::string_view engine,
                        double effect_size);

/// pass if nothing was wrong among `n_compared` values or cases; fail for the reason that is given, and where there was
/// nothing to compare.
Outcome exact_outcome(std::string reason, std::size_t n_compared);

/// fail for this reason.
Outcome failure(std::string reason);

/// skipped for this reason.
Outcome skipped(std::string reason);

/// skipped, since the run is a quick one.
Outcome left_to_whole_runs();

/// The verdict of a test at its own alpha; estimate and interval are shown in multiples of `unit`.
/// No test: inconclusive.
Outcome judge(const std::optional<statistics::TestResult>& test, double expected, double unit = 1);

}  // namespace sqrtn::claims
