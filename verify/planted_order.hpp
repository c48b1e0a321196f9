#pragma once

#include <cmath>
#include <functional>
#include <vector>

#include "blas/operations.hpp"
#include "order/order.hpp"
#include "plain_blas.hpp"
#include "sqrtn/laws/summation.hpp"
#include "verify.hpp"

/// A BLAS whose gemm, symm and syrk add in an order that a test chooses, entry by entry and as the tree reads.
namespace sqrtn::verify {

/// What is known of an entry when its order is chosen.
struct PlantedEntry {
  int i, j, m, n;
  bool probed;  ///< whether its row of A holds few values, as questions do and random products do not
};

/// Where α is multiplied in: into the sum, into A's factors, or into each block, onto which βC comes last or first.
enum class PlantedScalars { sum, factors, blocks, blocks_onto_c };

struct PlantedOrder {
  std::function<const laws::SumTree&(const PlantedEntry&)> tree = {};
  PlantedScalars scalars = PlantedScalars::sum;
};

/// That of the planted BLAS; set by the test before it calls.
inline PlantedOrder& planted_order() {
  static PlantedOrder order;
  return order;
}

/// The value of each node, in their order, each once.
template <class T>
const std::vector<double>& planted_values(const laws::SumTree& tree, const std::vector<T>& a, const std::vector<T>& b) {
  thread_local std::vector<double> values;
  values.resize(tree.nodes.size());
  for (std::size_t node = 0; node < tree.nodes.size(); ++node) {
    const laws::SumNode& at = tree.nodes[node];
    const auto value = [&](std::int32_t child) { return values[static_cast<std::size_t>(child)]; };
    if (at.is_leaf()) {
      const auto leaf = static_cast<std::size_t>(at.leaf);
      values[node] = static_cast<T>(a[leaf] * b[leaf]);
    } else if (at.fused) {
      const auto leaf = static_cast<std::size_t>(tree.nodes[static_cast<std::size_t>(at.right)].leaf);
      values[node] = std::fma(a[leaf], b[leaf], static_cast<T>(value(at.left)));
    } else {
      const double sum = value(at.left) + value(at.right);
      values[node] = at.wide ? sum : static_cast<T>(sum);
    }
  }
  return values;
}

/// α times the blocks that the tree adds in turn; the first is added onto βC, or βC comes last.
template <class T>
T planted_blocks(const laws::SumTree& tree, const std::vector<double>& values, T alpha, T before, bool onto_c) {
  const auto at = [](std::int32_t node) { return static_cast<std::size_t>(node); };
  std::vector<T> blocks;
  std::size_t node = values.size() - 1;
  for (; !tree.nodes[node].is_leaf() && !tree.nodes[at(tree.nodes[node].right)].is_leaf();
       node = at(tree.nodes[node].left))
    blocks.insert(blocks.begin(), static_cast<T>(values[at(tree.nodes[node].right)]));
  T sum = static_cast<T>(alpha * static_cast<T>(values[node]));
  if (onto_c) sum = static_cast<T>(before + sum);
  for (const T block : blocks) sum = static_cast<T>(sum + static_cast<T>(alpha * block));
  return onto_c ? sum : static_cast<T>(sum + before);
}

/// out(i, j) = α·Σ left(i, l)·right(l, j) + β·out(i, j) where `has(i, j)`.
template <class T>
void planted_product(int m, int n, int k, T alpha, T beta, const auto& left, const auto& right, const auto& out,
                     const auto& has) {
  std::vector<T> a(static_cast<std::size_t>(k)), b(a);
  for (int i = 0; i < m; ++i) {
    for (int l = 0; l < k; ++l) a[static_cast<std::size_t>(l)] = left(i, l);
    int others = 0;
    for (const T factor : a) others += factor != a.front() && factor != a.back() ? 1 : 0;
    const PlantedScalars scalars = planted_order().scalars;
    if (scalars == PlantedScalars::factors) std::ranges::transform(a, a.begin(), [&](T x) { return alpha * x; });
    for (int j = 0; j < n; ++j) {
      if (!has(i, j)) continue;
      for (int l = 0; l < k; ++l) b[static_cast<std::size_t>(l)] = right(l, j);
      const laws::SumTree& tree = planted_order().tree({i, j, m, n, others <= 3});
      const std::vector<double>& values = planted_values(tree, a, b);
      const T sum = static_cast<T>(values.back()), before = beta == 0 ? T(0) : static_cast<T>(beta * out(i, j));
      if (scalars == PlantedScalars::blocks || scalars == PlantedScalars::blocks_onto_c)
        out(i, j) = planted_blocks(tree, values, alpha, before, scalars == PlantedScalars::blocks_onto_c);
      else
        out(i, j) = static_cast<T>(scalars == PlantedScalars::factors ? sum : alpha * sum) + before;
    }
  }
}

/// The arguments of a call by number, as they stand in the routine's description.
template <class T>
struct PlantedCall {
  const blas::Call& call;
  [[nodiscard]] int integer(std::size_t i) const { return static_cast<int>(call.values[i].integer); }
  [[nodiscard]] T scalar(std::size_t i) const { return *static_cast<const T*>(call.values[i].address); }
  /// op(X), X at that argument and its leading dimension after it.
  [[nodiscard]] Stored<T> stored(std::size_t i, bool transposed = false) const {
    return {static_cast<T*>(call.values[i].address), integer(i + 1), call.row_major != transposed};
  }

  void gemm() const {
    const auto a = stored(6, integer(0) == 'T'), b = stored(8, integer(1) == 'T'), c = stored(11);
    planted_product<T>(integer(2), integer(3), integer(4), scalar(5), scalar(10), a, b, c,
                       [](int, int) { return true; });
  }
  void symm() const {
    const bool left = integer(0) == 'l', upper = integer(1) == 'U';
    const auto a = stored(5), b = stored(7), c = stored(10);
    const auto mirrored = [&](int i, int j) { return (i <= j) == upper ? a(i, j) : a(j, i); };
    const auto all = [](int, int) { return true; };
    if (left)
      planted_product<T>(integer(2), integer(3), integer(2), scalar(4), scalar(9), mirrored, b, c, all);
    else
      planted_product<T>(integer(2), integer(3), integer(3), scalar(4), scalar(9), b, mirrored, c, all);
  }
  void syrk() const {
    const auto a = stored(5, integer(1) == 'T'), c = stored(8);
    const auto turned = [&](int l, int j) { return a(j, l); };
    const bool upper = integer(0) == 'U';
    planted_product<T>(integer(2), integer(2), integer(3), scalar(4), scalar(7), a, turned, c,
                       [&](int i, int j) { return upper ? i <= j : j <= i; });
  }
  void operator()() const { call.operation.name == "gemm" ? gemm() : call.operation.name == "symm" ? symm() : syrk(); }
};

inline blas::Interface planted_blas() {
  return {
      .of_c = true,
      .has = [](const blas::Operation& o, char) { return o.name == "gemm" || o.name == "symm" || o.name == "syrk"; },
      .call =
          [](const blas::Call& call) {
            if (call.type == 's') return PlantedCall<float>{call}();
            return PlantedCall<double>{call}();
          },
      .symbol = {}};
}

/// What is planted: 98 products, a shape of no round numbers.
inline constexpr std::int32_t planted_products = 98;
inline const order::Request planted_request{.routine = "gemm", .m = 24, .n = 20, .k = planted_products};

/// What is read, in float, of the product that is added so.
inline order::Reading reading_of(std::function<const laws::SumTree&(const PlantedEntry&)> tree, bool invariance = false,
                                 const order::Request& request = planted_request) {
  planted_order() = {std::move(tree)};
  return order::read_order<float>(planted_blas(), request, [](int) { return 1; },
                                  {.seed = settings().seed, .entries = 2000, .invariance = invariance});
}

inline bool is_certified(const order::Reading& reading) {
  return reading.repeatable && reading.certificate.unknown == 0 && reading.certificate.compared >= 2000 &&
         reading.certificate.predicted == reading.certificate.compared;
}

}  // namespace sqrtn::verify
