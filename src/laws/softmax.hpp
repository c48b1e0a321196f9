#pragma once

#include <cstddef>

/// Moments of attention weights whose scores are normal.
namespace sqrtn::laws {

/// Of p = softmax(s) and p' = softmax(s'), two rows of n scores.
struct SoftmaxMoments {
  double square = 0;   ///< E Σp²
  double product = 0;  ///< E Σpp'
  /// What a gradient's row d of iid entries N(0,1) becomes, p∘(d − Σp∘d): E Σ of its square, E[Σp² − 2Σp³ + (Σp²)²].
  double slope = 0;
  double slope_product = 0;  ///< and of one d in both rows, E[Σpp' − Σp²p' − Σpp'² + (Σpp')²]
};

/// Scores s_j = `deviation`·z_j and s'_j alike, z_j iid N(0,1) in a row and of `correlation` between the rows.
/// By 1/S^k = ∫ u^k e^(−uS)/(k − 1)! d ln u of the sum S, which makes the entries independent, and the trapezoidal
/// rule; what both rows have in common is integrated outside: n·∫∫ ⟨m₁m₁'⟩⟨FF'⟩^(n−1) d ln u d ln u' for E Σpp', m_k =
/// E[(u·e^s)^k·exp(−u·e^s)], F = m₀. Error: relative 1e-5. A negative correlation counts as 0. Throws:
/// std::invalid_argument for n = 0, a deviation outside [0, most_score_deviation] or a correlation above 1.
SoftmaxMoments softmax_moments(double deviation, double correlation, std::size_t n);

/// Beyond it nearly all weight is on one entry, and the rule's step would be too long.
inline constexpr double most_score_deviation = 12;

}  // namespace sqrtn::laws
