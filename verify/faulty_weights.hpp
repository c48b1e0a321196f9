#pragma once

#include <cmath>
#include <span>

#include "sqrtn/random/fill.hpp"
#include "verify.hpp"

/// Subjects whose weights are wrong in one way, in both types.
namespace sqrtn::verify {

/// What an initialiser was asked for.
struct WeightCall {
  init::Rule rule;
  init::Layer layer;
  Shape shape;
  std::size_t groups;
  random::Stream stream;

  [[nodiscard]] init::Distribution law() const { return init::distribution(rule, init::fans(layer, shape, groups)); }
  template <class T>
  void draw(std::span<T> out) const {
    init::initialise(law(), stream, out);
  }
  [[nodiscard]] bool is_kernel() const { return layer != init::Layer::linear; }
};

/// `fault(call, out)` draws the weights, of either type, in place of the honest initialiser.
template <class Fault>
claims::Subject with_weights(Fault fault) {
  claims::Subject faulty = subject();
  const auto plant = [&]<class T>(claims::Draws<T>& draws) {
    draws.initialise = [fault](const init::Rule& rule, init::Layer layer, const Shape& shape, std::size_t groups,
                               const random::Stream& stream, std::span<T> out) {
      fault(WeightCall{rule, layer, shape, groups, stream}, out);
    };
  };
  plant(faulty.f32);
  plant(faulty.f64);
  return faulty;
}

/// The honest weights, changed by `spoil(call, out)`.
template <class Spoil>
claims::Subject with_spoilt_weights(Spoil spoil) {
  return with_weights([spoil]<class T>(const WeightCall& call, std::span<T> out) {
    call.draw(out);
    spoil(call, out);
  });
}

/// Honest weights of another address.
template <class Readdress>
claims::Subject with_addresses(Readdress readdress) {
  return with_weights([readdress]<class T>(WeightCall call, std::span<T> out) {
    readdress(call);
    call.draw(out);
  });
}

/// What a rule was asked for, and our answer to it.
template <class T>
struct StructuredCall {
  const init::StructuredRule& rule;
  Shape shape;
  std::size_t groups;
  double gain;
  random::Stream stream;
  std::span<T> out;

  void draw() const { init::initialise_structured<T>(rule, shape, groups, gain, stream, out); }
  [[nodiscard]] std::size_t rows() const { return shape[0]; }
  [[nodiscard]] std::size_t cols() const { return out.size() / shape[0]; }
};

/// `fault` takes a call of either type, and changes it before it is carried out or its answer after.
template <class Fault>
claims::Subject with_structured_fault(Fault fault) {
  claims::Subject faulty = subject();
  const auto plant = [&]<class T>(claims::Draws<T>& draws) {
    draws.structured = [fault](const init::StructuredRule& rule, const Shape& shape, std::size_t groups, double gain,
                               const random::Stream& stream, std::span<T> out) {
      fault(StructuredCall<T>{rule, shape, groups, gain, stream, out});
    };
  };
  plant(faulty.f32);
  plant(faulty.f64);
  return faulty;
}

/// Q of a Householder QR as it comes: reflectors one after the other, each sending a column to
/// −sign(its head)·‖column‖·e, which is the sign that R's diagonal then has.
template <class T>
void without_sign_correction(const StructuredCall<T>& call) {
  const bool tall = call.rows() >= call.cols();
  const std::size_t l = std::max(call.rows(), call.cols()), s = std::min(call.rows(), call.cols());
  const auto at = [&](std::size_t i, std::size_t j) { return tall ? i * call.cols() + j : j * call.cols() + i; };
  std::vector<double> a(l * s), q(l * s, 0.0), v(l * s, 0.0);
  random::fill_normal<double>(call.stream, a, 0, 1);
  const auto reflect = [&](std::vector<double>& m, std::size_t column, std::size_t k) {
    double along = 0, square = 0;
    for (std::size_t i = k; i < l; ++i) along += v[at(i, k)] * m[at(i, column)], square += v[at(i, k)] * v[at(i, k)];
    for (std::size_t i = k; i < l; ++i) m[at(i, column)] -= 2 * along / square * v[at(i, k)];
  };
  for (std::size_t k = 0; k < s; ++k) {
    double norm = 0;
    for (std::size_t i = k; i < l; ++i) norm = std::hypot(norm, v[at(i, k)] = a[at(i, k)]);
    v[at(k, k)] += std::copysign(norm, a[at(k, k)]);
    for (std::size_t j = k; j < s; ++j) reflect(a, j, k);
  }
  for (std::size_t j = 0; j < s; ++j) {
    q[at(j, j)] = 1;
    for (std::size_t k = s; k-- > 0;) reflect(q, j, k);
  }
  for (std::size_t i = 0; i < q.size(); ++i) call.out[i] = static_cast<T>(call.gain * q[i]);
}

}  // namespace sqrtn::verify
