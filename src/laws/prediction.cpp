#include "sqrtn/laws/prediction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "sqrtn/support/require.hpp"

namespace sqrtn::laws {
namespace {

namespace distributions = boost::math;

/// X = location + scale·Z, Z of a standard distribution of Boost.Math.
template <class Distribution>
Prediction shifted(const Distribution& law, double location, double scale, std::string basis) {
  const auto standardised = [=](double x) { return (x - location) / scale; };
  const auto tail = [=](double z, bool upper) {
    if (std::isinf(z)) return (z > 0) == upper ? 0.0 : 1.0;
    return upper ? cdf(complement(law, z)) : cdf(law, z);
  };
  return {[=](double x) { return tail(standardised(x), false); }, [=](double x) { return tail(standardised(x), true); },
          [=](double p) { return location + scale * boost::math::quantile(law, p); }, std::move(basis)};
}

/// X = map(Y), map increasing with this inverse.
Prediction mapped(Prediction y, double (*map)(double), double (*inverse)(double)) {
  Prediction x;
  x.at_most = [at_most = y.at_most, inverse](double v) { return at_most(inverse(v)); };
  x.at_least = [at_least = y.at_least, inverse](double v) { return at_least(inverse(v)); };
  x.quantile = [quantile = y.quantile, map](double p) { return map(quantile(p)); };
  x.basis = std::move(y.basis);
  x.finest = y.finest;
  return x;
}

double signed_square(double x) { return std::copysign(x * x, x); }
double root_of_positive(double x) { return std::sqrt(std::max(x, 0.0)); }
double logarithm(double x) { return std::log(std::max(x, 0.0)); }

}  // namespace

double Prediction::p_value(double x) const {
  if (std::isnan(x)) return 0;
  return std::min(1.0, 2 * std::min(at_most(x), at_least(x)));
}

statistics::Interval Prediction::interval(double level) const {
  require(level > 0 && level < 1, "a level must be inside (0, 1), got {}", level);
  return {quantile((1 - level) / 2), quantile((1 + level) / 2)};
}

Prediction certain(double value) {
  return {[=](double x) { return x >= value ? 1.0 : 0.0; }, [=](double x) { return x <= value ? 1.0 : 0.0; },
          [=](double) { return value; }, "exact"};
}

Prediction normal(double mean, double stddev, std::string basis) {
  return shifted(distributions::normal(), mean, stddev, std::move(basis));
}

Prediction root(const LogSum& law) {
  return {[law](double x) { return x > 0 ? law.cdf(2 * std::log(x)) : 0.0; },
          [law](double x) { return x > 0 ? law.survival(2 * std::log(x)) : 1.0; },
          [law](double p) { return std::exp(law.quantile(p) / 2); }, "exact"};
}

Prediction symmetric_root(const LogSum& law) {
  const auto beyond = [law](double x) { return x == 0 ? 0.5 : law.survival(2 * std::log(std::fabs(x))) / 2; };
  return {[=](double x) { return x > 0 ? 1 - beyond(x) : beyond(x); },
          [=](double x) { return x < 0 ? 1 - beyond(x) : beyond(x); },
          [law](double p) {
            if (p == 0.5) return 0.0;
            return std::copysign(std::exp(law.quantile(std::fabs(1 - 2 * p)) / 2), p - 0.5);
          },
          "exact"};
}

Prediction counts(long first, std::vector<double> mass, std::string basis) {
  const auto sum = [first, mass](double from, double to) {
    double total = 0;
    for (std::size_t i = 0; i < mass.size(); ++i) {
      const double at = static_cast<double>(first + static_cast<long>(i));
      if (at >= from && at <= to) total += mass[i];
    }
    return std::min(total, 1.0);
  };
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return {[=](double x) { return sum(-infinity, x); }, [=](double x) { return sum(x, infinity); },
          [=](double p) {
            double total = 0;
            std::size_t i = 0;
            while (i + 1 < mass.size() && (total += mass[i]) < p) ++i;
            return static_cast<double>(first + static_cast<long>(i));
          },
          std::move(basis)};
}

Prediction square_root(Prediction square) { return mapped(std::move(square), root_of_positive, signed_square); }
Prediction exponential(Prediction law) { return mapped(std::move(law), std::exp, logarithm); }

Prediction next_normal(const statistics::Moments& simulated) {
  require(simulated.count() >= 2 && *simulated.unbiased_variance() > 0,
          "a simulated law needs at least 2 different draws, got {}", simulated.count());
  const double n = static_cast<double>(simulated.count());
  Prediction law = shifted(distributions::students_t(n - 1), *simulated.mean(),
                           std::sqrt(*simulated.unbiased_variance() * (1 + 1 / n)),
                           fmt::format("{} simulated runs, Student", simulated.count()));
  law.finest = 2 / (n + 1);
  return law;
}

Prediction next_of(std::vector<double> simulated) {
  require(
      !simulated.empty() && std::none_of(simulated.begin(), simulated.end(), [](double x) { return std::isnan(x); }),
      "a simulated law needs draws, and none that is NaN, got {}", simulated.size());
  std::sort(simulated.begin(), simulated.end());
  const double n = static_cast<double>(simulated.size());
  const auto rank = [=](std::ptrdiff_t count) { return std::min(1.0, (static_cast<double>(count) + 1) / (n + 1)); };
  // The outermost draw on one side whose p-value is not below that of the quantile.
  const auto order = [=](double tail) {
    return static_cast<std::size_t>(std::max(1.0, std::ceil(tail * (n + 1) - 1e-9) - 1)) - 1;
  };
  return {[=](double x) { return rank(std::upper_bound(simulated.begin(), simulated.end(), x) - simulated.begin()); },
          [=](double x) { return rank(simulated.end() - std::lower_bound(simulated.begin(), simulated.end(), x)); },
          [=](double p) { return p <= 0.5 ? simulated[order(p)] : simulated[simulated.size() - 1 - order(1 - p)]; },
          fmt::format("{} simulated runs, by rank", simulated.size()), 2 / (n + 1)};
}

}  // namespace sqrtn::laws
