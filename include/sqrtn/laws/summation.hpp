#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sqrtn/support/tensor.hpp"

/// The order of a sum: the tree in which k products are added. Floating-point addition is not associative, so the tree,
/// and whether products are rounded before they are added, decide every bit of the result.
namespace sqrtn::laws {

/// A product, or the sum of two nodes.
struct SumNode {
  std::int32_t left = -1, right = -1;  ///< what is added, each before this one in the tree; −1: this is a product
  std::int32_t leaf = -1;              ///< which product
  bool fused = false;  ///< `right` is a product that is added unrounded, by a fused multiply-add onto `left`
  bool wide = false;   ///< of floats: the sum is kept in double

  [[nodiscard]] bool is_leaf() const { return leaf >= 0; }
  friend bool operator==(const SumNode&, const SumNode&) = default;
};

/// The last node is the whole sum; the children of a node stand before it.
struct SumTree {
  std::vector<SumNode> nodes;

  [[nodiscard]] std::size_t products() const { return (nodes.size() + 1) / 2; }
  friend bool operator==(const SumTree&, const SumTree&) = default;
};

/// Product number `leaf` alone.
SumTree product_term(std::int32_t leaf);
/// left + right. `fused`: right is one product, added unrounded.
SumTree sum_of(const SumTree& left, const SumTree& right, bool fused = false);
/// ((p₀ + p₁) + p₂) + …, in this order; `fused`: all but the first by fused multiply-adds.
/// Throws: std::invalid_argument if there are none.
SumTree sum_chain(std::span<const std::int32_t> leaves, bool fused);
/// The chain of the products first, first + step, … below `end`.
SumTree sum_chain(std::int32_t first, std::int32_t end, bool fused, std::int32_t step = 1);

/// The same tree in one form: of two children the larger is `left`, of equal ones that with the lowest product, but
/// what is fused is `right`; nodes in the order in which few sums are open at a time.
SumTree canonical(const SumTree& tree);

/// The tree as a code, in the order of evaluation: a number is a product, "+" adds the last two sums, "*" adds a
/// product by a fused multiply-add, "d+" and "d*" keep the sum in double; "1:448*" stands for "1 * 2 * … 447 *",
/// "8:512:8+" for each eighth. A chain of 448 is "0 1:448*".
std::string to_code(const SumTree& tree);
/// Throws: std::invalid_argument unless it is a tree with each of the products 0 … k − 1 once, k ≤ 2¹⁶.
SumTree from_code(std::string_view code);

/// The tree as a formula: "chain(448)" is a chain of as many consecutive products, "chain(0:512:8)" one of each eighth,
/// "3·chain(320)" three blocks that are added in turn, "lanes(8 × …: (0+4)+…)" the same sum begun at neighbouring
/// products. Products count from the first of their block.
std::string to_text(const SumTree& tree);

/// How products are added: all by fused multiply-adds, none, or some.
enum class Fusion { none, all, some };
Fusion fusion_of(const SumTree& tree);

/// Most roundings between a product's exact value and the result.
std::size_t roundings(const SumTree& tree);
/// |computed − exact| ≤ bound · Σ|aᵢbᵢ|, bound = d·u/(1 − d·u) with d of roundings() and unit roundoff u; infinite if
/// d·u ≥ 1. Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., lemma 3.1.
double error_bound(const SumTree& tree, double unit_roundoff);

/// What two orders differ in: their trees, of which one kind is told, or what was read of two libraries beside them.
enum class OrderChange {
  none,
  // Of two trees.
  products,  ///< not the same number of them
  fused,     ///< which products are added unrounded
  width,     ///< which sums are kept in double
  swapped,   ///< two products have changed places
  moved,     ///< one product is added at another place of a chain
  reversed,  ///< a chain begins at its other end
  rotated,   ///< the last products of a chain come first
  edge,      ///< blocks have other sizes
  parts,     ///< there are more or fewer blocks
  lanes,     ///< products are interleaved in another way
  other,
  // Of two readings; compare of two trees returns none of these.
  classes,        ///< the same trees hold for other entries
  known,          ///< the tree of one of the two was not read
  alpha,          ///< α is multiplied in elsewhere
  beta,           ///< β·C joins elsewhere
  invariance,     ///< other sizes, places, addresses or threads have answers of their own
  repeatability,  ///< one of the two gives other bits when it is called again
  certainty,      ///< fresh entries are no longer predicted
  bits,           ///< of the same products
  unread          ///< nothing was read of the second
};

struct OrderDifference {
  OrderChange change = OrderChange::none;
  std::vector<std::int32_t> node;  ///< products of the first sum of `a` that `b` never forms, in ascending order
  std::string text;                ///< "products 3 and 4 are swapped"; empty if there is no difference
};

/// The first node, in the order of evaluation, where they part.
OrderDifference compare(const SumTree& a, const SumTree& b);

/// The part of a canonical tree below that node.
SumTree part_of(const SumTree& tree, std::int32_t node);

/// "0:512", "0, 3, 8:16:2" or "9 down to 0": numbers as runs, ends of those that rise excluded.
std::string runs_text(std::span<const std::int32_t> numbers);

/// A tree made ready to be evaluated for many entries.
class SumProgram {
 public:
  explicit SumProgram(const SumTree& tree);

  /// out(r, c) = Σ a(rows[r], l)·b(l, columns[c]) in the tree's order, bit for bit as IEEE 754 has each operation,
  /// rounding to nearest. **Shapes** a has at least k columns, b as many rows; out rows × columns.
  template <class T>
  void evaluate(const MatrixView<const T>& a, std::span<const std::uint32_t> rows, const MatrixView<const T>& b,
                std::span<const std::uint32_t> columns, const MatrixView<T>& out) const;

  /// Consecutive products that are added onto one sum, or the addition of two sums.
  struct Step {
    enum class Kind { begin, chain, join };
    Kind kind = Kind::begin;
    bool fused = false, wide = false;
    std::uint32_t first = 0, last = 0;  ///< of leaves_, for a chain; begin: one product
  };

 private:
  std::vector<Step> steps_;
  std::vector<std::uint32_t> leaves_;
  std::size_t depth_ = 0;  ///< sums that are open at once
  bool wide_ = false;
};

}  // namespace sqrtn::laws
