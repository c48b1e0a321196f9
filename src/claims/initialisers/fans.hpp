#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <vector>

#include "claims/judge.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/tensor.hpp"

/// What the claims about initialisers share: weights with known fans, and their draws.
namespace sqrtn::claims {

/// A weight whose fans were counted by hand, so that no code under test says what to expect.
struct Weight {
  std::string_view name;
  init::Layer layer;
  Shape shape;
  std::size_t groups;
  double fan_in, fan_out;  ///< terms of one output, outputs of one input
};

/// Linear and (grouped, transposed, depthwise) convolution weights, all with fan_in ≠ fan_out.
const std::vector<Weight>& hand_counted_weights();

/// One claim's draws: weights of one rule, each from the next part of one stream.
struct Sample {
  init::Rule rule;
  Weight weight;
  random::Stream stream;
  std::size_t n_weights;
  unsigned threads;

  [[nodiscard]] std::size_t n_samples() const { return n_weights * element_count(weight.shape); }
};

/// Raw sums of a sample, in double: their rounding is below 1e-11, spreads are above 1e-4.
struct Sums {
  double first = 0, second = 0, fourth = 0;
  double largest = 0;  ///< max |w|; meaningless unless `second` is finite

  void add(double x) {
    const double square = x * x;
    first += x;
    second += square;
    fourth += square * square;
    largest = std::max(largest, std::abs(x));
  }
  void merge(const Sums& other) {
    first += other.first;
    second += other.second;
    fourth += other.fourth;
    largest = std::max(largest, other.largest);
  }
};

/// Weight number i of the sample.
template <class T>
void draw(const Subject& subject, const Sample& sample, std::size_t i, std::span<T> out) {
  subject.of<T>().initialise(sample.rule, sample.weight.layer, sample.weight.shape, sample.weight.groups,
                             sample.stream.skip(i * out.size()), out);
}

/// Sums over all weights, two at a time: drawn, added up and dropped while they are in cache. A sum waits for the one
/// before it, so that two weights are added up in the time of one, each in its own order.
template <class T>
Sums draw_and_sum(const Subject& subject, const Sample& sample) {
  const std::size_t count = element_count(sample.weight.shape);
  const auto sum_two = [&](std::size_t task) {
    const std::size_t n = std::min<std::size_t>(sample.n_weights - 2 * task, 2);
    Buffer<T> weights(n * count);
    for (std::size_t i = 0; i < n; ++i) {
      draw<T>(subject, sample, 2 * task + i, weights.span().subspan(i * count, count));
    }
    const std::span<const T> first = weights.span().first(count), second = weights.span().last(count);
    Sums sums, others;
    for (std::size_t i = 0; i < count; ++i) {
      sums.add(static_cast<double>(first[i]));
      others.add(static_cast<double>(second[i]));
    }
    if (n == 2) sums.merge(others);
    return sums;
  };
  return *parallel_reduce((sample.n_weights + 1) / 2, sample.threads, sum_two,
                          [](Sums& a, const Sums& b) { a.merge(b); });
}

/// Smallest number of whole weights with at least n_samples entries, at least 1.
inline std::size_t weights_for(std::size_t n_samples, const Weight& weight) {
  const std::size_t count = element_count(weight.shape);
  return std::max<std::size_t>(1, (n_samples + count - 1) / count);
}

/// Fans, streams and seeds: what a weight takes from its layer and from its address.
std::vector<Claim> weight_claims(const Settings& settings);

}  // namespace sqrtn::claims
