#include "graph/derivatives.hpp"
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

Value turned(const Value& x) {
  Shape shape = x.shape();
  auto strides = strides_of(shape);
  std::swap(shape[x.rank() - 1], shape[x.rank() - 2]);
  std::swap(strides[x.rank() - 1], strides[x.rank() - 2]);
  return rearranged(x, shape, 0, strides);
}

/// dA = dY·Bᵀ and dB = Aᵀ·dY, summed over what was repeated.
Gradients matmul_back(const BackCall& b) {
  const Call& c = b.call();
  const Value &a = c.input(0), &w = c.input(1);
  const auto product = [&](const Value& left, const Value& right) {
    return matmul(Call(c.node(), {&left, &right}, c.opset(), c.blas())).front();
  };
  const Value left = a.rank() == 1 ? a.reshaped({1, a.size()}) : a,
              right = w.rank() == 1 ? w.reshaped({w.size(), 1}) : w;
  Shape shape = b.gradient().shape();
  if (a.rank() == 1) shape.insert(shape.end() - (w.rank() == 1 ? 0 : 1), 1);
  if (w.rank() == 1) shape.push_back(1);
  const Value d = b.gradient().reshaped(shape);
  Gradients all = b.none();
  if (b.wanted(0)) all[0] = summed_to(product(d, turned(right)), left.shape()).reshaped(a.shape());
  if (b.wanted(1)) all[1] = summed_to(product(turned(left), d), right.shape()).reshaped(w.shape());
  return all;
}

Gradients gemm_back(const BackCall& b) {
  const Call& c = b.call();
  const Value &a = c.input(0), &w = c.input(1);
  const bool turn_a = c.whole("transA", 0) != 0, turn_b = c.whole("transB", 0) != 0;
  const double alpha = c.real("alpha", 1), beta = c.real("beta", 1);
  const Value d = each_of([alpha](double g) { return g * alpha; }, b.gradient());
  const auto product = [&](const Value& left, const Value& right) {
    return matmul(Call(c.node(), {&left, &right}, c.opset(), c.blas())).front();
  };
  Gradients all = b.none();
  if (b.wanted(0)) {
    const Value back = product(d, turn_b ? w : turned(w));
    all[0] = turn_a ? turned(back) : back;
  }
  if (b.wanted(1)) {
    const Value back = product(turn_a ? a : turned(a), d);
    all[1] = turn_b ? turned(back) : back;
  }
  if (b.wanted(2)) {
    all[2] = summed_to(each_of([beta](double g) { return g * beta; }, b.gradient()), c.input(2).shape());
  }
  return all;
}

constexpr Operator operators[] = {{"MatMul", matmul}, {"Gemm", gemm}};
constexpr Derivative derivatives[] = {{"MatMul", matmul_back}, {"Gemm", gemm_back}};

}  // namespace

std::span<const Derivative> matrix_derivatives() { return derivatives; }

std::span<const Operator> matrix_operators() { return operators; }

}  // namespace sqrtn::graph
