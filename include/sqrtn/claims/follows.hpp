#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sqrtn/support/shape.hpp"

/// Weights of one's own, in a test of one's own.
namespace sqrtn {

/// Whether weights follow a rule, and why not. Converts to bool, and to testing::AssertionResult where GoogleTest is
/// included, so that EXPECT_TRUE(sqrtn::follows(weights, "he_normal", {512, 256})) prints the reason.
struct Following {
  bool holds = false;
  std::string why;  ///< "sigma 0.0625 [0.0618, 0.0632], 0.71 [0.70, 0.72] x he_normal's sigma (1/sqrt(2))"

  explicit operator bool() const { return holds; }

  template <class AssertionResult>
  requires requires(const AssertionResult& result) { result.failure_message(); }
  operator AssertionResult() const {  // NOLINT(google-explicit-constructor)
    AssertionResult result(holds);
    result << why;
    return result;
  }
};

/// Tests weights against a rule: scale, law, mean, limit, tails, independence of rows and columns, NaN, infinities,
/// zeros. `rule`: as `sqrtn inspect --rule` takes it: "he_normal", "glorot_uniform,mode=fan_out", "normal,gain=0.02",
/// "he_normal,layer=transposed_conv,groups=4", "orthogonal,gain=1.4", "zeros". **Shapes** weights.size() = Π shape, C
/// order, fan_out × fan_in or c_out × c_in/groups × k….
/// **Error** alpha: weights of the rule fail with a probability below alpha, whatever their number. What is found grows
/// with it; `why` of what holds tells the effect on the variance that such a number finds with power 1 − 1e-6. Weights
/// of which so few hold no effect of 100 % do not hold: they could not have failed. Throws: std::invalid_argument for
/// an unknown rule or option, a shape of another size, or alpha outside (0, 0.01].
template <class T>
Following follows(std::span<const T> weights, std::string_view rule, const Shape& shape, double alpha = 1e-9);

extern template Following follows(std::span<const float>, std::string_view, const Shape&, double);
extern template Following follows(std::span<const double>, std::string_view, const Shape&, double);

/// The same of a contiguous container.
template <class Container>
Following follows(const Container& weights, std::string_view rule, const Shape& shape, double alpha = 1e-9) {
  return follows(std::span<const typename Container::value_type>(weights), rule, shape, alpha);
}

}  // namespace sqrtn
