#include "sqrtn/laws/product.hpp"

#include <numbers>

namespace sqrtn::laws {

// E(ax)² = 1 and E(ax)⁴ = 3·3, so Var (ax)² = 9 − 1.
ScalarLaw scalar_product() { return {0, 1, 8}; }

// a·x is symmetric, so every moment of max(0, ax) is half that of |ax|: E|a|E|x|/2 = (2/π)/2, 1/2,
// and 9/2 − (1/2)².
ScalarLaw rectified_scalar_product() { return {std::numbers::inv_pi, 0.5, 4.25}; }

}  // namespace sqrtn::laws
