#include "graph/value.hpp"

#include <fmt/ranges.h>

namespace sqrtn::graph {
namespace {

constexpr std::size_t most_axes = 16;

thread_local std::size_t most_now = most_entries;

template <class T>
void gather(std::span<const T> in, std::span<T> out, const Shape& shape, std::ptrdiff_t first,
            const std::vector<std::ptrdiff_t>& strides) {
  if (out.empty()) return;
  if (shape.empty()) {
    out[0] = in[static_cast<std::size_t>(first)];
    return;
  }
  const std::size_t last = shape.size() - 1, length = shape[last];
  const std::ptrdiff_t step = strides[last];
  std::vector<std::size_t> index(shape.size());
  for (std::size_t begin = 0; begin < out.size(); begin += length) {
    for (std::size_t i = 0; i < length; ++i) {
      out[begin + i] = in[static_cast<std::size_t>(first + static_cast<std::ptrdiff_t>(i) * step)];
    }
    for (std::size_t axis = last; axis-- > 0;) {
      first += strides[axis];
      if (++index[axis] < shape[axis]) break;
      first -= strides[axis] * static_cast<std::ptrdiff_t>(shape[axis]);
      index[axis] = 0;
    }
  }
}

}  // namespace

EntryLimit::EntryLimit(std::size_t most) : before_(most_now) { most_now = std::min(most, most_entries); }
EntryLimit::~EntryLimit() { most_now = before_; }

std::size_t entries_in(const Shape& shape) {
  require(shape.size() <= most_axes, "a tensor of {} axes; at most {} are read", shape.size(), most_axes);
  if (std::ranges::find(shape, 0U) != shape.end()) return 0;
  std::size_t count = 1;
  for (const std::size_t dimension : shape) {
    require(dimension <= most_now / count, "a tensor of {} entries; at most {} are computed", fmt::join(shape, "x"),
            most_now);
    count *= dimension;
  }
  return count;
}

std::string shape_text(const Shape& shape) { return shape.empty() ? "scalar" : to_string(shape); }

Value::Value(Shape shape, Buffer<float> reals)
    : shape_(std::move(shape)), reals_(std::make_shared<const Buffer<float>>(std::move(reals))) {
  require(entries_in(shape_) == reals_->size(), "{} entries do not fill {}", reals_->size(), shape_text(shape_));
}

Value::Value(Kind kind, Shape shape, Buffer<std::int64_t> wholes)
    : kind_(kind),
      shape_(std::move(shape)),
      reals_(),
      wholes_(std::make_shared<const Buffer<std::int64_t>>(std::move(wholes))) {
  require(entries_in(shape_) == wholes_->size(), "{} entries do not fill {}", wholes_->size(), shape_text(shape_));
}

Value Value::scalar(float x) { return {Shape{}, Buffer<float>(1, x)}; }

Value Value::whole(std::int64_t x) { return {Kind::whole, Shape{}, Buffer<std::int64_t>(1, x)}; }

Value Value::list(std::span<const std::int64_t> wholes) {
  Buffer<std::int64_t> buffer(wholes.size());
  std::ranges::copy(wholes, buffer.data());
  return {Kind::whole, Shape{wholes.size()}, std::move(buffer)};
}

std::span<const float> Value::reals() const {
  require(real(), "takes real numbers, got {}", kind_ == Kind::whole ? "integers" : "truth values");
  return reals_->span();
}

std::span<const std::int64_t> Value::wholes() const {
  require(!real(), "takes integers or truth values, got real numbers");
  return wholes_->span();
}

Value Value::reshaped(Shape shape) const {
  require(entries_in(shape) == size(), "{} does not fill {}", shape_text(shape_), shape_text(shape));
  Value other = *this;
  other.shape_ = std::move(shape);
  return other;
}

network::Tensor<float> Value::tensor() const {
  const std::span<const float> entries = reals();
  network::Tensor<float> tensor(shape_);
  std::ranges::copy(entries, tensor.values.data());
  return tensor;
}

Shape broadcast(const Shape& a, const Shape& b) {
  Shape shape(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::size_t left = i < a.size() ? a[a.size() - 1 - i] : 1, right = i < b.size() ? b[b.size() - 1 - i] : 1;
    require(left == right || left == 1 || right == 1, "{} and {} do not broadcast", shape_text(a), shape_text(b));
    shape[shape.size() - 1 - i] = left == 1 ? right : left;
  }
  return shape;
}

std::vector<std::ptrdiff_t> strides_of(const Shape& shape) {
  std::vector<std::ptrdiff_t> strides(shape.size());
  std::size_t stride = 1;  // of an empty tensor it may wrap, and is never taken
  for (std::size_t axis = shape.size(); axis-- > 0; stride *= shape[axis]) {
    strides[axis] = static_cast<std::ptrdiff_t>(stride);
  }
  return strides;
}

std::vector<std::ptrdiff_t> broadcast_strides(const Shape& shape, const Shape& to) {
  require(shape.size() <= to.size(), "{} does not broadcast to {}", shape_text(shape), shape_text(to));
  const std::vector<std::ptrdiff_t> own = strides_of(shape);
  std::vector<std::ptrdiff_t> strides(to.size());
  for (std::size_t i = 1; i <= shape.size(); ++i) {
    const std::size_t length = shape[shape.size() - i], asked = to[to.size() - i];
    require(length == asked || length == 1, "{} does not broadcast to {}", shape_text(shape), shape_text(to));
    strides[to.size() - i] = length == 1 ? 0 : own[shape.size() - i];
  }
  return strides;
}

Value rearranged(const Value& x, const Shape& shape, std::ptrdiff_t first, const std::vector<std::ptrdiff_t>& strides) {
  return same_kind(x, [&]<class T>(std::span<const T> entries, auto wrap) {
    Buffer<T> out(entries_in(shape));
    gather<T>(entries, out.span(), shape, first, strides);
    return wrap(shape, std::move(out));
  });
}

Value broadcast_to(const Value& x, const Shape& shape) {
  return x.shape() == shape ? x : rearranged(x, shape, 0, broadcast_strides(x.shape(), shape));
}

std::size_t axis_of(std::int64_t axis, std::size_t rank) {
  const auto axes = static_cast<std::int64_t>(rank);
  require(axis >= -axes && axis < axes, "has no axis {} of {}", axis, rank);
  return static_cast<std::size_t>(axis < 0 ? axis + axes : axis);
}

std::size_t product_of(const Shape& shape, std::size_t first, std::size_t last) {
  std::size_t product = 1;
  for (std::size_t axis = first; axis < last; ++axis) product *= shape[axis];
  return product;
}

}  // namespace sqrtn::graph
