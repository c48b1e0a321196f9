#include "screen/weights.hpp"

namespace sqrtn::screen {

std::uint64_t left_weight(std::size_t i) {
  const std::uint64_t mixed = (i + 1) * 6364136223846793005U;
  const std::uint64_t weight = (mixed >> 34) | 1;
  return (mixed >> 33 & 1) != 0 ? ~weight + 1 : weight;
}

std::vector<double> right_weights(std::size_t n, std::uint64_t which) {
  std::vector<double> weights(n);
  std::uint64_t state = which * 0x9e3779b97f4a7c15U + 1;
  for (double& weight : weights) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    weight = static_cast<double>((state >> 48) | 1) * ((state >> 47 & 1) != 0 ? -1 : 1);
  }
  return weights;
}

}  // namespace sqrtn::screen
