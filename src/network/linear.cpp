#include "sqrtn/network/linear.hpp"

#include "network/bias.hpp"
#include "sqrtn/blas/products.hpp"

namespace sqrtn::network {
namespace {

using blas::Op;

/// x op(W), with the last axis of x replaced by the columns of op(W).
template <class T>
Tensor<T> times(const blas::Functions& blas, const Tensor<T>& x, const Tensor<T>& weight, Op op, const char* what) {
  require(weight.shape.size() == 2, "{}: a weight is fan_out x fan_in, got {} axes: {}", what, weight.shape.size(),
          to_string(weight.shape));
  const std::size_t from = weight.shape[op == Op::transpose ? 1 : 0], to = weight.shape[op == Op::transpose ? 0 : 1];
  require(!x.shape.empty() && x.shape.back() == from, "{}: a weight of {} takes rows of {}, but the input is {}", what,
          to_string(weight.shape), from, to_string(x.shape));
  Shape shape = x.shape;
  shape.back() = to;
  Tensor<T> y(std::move(shape));
  const std::size_t rows = x.size() / from;
  blas::gemm<T>(blas, Op::none, op, T(1), {x.values.data(), rows, from},
                {weight.values.data(), weight.shape[0], weight.shape[1]}, T(0), {y.values.data(), rows, to});
  return y;
}

}  // namespace

template <class T>
Tensor<T> linear(const blas::Functions& blas, const Tensor<T>& x, const Tensor<T>& weight, std::span<const T> bias) {
  Tensor<T> y = times(blas, x, weight, Op::transpose, "linear");
  add_bias(y.values.span(), bias, weight.shape[0], 1);
  return y;
}

template <class T>
Tensor<T> linear_input_gradient(const blas::Functions& blas, const Tensor<T>& gradient, const Tensor<T>& weight) {
  return times(blas, gradient, weight, Op::none, "linear_input_gradient");
}

#define SQRTN_INSTANTIATE(T)                                                                                 \
  template Tensor<T> linear(const blas::Functions&, const Tensor<T>&, const Tensor<T>&, std::span<const T>); \
  template Tensor<T> linear_input_gradient(const blas::Functions&, const Tensor<T>&, const Tensor<T>&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::network
