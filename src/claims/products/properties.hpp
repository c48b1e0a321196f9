#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sqrtn/claims/claim.hpp"

namespace sqrtn::claims {

/// A figure or a trait of a library that is reported and never judged: what the standard leaves open, and
/// how well it does what a claim holds it to.
struct Property {
  std::string id;         ///< "products/gemm/f32/rounding/normal/exponent"
  std::string statement;  ///< what the value is
  std::string source;     ///< with its wording where that is what leaves it open
  std::string value;      ///< for people: "0.51", "the same bits", "A"
  std::optional<double> number;
  std::optional<statistics::Interval> confidence_interval;  ///< of the number, level 99 %
};

/// The properties of the subject's products.
///
/// Rounding: error/(u·|A||B|), root of the mean square over the entries of a product, grows like
/// constant·k^exponent. Both come from a straight line through ln of that root over ln k, one for
/// 16 ≤ k < 256 and one for 256 ≤ k < 4096, since blocks of a few hundred terms bend the line: 32 independent draws
/// for each, at 8 values of k an octave. Intervals by Student's t with n − 2 degrees of freedom: of the line that fits
/// best. λ is the largest error/(√k·u·|A||B|) of all these products, beside which Higham and Mary's probabilistic bound
/// puts a probability. A library whose every result is exact has none.
/// Source: Demmel and others, "How to grade the accuracy of an implementation of the BLAS".
std::vector<Property> blas_properties(const Subject& subject, const Settings& settings);

}  // namespace sqrtn::claims
