#include "graph/operators.hpp"
#include "sqrtn/blas/products.hpp"

/// Products of matrices, by the library's gemm.
namespace sqrtn::graph {
namespace {

using Values = std::vector<Value>;
using View = MatrixView<const float>;

/// numpy's matmul: vectors get an axis of 1, what stands before the last two axes broadcasts.
Values matmul(const Call& c) {
  Value a = c.input(0), b = c.input(1);
  require(a.rank() >= 1 && b.rank() >= 1, "multiplies scalars");
  const bool row = a.rank() == 1, column = b.rank() == 1;
  if (row) a = a.reshaped({1, a.size()});
  if (column) b = b.reshaped({b.size(), 1});
  const std::size_t m = a.shape()[a.rank() - 2], k = a.shape().back(), n = b.shape().back();
  require(b.shape()[b.rank() - 2] == k, "does not multiply {} by {}", shape_text(c.input(0).shape()),
          shape_text(c.input(1).shape()));
  Shape batch = broadcast({a.shape().begin(), a.shape().end() - 2}, {b.shape().begin(), b.shape().end() - 2});
  const auto spread = [&](const Value& x) {
    Shape shape = batch;
    shape.insert(shape.end(), x.shape().end() - 2, x.shape().end());
    return broadcast_to(x, shape);
  };
  // One matrix for the whole batch, as most weights are: one product.
  const bool joined = b.rank() == 2;
  if (!joined) {
    a = spread(a);
    b = spread(b);
  }
  Shape shape = batch;
  if (!row) shape.push_back(m);
  if (!column) shape.push_back(n);
  Buffer<float> out(entries_in(shape), 0.0F);
  const std::size_t products = joined ? 1 : entries_in(batch), rows = joined ? entries_in(batch) * m : m;
  const float *left = a.reals().data(), *right = b.reals().data();
  for (std::size_t i = 0; i < products && out.size() > 0 && k > 0; ++i) {
    blas::gemm<float>(c.blas(), blas::Op::none, blas::Op::none, 1.0F, View(left + i * rows * k, rows, k),
                      View(right + i * k * n, k, n), 0.0F, {out.data() + i * rows * n, rows, n});
  }
  return {Value(shape, std::move(out))};
}

/// α·op(A)·op(B) + β·C, C broadcast to the result.
Values gemm(const Call& c) {
  const Value &a = c.input(0), &b = c.input(1);
  require(a.rank() == 2 && b.rank() == 2, "takes matrices, got {} and {}", shape_text(a.shape()),
          shape_text(b.shape()));
  const bool turn_a = c.whole("transA", 0) != 0, turn_b = c.whole("transB", 0) != 0;
  const Shape& sa = a.shape();
  const Shape& sb = b.shape();
  const std::size_t m = sa[turn_a ? 1 : 0], k = sa[turn_a ? 0 : 1], n = sb[turn_b ? 0 : 1];
  require(sb[turn_b ? 1 : 0] == k, "does not multiply {} by {}, transA {}, transB {}", shape_text(sa), shape_text(sb),
          turn_a, turn_b);
  Buffer<float> out(entries_in({m, n}), 0.0F);
  const Value* added = c.optional(2);
  if (added != nullptr) {
    const Value spread = broadcast_to(*added, {m, n});
    std::ranges::copy(spread.reals(), out.data());
  }
  if (out.size() > 0 && k > 0) {
    const auto op = [](bool turn) { return turn ? blas::Op::transpose : blas::Op::none; };
    blas::gemm<float>(c.blas(), op(turn_a), op(turn_b), c.real("alpha", 1), View(a.reals().data(), sa[0], sa[1]),
                      View(b.reals().data(), sb[0], sb[1]), added != nullptr ? c.real("beta", 1) : 0.0F,
                      {out.data(), m, n});
  }
  return {Value(Shape{m, n}, std::move(out))};
}

constexpr Operator operators[] = {{"MatMul", matmul}, {"Gemm", gemm}};

}  // namespace

std::span<const Operator> matrix_operators() { return operators; }

}  // namespace sqrtn::graph
