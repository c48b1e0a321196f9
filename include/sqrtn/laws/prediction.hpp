#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sqrtn/laws/log_sum.hpp"
#include "sqrtn/statistics/hypothesis.hpp"
#include "sqrtn/statistics/moments.hpp"

/// What a law says of one number before it is seen.
namespace sqrtn::laws {

/// A law on the real line, by its two tails and its quantiles; a discrete law's tails both hold x.
struct Prediction {
  std::function<double(double)> at_most;   ///< P(X ≤ x)
  std::function<double(double)> at_least;  ///< P(X ≥ x)
  std::function<double(double)> quantile;  ///< the smallest x with P(X ≤ x) ≥ probability
  std::string basis;                       ///< "exact", "central limit theorem", "64 simulated runs", …
  double finest = 0;                       ///< p-values below this are extrapolated, not known

  /// min(1, 2·min(P(X ≤ x), P(X ≥ x))); 0 for a NaN.
  [[nodiscard]] double p_value(double x) const;
  /// Central, of this probability: [quantile((1 − level)/2), quantile((1 + level)/2)].
  [[nodiscard]] statistics::Interval interval(double level = 0.99) const;
};

/// X = value, always.
Prediction certain(double value);

/// X ~ N(mean, stddev²).
Prediction normal(double mean, double stddev, std::string basis);

/// X = e^{Y/2}, Y of this law: a norm or a root mean square from the logarithm of its square.
Prediction root(const LogSum& law);

/// X = ±e^{Y/2}, each sign with probability ½.
Prediction symmetric_root(const LogSum& law);

/// X = first + i with probability mass[i].
Prediction counts(long first, std::vector<double> mass, std::string basis);

/// √X or e^X of another law, whose quantiles are ≥ 0 for the root.
Prediction square_root(Prediction square);
Prediction exponential(Prediction logarithm);

/// One more draw of the normal law of a simulated sample: (x − mean)/(s√(1 + 1/N)) ~ Student(N − 1). That
/// the law is normal can be known of N draws only down to finest = 2/(N + 1).
/// Throws: std::invalid_argument for fewer than 2 draws or draws that are all equal.
Prediction next_normal(const statistics::Moments& simulated);

/// One more draw of the law of a simulated sample, whatever it is: tails by rank, (r + 1)/(N + 1), which
/// is valid for every law; no p-value is below finest = 2/(N + 1). Throws: std::invalid_argument for an empty sample or
/// a NaN.
Prediction next_of(std::vector<double> simulated);

}  // namespace sqrtn::laws
