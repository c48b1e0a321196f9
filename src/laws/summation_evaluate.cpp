#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <vector>

#include "laws/summation_parts.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "laws/summation_evaluate.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// Columns that are evaluated side by side: a block of a column each of 2048 products stays in a second-level cache.
#ifndef SQRTN_SUMMATION_COLUMNS
#define SQRTN_SUMMATION_COLUMNS
namespace sqrtn::laws {
constexpr std::size_t columns_at_once = 64;
/// Products first … last of `leaves`, each a(l)·b(l, ·), added onto `sum`; b has columns_at_once columns.
template <class T>
struct ChainOf {
  const T* a;
  const T* b;
  const std::uint32_t* leaves;
  std::size_t n;
  bool fused;
};
}  // namespace sqrtn::laws
#endif

HWY_BEFORE_NAMESPACE();
namespace sqrtn::laws::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class T>
void add_chain_of(const ChainOf<T>& chain, T* sum) {
  const hn::CappedTag<T, 16> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t c = 0; c < columns_at_once; c += 4 * lanes) {
    auto s0 = hn::Load(d, sum + c), s1 = hn::Load(d, sum + c + lanes), s2 = hn::Load(d, sum + c + 2 * lanes),
         s3 = hn::Load(d, sum + c + 3 * lanes);
    for (std::size_t i = 0; i < chain.n; ++i) {
      const T* b = chain.b + std::size_t{chain.leaves[i]} * columns_at_once + c;
      const auto a = hn::Set(d, chain.a[chain.leaves[i]]);
      if (chain.fused) {
        s0 = hn::MulAdd(a, hn::Load(d, b), s0);
        s1 = hn::MulAdd(a, hn::Load(d, b + lanes), s1);
        s2 = hn::MulAdd(a, hn::Load(d, b + 2 * lanes), s2);
        s3 = hn::MulAdd(a, hn::Load(d, b + 3 * lanes), s3);
      } else {
        s0 = hn::Add(s0, hn::Mul(a, hn::Load(d, b)));
        s1 = hn::Add(s1, hn::Mul(a, hn::Load(d, b + lanes)));
        s2 = hn::Add(s2, hn::Mul(a, hn::Load(d, b + 2 * lanes)));
        s3 = hn::Add(s3, hn::Mul(a, hn::Load(d, b + 3 * lanes)));
      }
    }
    hn::Store(s0, d, sum + c);
    hn::Store(s1, d, sum + c + lanes);
    hn::Store(s2, d, sum + c + 2 * lanes);
    hn::Store(s3, d, sum + c + 3 * lanes);
  }
}

/// Where MulAdd would round twice, std::fma does not.
template <class T>
void add_chain(const ChainOf<T>& chain, T* sum) {
#if HWY_NATIVE_FMA
  add_chain_of(chain, sum);
#else
  if (!chain.fused) return add_chain_of(chain, sum);
  for (std::size_t i = 0; i < chain.n; ++i) {
    const T* b = chain.b + std::size_t{chain.leaves[i]} * columns_at_once;
    const T a = chain.a[chain.leaves[i]];
    for (std::size_t c = 0; c < columns_at_once; ++c) sum[c] = std::fma(a, b[c], sum[c]);
  }
#endif
}

void add_chain_f32(const ChainOf<float>& chain, float* sum) { add_chain(chain, sum); }
void add_chain_f64(const ChainOf<double>& chain, double* sum) { add_chain(chain, sum); }

}  // namespace sqrtn::laws::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sqrtn::laws {
namespace {

HWY_EXPORT(add_chain_f32);
HWY_EXPORT(add_chain_f64);

using Step = SumProgram::Step;

void add_chain(const ChainOf<float>& chain, float* sum) { HWY_DYNAMIC_DISPATCH(add_chain_f32)(chain, sum); }
void add_chain(const ChainOf<double>& chain, double* sum) { HWY_DYNAMIC_DISPATCH(add_chain_f64)(chain, sum); }

/// Sums are held in Kept, double for floats if any sum is: a sum that is not is rounded to T each time, which is right
/// since a double holds the sum of two floats, or of a float and a product of two, closely enough (2·24 + 2 bits).
template <class T, class Kept>
class Block {
 public:
  Block(std::size_t depth, const T* b) : sums_(depth * columns_at_once), b_(b) {}

  void take(const Step& step, const std::uint32_t* leaves) {
    if (step.kind == Step::Kind::begin) {
      begin(leaves[step.first]);
    } else if (step.kind == Step::Kind::join) {
      --open_;
      Kept* into = at(open_ - 1);
      const Kept* from = at(open_);
      for (std::size_t c = 0; c < columns_at_once; ++c) into[c] = rounded(into[c] + from[c], step.wide);
    } else if constexpr (std::is_same_v<T, Kept>) {
      add_chain({a_, b_, leaves + step.first, step.last - step.first, step.fused}, at(open_ - 1));
    } else {
      for (std::uint32_t i = step.first; i < step.last; ++i) add(step, leaves[i]);
    }
  }

  void begin_row(const T* a) {
    open_ = 0;
    a_ = a;
  }
  [[nodiscard]] T result(std::size_t column) { return static_cast<T>(at(0)[column]); }

 private:
  Kept* at(std::size_t sum) { return sums_.data() + sum * columns_at_once; }
  static Kept rounded(Kept value, bool wide) { return wide ? value : static_cast<Kept>(static_cast<T>(value)); }

  void begin(std::uint32_t leaf) {
    Kept* sum = at(open_++);
    for (std::size_t c = 0; c < columns_at_once; ++c) sum[c] = a_[leaf] * b_[leaf * columns_at_once + c];
  }

  void add(const Step& step, std::uint32_t leaf) {
    Kept* sum = at(open_ - 1);
    for (std::size_t c = 0; c < columns_at_once; ++c) {
      const T b = b_[leaf * columns_at_once + c];
      const Kept product = static_cast<T>(a_[leaf] * b);
      if (!step.fused)
        sum[c] = rounded(sum[c] + product, step.wide);
      else if (step.wide)
        sum[c] = std::fma(Kept(a_[leaf]), Kept(b), sum[c]);
      else
        sum[c] = std::fma(a_[leaf], b, static_cast<T>(sum[c]));
    }
  }

  Buffer<Kept> sums_;
  const T* a_ = nullptr;
  const T* b_;
  std::size_t open_ = 0;
};

}  // namespace

SumProgram::SumProgram(const SumTree& tree) {
  const SumTree ordered = canonical(tree);
  std::size_t open = 0;
  for (std::size_t i = 0; i < ordered.nodes.size(); ++i) {
    const SumNode& node = ordered.nodes[i];
    const auto end = static_cast<std::uint32_t>(leaves_.size());
    // A product that is the right part of a sum is added there.
    const bool added_next = node.is_leaf() && i + 1 < ordered.nodes.size() && i > 0 &&
                            ordered.nodes[i + 1].right == static_cast<std::int32_t>(i) &&
                            ordered.nodes[i + 1].left == static_cast<std::int32_t>(i) - 1;
    if (added_next) continue;
    if (node.is_leaf()) {
      leaves_.push_back(static_cast<std::uint32_t>(node.leaf));
      steps_.push_back({Step::Kind::begin, false, false, end, end + 1});
      depth_ = std::max(depth_, ++open);
      continue;
    }
    wide_ = wide_ || node.wide;
    const bool adds_product = node.right == node.left + 1;
    if (!adds_product) {
      steps_.push_back({Step::Kind::join, false, node.wide, end, end});
      --open;
      continue;
    }
    leaves_.push_back(static_cast<std::uint32_t>(ordered.nodes[right_of(node)].leaf));
    Step& before = steps_.back();
    if (before.kind == Step::Kind::chain && before.fused == node.fused && before.wide == node.wide)
      before.last = end + 1;
    else
      steps_.push_back({Step::Kind::chain, node.fused, node.wide, end, end + 1});
  }
}

namespace {

/// The block of columns from `first` on, side by side; what is beyond the last is 0.
template <class T>
void pack(const MatrixView<const T>& b, std::size_t k, std::span<const std::uint32_t> columns, Buffer<T>& packed) {
  for (std::size_t l = 0; l < k; ++l) {
    T* row = packed.data() + l * columns_at_once;
    for (std::size_t c = 0; c < columns_at_once; ++c) row[c] = c < columns.size() ? b(l, columns[c]) : T(0);
  }
}

template <class T, class Kept>
void evaluate_blocks(const std::vector<Step>& steps, const std::vector<std::uint32_t>& leaves, std::size_t depth,
                     const MatrixView<const T>& a, std::span<const std::uint32_t> rows, const MatrixView<const T>& b,
                     std::span<const std::uint32_t> columns, const MatrixView<T>& out) {
  const std::size_t k = *std::ranges::max_element(leaves) + 1;
  Buffer<T> packed(k * columns_at_once);
  Block<T, Kept> block(depth, packed.data());
  for (std::size_t first = 0; first < columns.size(); first += columns_at_once) {
    const auto chosen = columns.subspan(first, std::min(columns_at_once, columns.size() - first));
    pack(b, k, chosen, packed);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      block.begin_row(a.row(rows[r]).data);
      for (const Step& step : steps) block.take(step, leaves.data());
      for (std::size_t c = 0; c < chosen.size(); ++c) out(r, first + c) = block.result(c);
    }
  }
}

}  // namespace

template <class T>
void SumProgram::evaluate(const MatrixView<const T>& a, std::span<const std::uint32_t> rows,
                          const MatrixView<const T>& b, std::span<const std::uint32_t> columns,
                          const MatrixView<T>& out) const {
  if (wide_ && sizeof(T) == sizeof(float))
    evaluate_blocks<T, double>(steps_, leaves_, depth_, a, rows, b, columns, out);
  else
    evaluate_blocks<T, T>(steps_, leaves_, depth_, a, rows, b, columns, out);
}

template void SumProgram::evaluate(const MatrixView<const float>&, std::span<const std::uint32_t>,
                                   const MatrixView<const float>&, std::span<const std::uint32_t>,
                                   const MatrixView<float>&) const;
template void SumProgram::evaluate(const MatrixView<const double>&, std::span<const std::uint32_t>,
                                   const MatrixView<const double>&, std::span<const std::uint32_t>,
                                   const MatrixView<double>&) const;

}  // namespace sqrtn::laws
#endif  // HWY_ONCE
