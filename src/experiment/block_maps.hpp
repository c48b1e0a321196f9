#pragma once

#include <functional>
#include <vector>

#include "experiment/stack.hpp"

/// What the parts of a block do to second moments where it is infinitely wide, there and back. Source: laws.md §13.
namespace sqrtn::experiment {

/// By position: a pixel of an image, else one for all. Of a signal or of a gradient.
struct SecondMoments {
  std::vector<double> square;   ///< of an entry
  std::vector<double> product;  ///< of the same entry in two tokens of a sample, or in two samples
};

/// The way back of each part in the order of the way there.
using WayBack = std::vector<std::function<void(SecondMoments& gradient)>>;

void go_back(const WayBack& way, SecondMoments& gradient);

/// Multiplies both moments.
void scale(SecondMoments& moments, double factor);
double mean_of(const std::vector<double>& values);

/// Each part changes `x` and adds its way back; what is beyond its range becomes NaN.
class BlockMaps {
 public:
  explicit BlockMaps(const Stack& stack) : stack_(stack) {}

  /// Weights of a variance fan_in·σ²; a kernel of 3×3 takes its taps from inside the image.
  void pass_product(std::size_t fan_in, std::size_t fan_out, std::size_t kernel, bool gated, SecondMoments& x,
                    WayBack& way) const;
  /// φ, φ(g)·u or softmax of `units`.
  void pass_activation(std::size_t units, SecondMoments& x, WayBack& way) const;
  /// Division by the mean square, of all pixels, and ε.
  void pass_norm(SecondMoments& x, WayBack& way) const;
  /// With its four products; tokens are exchangeable.
  void pass_attention(SecondMoments& x, WayBack& way) const;

 private:
  [[nodiscard]] double variance(std::size_t fan_in, std::size_t fan_out) const;
  [[nodiscard]] SecondMoments summed_taps(const SecondMoments& x) const;
  const Stack& stack_;
};

}  // namespace sqrtn::experiment
