#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace sqrtn::network {

/// e^x over its sum, in double, in place; the largest is taken out, so that nothing overflows.
template <class T>
void softmax(std::span<T> x) {
  const double largest = static_cast<double>(*std::max_element(x.begin(), x.end()));
  double sum = 0;
  for (const T value : x) sum += std::exp(static_cast<double>(value) - largest);
  for (T& value : x) value = static_cast<T>(std::exp(static_cast<double>(value) - largest) / sum);
}

/// d ← p∘(d − Σ p∘d), p a softmax's answer.
template <class T>
void softmax_gradient(std::span<const T> p, std::span<T> d) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += static_cast<double>(p[i]) * static_cast<double>(d[i]);
  for (std::size_t i = 0; i < p.size(); ++i) {
    d[i] = static_cast<T>(static_cast<double>(p[i]) * (static_cast<double>(d[i]) - sum));
  }
}

}  // namespace sqrtn::network
