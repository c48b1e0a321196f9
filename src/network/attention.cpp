#include "sqrtn/network/attention.hpp"

#include <cmath>

#include "network/softmax.hpp"
#include "sqrtn/blas/products.hpp"

namespace sqrtn::network {
namespace {

using blas::Op;

/// Where the heads lie in batch × tokens × width.
struct Heads {
  std::size_t batch, tokens, width, count, size;
  double scale;
  bool causal;

  /// Tokens × size of one head of one sample.
  template <class T>
  [[nodiscard]] MatrixView<T> of(T* data, std::size_t index) const {
    return {data + index / count * tokens * width + index % count * size, tokens, size, width};
  }
  /// Of a row of scores; beyond it a causal token sees nothing.
  [[nodiscard]] std::size_t seen(std::size_t token) const { return causal ? token + 1 : tokens; }
};

Heads heads_of(const Shape& q, const Shape& k, const Shape& v, const Attention& attention) {
  require(q.size() == 3 && q == k && q == v,
          "attention takes queries, keys and values of batch x tokens x width, got {}, {} and {}", to_string(q),
          to_string(k), to_string(v));
  require(attention.heads >= 1 && q[2] % attention.heads == 0, "heads must divide the width {}, got {}", q[2],
          attention.heads);
  const std::size_t size = q[2] / attention.heads;
  return {q[0],
          q[1],
          q[2],
          attention.heads,
          size,
          attention.scale.value_or(1 / std::sqrt(static_cast<double>(size))),
          attention.causal};
}

/// P of one head.
template <class T>
void weights_of(const blas::Functions& blas, const Heads& heads, MatrixView<const T> q, MatrixView<const T> k,
                MatrixView<T> p) {
  blas::gemm<T>(blas, Op::none, Op::transpose, static_cast<T>(heads.scale), q, k, T(0), p);
  for (std::size_t token = 0; token < heads.tokens; ++token) {
    const std::span<T> row(&p(token, 0), heads.tokens);
    softmax(row.first(heads.seen(token)));
    std::ranges::fill(row.subspan(heads.seen(token)), T(0));
  }
}

}  // namespace

template <class T>
Tensor<T> attend(const blas::Functions& blas, const Tensor<T>& q, const Tensor<T>& k, const Tensor<T>& v,
                 const Attention& attention) {
  const Heads heads = heads_of(q.shape, k.shape, v.shape, attention);
  Tensor<T> out(q.shape);
  Matrix<T> p(heads.tokens, heads.tokens);
  for (std::size_t i = 0; i < heads.batch * heads.count; ++i) {
    weights_of<T>(blas, heads, heads.of(q.values.data(), i), heads.of(k.values.data(), i), p.view());
    blas::gemm<T>(blas, Op::none, Op::none, T(1), p.view(), heads.of(v.values.data(), i), T(0),
                  heads.of(out.values.data(), i));
  }
  return out;
}

template <class T>
AttentionGradient<T> attend_gradient(const blas::Functions& blas, const Tensor<T>& gradient, const Tensor<T>& q,
                                     const Tensor<T>& k, const Tensor<T>& v, const Attention& attention) {
  const Heads heads = heads_of(q.shape, k.shape, v.shape, attention);
  require(gradient.shape == q.shape, "attention's gradient must have its input's shape {}, got {}", to_string(q.shape),
          to_string(gradient.shape));
  AttentionGradient<T> out{Tensor<T>(q.shape), Tensor<T>(q.shape), Tensor<T>(q.shape)};
  Matrix<T> p(heads.tokens, heads.tokens), d(heads.tokens, heads.tokens);
  const T scale = static_cast<T>(heads.scale);
  for (std::size_t i = 0; i < heads.batch * heads.count; ++i) {
    const MatrixView<const T> dout = heads.of(gradient.values.data(), i), qi = heads.of(q.values.data(), i),
                              ki = heads.of(k.values.data(), i), vi = heads.of(v.values.data(), i);
    weights_of<T>(blas, heads, qi, ki, p.view());
    blas::gemm<T>(blas, Op::transpose, Op::none, T(1), p.view(), dout, T(0), heads.of(out.v.values.data(), i));
    blas::gemm<T>(blas, Op::none, Op::transpose, T(1), dout, vi, T(0), d.view());
    for (std::size_t token = 0; token < heads.tokens; ++token) {
      softmax_gradient<T>({&p(token, 0), heads.tokens}, {&d(token, 0), heads.tokens});
    }
    blas::gemm<T>(blas, Op::none, Op::none, scale, d.view(), ki, T(0), heads.of(out.q.values.data(), i));
    blas::gemm<T>(blas, Op::transpose, Op::none, scale, d.view(), qi, T(0), heads.of(out.k.values.data(), i));
  }
  return out;
}

#define SQRTN_INSTANTIATE(T)                                                                                \
  template Tensor<T> attend(const blas::Functions&, const Tensor<T>&, const Tensor<T>&, const Tensor<T>&,   \
                            const Attention&);                                                              \
  template AttentionGradient<T> attend_gradient(const blas::Functions&, const Tensor<T>&, const Tensor<T>&, \
                                                const Tensor<T>&, const Tensor<T>&, const Attention&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::network
