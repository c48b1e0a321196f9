#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sqrtn/init/activation.hpp"
#include "sqrtn/laws/log_sum.hpp"

/// A chain x_l = φ(W_l x_{l−1}) of square layers with fresh weights: W_l is n × n, iid entries of mean
/// 0 and variance σ². Source: laws.md §5 and §6.
namespace sqrtn::laws {

/// ln(‖x_depth‖²/‖x₀‖²) of the linear chain with Gaussian weights: exact at every width and depth,
/// whatever x₀ is.
LogSum linear_chain(std::size_t n, std::size_t depth, double variance);

/// The same with the ReLU, given that no layer has all its outputs at 0.
LogSum rectified_chain(std::size_t n, std::size_t depth, double variance);

/// ln‖x‖² of n iid N(0,1).
LogSum normal_input(std::size_t n);

/// What one layer does to ln q, q the mean square, to first order in 1/n: the shift of its mean and
/// the variance that it adds, given q. kurtosis: of the weights; Gaussian ones need no more than q,
/// others add (κ − 3)·Σx⁴/(Σx²)², with Σx⁴/(Σx²)² = sum_fourth.
struct LogStep {
  double mean = 0;
  double variance = 0;
};

/// Linear: mean ln(nσ²) − v/2, v = [2 + (κ − 3)·sum_fourth]/n.
/// Error: 1/n²; for κ = 3 the exact law is linear_chain(n, 1, σ²).
LogStep linear_log_step(std::size_t n, double variance, double kurtosis, double sum_fourth);

/// ReLU: mean ln(nσ²/2) − v/2, v = [5 + 2(κ − 3)·sum_fourth]/n.
LogStep rectified_log_step(std::size_t n, double variance, double kurtosis, double sum_fourth);

/// Variance of φ(√s·z)² over its squared mean, z ~ N(0,1): what one output adds to the spread of q.
double relative_square_variance(const init::Activation& activation, double preactivation_mean_square);

/// P(T = l), l = 0, 1, …: the layer, counted from 0, whose output is the first with an entry beyond
/// `limit` in magnitude (first_overflow), or the first with none above it (first_vanishing).
/// The last element is the probability of none within `depth` layers.
/// Linear or ReLU chains, Gaussian weights, x₀ of n iid N(0,1).
/// Error: exact but for three things. Given that no entry crossed the limit, ‖x‖ is taken as not changed
/// by that: where a layer changes the scale by a factor 2 or more, 0.05 layers in the mean at width 8, 0.01 from
/// width 32 on. Partial sums may overflow before the result does: up to 0.02 layers. At float_underflow the products
/// w·x round to 0 one by one before their sum would: chains of float die 1 to 2 layers earlier than that.
std::vector<double> first_overflow(std::size_t n, std::size_t depth, double variance, bool rectified, double limit);
std::vector<double> first_vanishing(std::size_t n, std::size_t depth, double variance, bool rectified, double limit);

/// By how many layers a chain in floating point may become 0 before and after first_vanishing says, which knows no
/// rounding of products; their weights have the deviation σ, and a layer multiplies the RMS by `growth` < 1.
///   earlier  ln σ/ln growth, at least 0: |w·x| falls below half the smallest subnormal u for all w of a layer only
///   when
///            x is below u/2σ, where the entries themselves would last until u/2
///   later    ln 10·(1/ln growth − 1/ln(c·growth)), c² = 1.124, which rounding may add: Σ(w·x rounded to multiples of
///   u)²
///            is up to c² times Σ(w·x)² for Gaussian w and x, most at RMS(w·x) = u/2, and less than 1 % more outside a
///            factor 10 about it
/// nullopt if c·growth ≥ 1: what rounding adds may keep such a chain alive for ever.
struct VanishingShift {
  double earlier = 0, later = 0;
};
std::optional<VanishingShift> vanishing_shift(double weight_stddev, double growth);

/// FLT_MAX's half-way point to the next power of two: beyond it float rounds to infinity.
inline constexpr double float_overflow = 0x1.ffffffp127;
/// Half the smallest subnormal float: at or below it float rounds to 0.
inline constexpr double float_underflow = 0x1p-150;
/// The smallest normal float: below it a chain that flushes subnormals is 0.
inline constexpr double float_flush = 0x1p-126;

}  // namespace sqrtn::laws
