#pragma once

#include <algorithm>
#include <utility>

#include "sqrtn/support/shape.hpp"
#include "sqrtn/support/tensor.hpp"

namespace sqrtn::network {

/// An owned dense tensor, row-major; uninitialised unless a value is given. The first axis counts the
/// samples of a batch; images are batch × channels × height × width. Copies are made by name only.
/// Throws: std::invalid_argument for a dimension of 0; std::bad_alloc if memory is short.
template <class T>
struct Tensor {
  Shape shape;
  Buffer<T> values;

  Tensor() = default;
  explicit Tensor(Shape shape_) : shape(std::move(shape_)), values(element_count(shape)) {}
  Tensor(Shape shape_, T value) : shape(std::move(shape_)), values(element_count(shape), value) {}

  [[nodiscard]] std::size_t size() const { return values.size(); }
  [[nodiscard]] Tensor copy() const {
    Tensor other(shape);
    std::copy_n(values.data(), size(), other.values.data());
    return other;
  }
};

/// Height and width; one number means both.
struct Size2d {
  std::size_t height, width;
  constexpr Size2d(std::size_t both) : height(both), width(both) {}
  constexpr Size2d(std::size_t height_, std::size_t width_) : height(height_), width(width_) {}
  [[nodiscard]] constexpr std::size_t area() const { return height * width; }
  friend bool operator==(const Size2d&, const Size2d&) = default;
};

}  // namespace sqrtn::network
