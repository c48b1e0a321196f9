#pragma once

#include <cmath>
#include <functional>
#include <vector>

#include "order/order.hpp"
#include "plain_blas.hpp"
#include "sqrtn/laws/summation.hpp"
#include "verify.hpp"

/// A BLAS whose gemm adds in an order that a test chooses, entry by entry and as the tree reads.
namespace sqrtn::verify {

/// What is known of an entry when its order is chosen.
struct PlantedEntry {
  int i, j, m, n;
  bool probed;  ///< whether its row of A holds few values, as questions do and random products do not
};

/// The order of each entry of the planted gemm; set by the test before it calls.
inline std::function<const laws::SumTree&(const PlantedEntry&)>& planted_order() {
  static std::function<const laws::SumTree&(const PlantedEntry&)> order;
  return order;
}

/// The nodes in their order, each once.
template <class T>
T planted_sum(const laws::SumTree& tree, const T* a, const T* b, std::ptrdiff_t step_b) {
  thread_local std::vector<double> values;
  values.resize(tree.nodes.size());
  for (std::size_t node = 0; node < tree.nodes.size(); ++node) {
    const laws::SumNode& at = tree.nodes[node];
    const auto value = [&](std::int32_t child) { return values[static_cast<std::size_t>(child)]; };
    const auto product = [&](std::int32_t leaf) { return static_cast<T>(a[leaf] * b[leaf * step_b]); };
    if (at.is_leaf()) {
      values[node] = product(at.leaf);
    } else if (at.fused) {
      const std::int32_t leaf = tree.nodes[static_cast<std::size_t>(at.right)].leaf;
      values[node] = std::fma(a[leaf], b[leaf * step_b], static_cast<T>(value(at.left)));
    } else {
      const double sum = value(at.left) + value(at.right);
      values[node] = at.wide ? sum : static_cast<T>(sum);
    }
  }
  return static_cast<T>(values.back());
}

template <class T>
void planted_gemm(int /*layout*/, int /*trans_a*/, int /*trans_b*/, int m, int n, int k, T alpha, const T* a, int lda,
                  const T* b, int ldb, T beta, T* c, int ldc) {
  for (int i = 0; i < m; ++i) {
    const T* row = a + std::ptrdiff_t{i} * lda;
    int others = 0;
    for (int l = 1; l < k; ++l) others += row[l] != row[0] && row[l] != row[k - 1] ? 1 : 0;
    for (int j = 0; j < n; ++j) {
      const T sum = planted_sum<T>(planted_order()({i, j, m, n, others <= 3}), row, b + j, ldb);
      T& out = c[std::ptrdiff_t{i} * ldc + j];
      out = beta == 0 ? alpha * sum : alpha * sum + beta * out;
    }
  }
}

/// Row-major, neither operand transposed; the other routines are plain.
inline blas::Functions planted_blas() {
  blas::Functions functions = plain_blas();
  functions.f32.gemm = planted_gemm<float>;
  functions.f64.gemm = planted_gemm<double>;
  return functions;
}

/// What is planted: 98 products, a shape of no round numbers.
inline constexpr std::int32_t planted_products = 98;
inline const order::Request planted_request{.routine = "gemm", .m = 24, .n = 20, .k = planted_products};

/// What is read, in float, of the gemm that adds so.
inline order::Reading reading_of(std::function<const laws::SumTree&(const PlantedEntry&)> order,
                                 bool invariance = false) {
  planted_order() = std::move(order);
  const blas::Functions functions = planted_blas();
  return order::read_order<float>(functions, planted_request, [](int) { return 1; },
                                  {.seed = settings().seed, .entries = 2000, .invariance = invariance});
}

inline bool is_certified(const order::Reading& reading) {
  return reading.repeatable && reading.certificate.unknown == 0 && reading.certificate.compared >= 2000 &&
         reading.certificate.predicted == reading.certificate.compared;
}

}  // namespace sqrtn::verify
