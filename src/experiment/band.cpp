#include "experiment/band.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sqrtn::experiment {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();

std::vector<double> sorted(std::vector<double> values) {
  for (double& value : values) value = std::isnan(value) ? infinity : value;
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace

Band band_of(std::vector<double> values) {
  if (values.size() < 2) return {{nan, nan}, 0};
  values = sorted(std::move(values));
  const std::size_t n = values.size(), k = std::max<std::size_t>(1, (n + 1) / 400);
  return {{values[k - 1], values[n - k]}, 1 - 2 * static_cast<double>(k) / static_cast<double>(n + 1)};
}

double median_of(std::vector<double> values) {
  if (values.empty()) return nan;
  values = sorted(std::move(values));
  const double low = values[(values.size() - 1) / 2], high = values[values.size() / 2];
  const double middle = low == high ? low : low / 2 + high / 2;
  return middle == infinity ? nan : middle;
}

}  // namespace sqrtn::experiment
