#include "laws/softmax.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "sqrtn/support/require.hpp"

namespace sqrtn::laws {
namespace {

/// exp(−e^x) bends within about 1 of x = 0, so that x = deviation·z needs steps of z below 1/deviation.
constexpr double step_of_log = 0.5, step_of_score = 0.5, farthest_score = 7;

struct Node {
  double z, weight;
};

/// The trapezoidal rule of N(0,1).
std::vector<Node> normal_nodes(double deviation) {
  if (deviation == 0) return {{0, 1}};
  const double step = std::min(step_of_score, 0.75 / deviation);
  const auto half = static_cast<int>(std::ceil(farthest_score / step));
  std::vector<Node> nodes;
  double total = 0;
  for (int i = -half; i <= half; ++i) {
    const double z = step * i;
    nodes.push_back({z, std::exp(-z * z / 2)});
    total += nodes.back().weight;
  }
  for (Node& node : nodes) node.weight /= total;
  return nodes;
}

/// ln u from where nothing is left of 1 − F to where nothing is left of F^(n−1).
std::vector<double> log_nodes(double deviation, std::size_t n) {
  const double log_n = std::log(static_cast<double>(n));
  const double largest = std::min(deviation * deviation / 2, deviation * (std::sqrt(2 * log_n) + 5));
  std::vector<double> nodes;
  const double first = -14 - log_n - largest, last = 4 + (farthest_score - 0.5) * deviation;
  const auto count = static_cast<std::size_t>((last - first) / step_of_log);
  for (std::size_t i = 0; i <= count; ++i) nodes.push_back(first + step_of_log * static_cast<double>(i));
  return nodes;
}

/// m_0 to m_4 at u = e^y.
using Terms = std::array<double, 5>;

Terms terms_at(double y, double deviation, const std::vector<Node>& nodes) {
  Terms terms{};
  for (const auto& [z, weight] : nodes) {
    const double x = std::exp(y + deviation * z);
    double term = weight * std::exp(-x);
    for (double& sum : terms) {
      sum += term;
      term *= x;
    }
  }
  return terms;
}

void add_one_row(double deviation, std::size_t n, SoftmaxMoments& moments) {
  const std::vector<Node> nodes = normal_nodes(deviation);
  const auto count = static_cast<double>(n);
  double cubes = 0, squared = 0;
  for (const double y : log_nodes(deviation, n)) {
    const Terms m = terms_at(y, deviation, nodes);
    if (m[0] == 0) continue;
    const double others = step_of_log * std::pow(m[0], count - 1);
    moments.square += count * m[2] * others;
    cubes += count * m[3] * others / 2;
    squared += count * (m[4] * others + (count - 1) * m[2] * m[2] * others / m[0]) / 6;
  }
  moments.slope = moments.square - 2 * cubes + squared;
}

void add_two_rows(double deviation, double correlation, std::size_t n, SoftmaxMoments& moments) {
  const double common = deviation * std::sqrt(correlation), own = deviation * std::sqrt(1 - correlation);
  const std::vector<Node> shared = normal_nodes(common), nodes = normal_nodes(own);
  const std::vector<double> logs = log_nodes(deviation, n);
  const auto count = static_cast<double>(n);
  std::vector<std::vector<Terms>> table;
  for (const double y : logs) {
    table.emplace_back();
    for (const Node& node : shared) table.back().push_back(terms_at(y + common * node.z, own, nodes));
  }
  double uneven = 0, squared = 0;
  for (std::size_t i = 0; i < logs.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double none = 0, one = 0, both = 0, mixed = 0;
      for (std::size_t k = 0; k < shared.size(); ++k) {
        const Terms &a = table[i][k], &b = table[j][k];
        none += shared[k].weight * a[0] * b[0];
        one += shared[k].weight * a[1] * b[1];
        both += shared[k].weight * a[2] * b[2];
        mixed += shared[k].weight * (a[2] * b[1] + a[1] * b[2]) / 2;
      }
      if (none == 0) continue;
      const double others = step_of_log * step_of_log * (i == j ? 1 : 2) * std::pow(none, count - 1);
      moments.product += count * one * others;
      uneven += count * mixed * others;
      squared += count * (both * others + (count - 1) * one * one * others / none);
    }
  }
  moments.slope_product = moments.product - 2 * uneven + squared;
}

}  // namespace

SoftmaxMoments softmax_moments(double deviation, double correlation, std::size_t n) {
  require(n >= 1, "a softmax has at least one entry");
  require(deviation >= 0 && deviation <= most_score_deviation, "scores deviate by 0 to {}, got {}",
          most_score_deviation, deviation);
  require(correlation <= 1, "a correlation is at most 1, got {}", correlation);
  if (n == 1) return {1, 1, 0, 0};
  SoftmaxMoments moments;
  add_one_row(deviation, n, moments);
  add_two_rows(deviation, std::clamp(correlation, 0.0, 1.0), n, moments);
  return moments;
}

}  // namespace sqrtn::laws
