#include "order/scalars.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "laws/summation_parts.hpp"
#include "order/data.hpp"

namespace sqrtn::order {
namespace {

using laws::SumNode;
using laws::SumProgram;
using laws::SumTree;

constexpr std::size_t most_rows = 32, most_columns = 64;

/// The products 0 … k − 1 added onto what product k is, where they are one chain.
std::optional<SumTree> chain_onto(const SumTree& tree) {
  const laws::Spine spine = laws::chain_at(tree, static_cast<std::int32_t>(tree.nodes.size()) - 1);
  const bool fused = !spine.joints.empty() && tree.nodes[static_cast<std::size_t>(spine.joints.front())].fused;
  if (!tree.nodes[static_cast<std::size_t>(spine.terms.front())].is_leaf()) return std::nullopt;
  SumTree chain = laws::product_term(static_cast<std::int32_t>(tree.products()));
  for (std::size_t i = 0; i < spine.terms.size(); ++i) {
    const bool by_fma = i == 0 ? fused : tree.nodes[static_cast<std::size_t>(spine.joints[i - 1])].fused;
    const auto before = static_cast<std::int32_t>(chain.nodes.size()) - 1;
    chain.nodes.push_back({.leaf = tree.nodes[static_cast<std::size_t>(spine.terms[i])].leaf});
    chain.nodes.push_back({.left = before, .right = before + 1, .leaf = -1, .fused = by_fma});
  }
  return chain;
}

template <class T>
struct Entries {
  Matrix<T> a, b, before;  ///< a with a column, b with a row, and so with a product, more: for β·C
  Group rows, columns;
  std::size_t k;
};

/// Entries of the class, as one of the ways would have them.
template <class T>
class Ways {
 public:
  Ways(const Entries<T>& entries, const SumTree& tree, T alpha, T beta)
      : entries_(entries), tree_(laws::canonical(tree)), alpha_(alpha), beta_(beta) {
    const laws::Spine spine =
        laws::blocks_at(tree_, laws::SumParts(tree_), static_cast<std::int32_t>(tree_.nodes.size()) - 1);
    for (const std::int32_t term : spine.terms) blocks_.push_back(laws::part_of(tree_, term));
  }

  Matrix<T> expected(AlphaPlace alpha, BetaPlace beta) const {
    if (alpha == AlphaPlace::factor_a || alpha == AlphaPlace::factor_b) return of_factors(alpha, beta);
    const bool whole = alpha == AlphaPlace::sum || alpha == AlphaPlace::sum_fused;
    const bool fused = alpha == AlphaPlace::sum_fused || alpha == AlphaPlace::blocks_fused;
    return of_sums(whole ? std::vector<SumTree>{tree_} : blocks_, fused, beta);
  }

 private:
  Matrix<T> sums(const SumTree& tree, const Matrix<T>& a, const Matrix<T>& b) const {
    Matrix<T> out(entries_.rows.size(), entries_.columns.size());
    SumProgram(tree).evaluate<T>(a.view(), entries_.rows, b.view(), entries_.columns, out.view());
    return out;
  }

  [[nodiscard]] T before(std::size_t r, std::size_t c) const {
    return entries_.before.view()(entries_.rows[r], entries_.columns[c]);
  }

  Matrix<T> of_factors(AlphaPlace alpha, BetaPlace beta) const {
    Matrix<T> a(entries_.a.rows(), entries_.a.cols()), b(entries_.b.rows(), entries_.b.cols());
    std::ranges::copy(entries_.a.storage(), a.storage().begin());
    std::ranges::copy(entries_.b.storage(), b.storage().begin());
    for (T& x : (alpha == AlphaPlace::factor_a ? a : b).storage()) x *= alpha_;
    const std::optional<SumTree> onto = chain_onto(tree_);
    if (beta == BetaPlace::first && onto) return onto_scaled(*onto, a, b);
    Matrix<T> out = sums(tree_, a, b);
    for (std::size_t r = 0; r < out.rows(); ++r) {
      for (std::size_t c = 0; c < out.cols(); ++c) out(r, c) = joined(out(r, c), before(r, c), beta);
    }
    return out;
  }

  /// Entry by entry, since product k is β·C, another number in each.
  Matrix<T> onto_scaled(const SumTree& onto, Matrix<T>& a, Matrix<T>& b) const {
    Matrix<T> out(entries_.rows.size(), entries_.columns.size()), one(1, 1);
    const SumProgram program(onto);
    for (std::size_t r = 0; r < std::min<std::size_t>(out.rows(), 4); ++r) {
      for (std::size_t c = 0; c < out.cols(); ++c) {
        a(entries_.rows[r], entries_.k) = beta_ * before(r, c);
        b(entries_.k, entries_.columns[c]) = 1;
        program.evaluate<T>(a.view(), {&entries_.rows[r], 1}, b.view(), {&entries_.columns[c], 1}, one.view());
        out(r, c) = one(0, 0);
      }
    }
    return out;
  }

  [[nodiscard]] T joined(T sum, T c, BetaPlace beta) const {
    return beta == BetaPlace::fused ? std::fma(beta_, c, sum) : sum + beta_ * c;
  }

  Matrix<T> of_sums(const std::vector<SumTree>& parts, bool fused, BetaPlace beta) const {
    std::vector<Matrix<T>> values;
    for (const SumTree& part : parts) values.push_back(sums(part, entries_.a, entries_.b));
    Matrix<T> out(entries_.rows.size(), entries_.columns.size());
    for (std::size_t r = 0; r < out.rows(); ++r) {
      for (std::size_t c = 0; c < out.cols(); ++c) {
        T sum = beta == BetaPlace::first ? beta_ * before(r, c) : T(0);
        for (std::size_t i = 0; i < values.size(); ++i) {
          sum = fused ? std::fma(alpha_, values[i](r, c), sum) : sum + alpha_ * values[i](r, c);
          if (i == 0 && beta == BetaPlace::fused) sum = joined(sum, before(r, c), beta);
        }
        out(r, c) = beta == BetaPlace::last ? joined(sum, before(r, c), beta) : sum;
      }
    }
    return out;
  }

  const Entries<T>& entries_;
  const SumTree tree_;
  const T alpha_, beta_;
  std::vector<SumTree> blocks_;
};

template <class T>
Entries<T> fresh_entries(const Product<T>& product, const Classes& classes, std::size_t number, std::uint64_t seed) {
  const EntryClass& one = classes.classes[number];
  Entries<T> entries{Matrix<T>(product.m, product.k + 1),     Matrix<T>(product.k + 1, product.n),
                     Matrix<T>(product.m, product.n),         classes.row_groups[one.row_group],
                     classes.column_groups[one.column_group], product.k};
  entries.rows.resize(std::min(classes.rows_of(one), most_rows));
  entries.columns.resize(std::min(classes.columns_of(one), most_columns));
  fill_factors<T>(product, entries.a.storage(), "scalars a", seed, number);
  fill_factors<T>(product, entries.b.storage(), "scalars b", seed, number);
  make_symmetric<T>(product.symmetric, {&entries.a(0, 0), product.m, product.k, product.k + 1},
                    {&entries.b(0, 0), product.k, product.n});
  fill_fresh<T>(entries.before.storage(), "scalars c", seed, number);
  return entries;
}

}  // namespace

template <class T>
Scalars read_scalars(const Product<T>& product, const Classes& classes, std::size_t number, const SumTree& tree,
                     std::uint64_t seed) {
  using enum AlphaPlace;
  const T alpha = T(1.1), beta = T(0.7);
  const Entries<T> entries = fresh_entries(product, classes, number, seed);
  Matrix<T> a(product.m, product.k), c(product.m, product.n);
  for (std::size_t i = 0; i < product.m; ++i) std::copy_n(&entries.a.view()(i, 0), product.k, &a(i, 0));
  std::ranges::copy(entries.before.storage(), c.storage().begin());
  product.call(a.view(), {entries.b.storage().data(), product.k, product.n}, alpha, beta, c.view());
  const Ways<T> ways(entries, tree, alpha, beta);
  for (const AlphaPlace place : {sum, sum_fused, blocks, blocks_fused, factor_a, factor_b}) {
    for (const BetaPlace join : {BetaPlace::first, BetaPlace::last, BetaPlace::fused}) {
      const Matrix<T> expected = ways.expected(place, join);
      const std::size_t rows =
          place >= factor_a && place <= factor_b ? std::min<std::size_t>(expected.rows(), 4) : expected.rows();
      bool same = true;
      for (std::size_t r = 0; r < rows && same; ++r) {
        for (std::size_t j = 0; j < expected.cols() && same; ++j)
          same = bits_of(expected.view()(r, j)) == bits_of(c(entries.rows[r], entries.columns[j]));
      }
      if (same) return {place, join, rows * expected.cols()};
    }
  }
  return {};
}

template Scalars read_scalars(const Product<float>&, const Classes&, std::size_t, const SumTree&, std::uint64_t);
template Scalars read_scalars(const Product<double>&, const Classes&, std::size_t, const SumTree&, std::uint64_t);

}  // namespace sqrtn::order
