#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sqrtn/network/tensor.hpp"

/// What flows along the edges of a graph.
namespace sqrtn::graph {

enum class Kind {
  real,   ///< float; double and the types of 16 bits are computed in float too
  whole,  ///< every type of integers, as int64
  truth,  ///< bool, as int64 of 0 and 1
};

/// More than this no value may hold: 2 GiB of floats.
inline constexpr std::size_t most_entries = std::size_t{1} << 29;

/// While it lives, no value of this thread may hold more than `most` entries: what a run may take is known before any
/// node asks for it.
class EntryLimit {
 public:
  explicit EntryLimit(std::size_t most);
  ~EntryLimit();
  EntryLimit(const EntryLimit&) = delete;
  EntryLimit& operator=(const EntryLimit&) = delete;

 private:
  std::size_t before_;
};

/// Π shape, 0 where a dimension is 0, 1 of a scalar. Throws: std::invalid_argument above most_entries or the limit, or
/// for more than 16 axes.
std::size_t entries_in(const Shape& shape);

/// "1x3x224x224", "scalar".
std::string shape_text(const Shape& shape);

/// A tensor, row-major, whose dimensions may be 0. Entries are shared and never changed: a copy costs nothing.
class Value {
 public:
  Value() = default;
  /// Throws: std::invalid_argument unless the buffer is as long as the shape says.
  Value(Shape shape, Buffer<float> reals);
  Value(Kind kind, Shape shape, Buffer<std::int64_t> wholes);  ///< `kind` is not real
  /// An image or a batch that the layers of network/ have made.
  explicit Value(network::Tensor<float> tensor) : Value(std::move(tensor.shape), std::move(tensor.values)) {}

  static Value scalar(float x);
  static Value whole(std::int64_t x);
  /// One axis.
  static Value list(std::span<const std::int64_t> wholes);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool real() const { return kind_ == Kind::real; }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::size_t rank() const { return shape_.size(); }
  [[nodiscard]] std::size_t size() const { return real() ? reals_->size() : wholes_->size(); }
  [[nodiscard]] std::size_t bytes() const { return size() * (real() ? sizeof(float) : sizeof(std::int64_t)); }

  /// Throws: std::invalid_argument for another kind.
  [[nodiscard]] std::span<const float> reals() const;
  [[nodiscard]] std::span<const std::int64_t> wholes() const;

  /// The same entries in another shape. Throws: std::invalid_argument if they do not fill it.
  [[nodiscard]] Value reshaped(Shape shape) const;
  /// A copy for the layers of network/. Throws: std::invalid_argument if it is empty or not real.
  [[nodiscard]] network::Tensor<float> tensor() const;

 private:
  Kind kind_ = Kind::real;
  Shape shape_{0};
  std::shared_ptr<const Buffer<float>> reals_ = std::make_shared<const Buffer<float>>();
  std::shared_ptr<const Buffer<std::int64_t>> wholes_;
};

/// Calls visit(entries, wrap): `wrap` makes a value of the same kind of a shape and a buffer.
template <class Visit>
Value same_kind(const Value& x, Visit visit) {
  if (x.real()) {
    return visit(x.reals(), [](Shape shape, Buffer<float> b) { return Value(std::move(shape), std::move(b)); });
  }
  return visit(x.wholes(), [kind = x.kind()](Shape shape, Buffer<std::int64_t> b) {
    return Value(kind, std::move(shape), std::move(b));
  });
}

/// The nearest entry: an integer is cut off towards 0, and at ±2⁶² where it would not fit; 0 of a NaN.
template <class T>
T entry_of(double x) {
  if constexpr (std::is_floating_point_v<T>) return static_cast<T>(x);
  return x != x ? T(0) : static_cast<T>(std::clamp(x, -0x1p62, 0x1p62));
}

/// The shape that both broadcast to by numpy's rule: from the last axis on, equal, or one of them 1 or missing.
/// Throws: std::invalid_argument that names both.
Shape broadcast(const Shape& a, const Shape& b);

/// Steps between entries along each axis.
std::vector<std::ptrdiff_t> strides_of(const Shape& shape);
/// Of a value read as if it had `to`'s shape: 0 along what is repeated.
std::vector<std::ptrdiff_t> broadcast_strides(const Shape& shape, const Shape& to);

/// y[i, j, …] = x[first + i·strides[0] + j·strides[1] + …]; every such entry must be one of x's.
Value rearranged(const Value& x, const Shape& shape, std::ptrdiff_t first, const std::vector<std::ptrdiff_t>& strides);
Value broadcast_to(const Value& x, const Shape& shape);

/// An axis counted from the end if it is negative. Throws: std::invalid_argument outside [−rank, rank − 1].
std::size_t axis_of(std::int64_t axis, std::size_t rank);

/// The product of dimensions [first, last).
std::size_t product_of(const Shape& shape, std::size_t first, std::size_t last);

}  // namespace sqrtn::graph
