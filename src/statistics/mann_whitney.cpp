#include "statistics/mann_whitney.hpp"

#include <vector>

namespace sqrtn::statistics {
namespace {

/// P(U = u) for u = 0…nm: the last of all n + m is one of m with probability m/(n + m), and then is above all n.
std::vector<double> mann_whitney(std::size_t n, std::size_t m) {
  std::vector<std::vector<double>> of(m + 1, std::vector<double>(n * m + 1, 0.0));
  for (std::vector<double>& none : of) none[0] = 1;
  for (std::size_t i = 1; i <= n; ++i) {
    for (std::size_t j = 1; j <= m; ++j) {
      // of[j] still is of i − 1, of[j − 1] already of i.
      const double last_of_m = static_cast<double>(j) / static_cast<double>(i + j);
      for (std::size_t u = i * j + 1; u-- > 0;) {
        of[j][u] = (1 - last_of_m) * of[j][u] + (u >= i ? last_of_m * of[j - 1][u - i] : 0);
      }
    }
  }
  return of[m];
}

}  // namespace

std::size_t mann_whitney_rank(std::size_t n, std::size_t m, double tail) {
  const std::vector<double> probability = mann_whitney(n, m);
  std::size_t k = 0;
  double below = 0;  // P(U < k + 1)
  while (k < n * m / 2 && (below += probability[k]) <= tail) ++k;
  return k;
}

}  // namespace sqrtn::statistics
