#include <cmath>
#include <numeric>

#include "graph/operators.hpp"

/// Operators that give entries another shape or order, or make tensors of their own.
namespace sqrtn::graph {
namespace {

using Values = std::vector<Value>;

std::size_t dimension_of(std::int64_t size) {
  require(size >= 0, "makes a dimension of {}", size);
  return static_cast<std::size_t>(size);
}

Shape shape_of_list(const std::vector<std::int64_t>& list) {
  Shape shape;
  for (const std::int64_t size : list) shape.push_back(dimension_of(size));
  return shape;
}

Values constant(const Call& c) {
  const Node& node = c.node();
  if (const Attribute* a = node.find("value"); a != nullptr && a->tensor) return {*a->tensor};
  if (const Attribute* a = node.find("value_float"); a != nullptr && a->real) return {Value::scalar(*a->real)};
  if (const Attribute* a = node.find("value_int"); a != nullptr && a->whole) return {Value::whole(*a->whole)};
  if (const Attribute* a = node.find("value_ints")) return {Value::list(a->wholes)};
  if (const Attribute* a = node.find("value_floats")) {
    Buffer<float> buffer(a->reals.size());
    std::ranges::copy(a->reals, buffer.data());
    return {Value(Shape{a->reals.size()}, std::move(buffer))};
  }
  throw std::invalid_argument("has no value that is a tensor, a number or a list of numbers");
}

Values constant_of_shape(const Call& c) {
  const auto sizes = c.input(0).wholes();
  const Shape shape = shape_of_list({sizes.begin(), sizes.end()});
  const Attribute* a = c.node().find("value");
  const Value one = a != nullptr && a->tensor ? *a->tensor : Value::scalar(0);
  require(one.size() == 1, "takes a value of one entry, got {}", one.size());
  return {broadcast_to(one.reshaped({}), shape)};
}

Values shape(const Call& c) {
  const Shape& shape = c.input(0).shape();
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto bound = [rank](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank); };
  const std::int64_t begin = bound(c.whole("start", 0)), end = bound(c.whole("end", rank));
  std::vector<std::int64_t> sizes;
  for (std::int64_t i = begin; i < end; ++i) {
    sizes.push_back(static_cast<std::int64_t>(shape[static_cast<std::size_t>(i)]));
  }
  return {Value::list(sizes)};
}

Values reshape(const Call& c) {
  const Value& x = c.input(0);
  const std::vector<std::int64_t> asked = c.list("shape", 1).value_or(std::vector<std::int64_t>{});
  const bool zero_is_zero = c.whole("allowzero", 0) != 0;
  Shape shape;
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (asked[i] == -1) {
      require(!open, "leaves two dimensions open");
      open = i;
      shape.push_back(1);
    } else if (asked[i] == 0 && !zero_is_zero) {
      require(i < x.rank(), "copies dimension {} of {}", i, shape_text(x.shape()));
      shape.push_back(x.shape()[i]);
    } else {
      shape.push_back(dimension_of(asked[i]));
    }
  }
  if (open) {
    const std::size_t rest = entries_in(shape);
    require(rest > 0 && x.size() % rest == 0, "{} does not fill {} and one more dimension", shape_text(x.shape()),
            shape_text(shape));
    shape[*open] = x.size() / rest;
  }
  return {x.reshaped(shape)};
}

Values flatten(const Call& c) {
  const Value& x = c.input(0);
  std::int64_t axis = c.whole("axis", 1);
  const auto rank = static_cast<std::int64_t>(x.rank());
  require(axis >= -rank && axis <= rank, "has no axis {} of {}", axis, rank);
  if (axis < 0) axis += rank;
  const std::size_t rows = product_of(x.shape(), 0, static_cast<std::size_t>(axis));
  return {x.reshaped({rows, product_of(x.shape(), static_cast<std::size_t>(axis), x.rank())})};
}

Values transpose(const Call& c) {
  const Value& x = c.input(0);
  std::vector<std::int64_t> order(x.rank());
  std::iota(order.rbegin(), order.rend(), 0);
  order = c.list("perm").value_or(order);
  require(order.size() == x.rank(), "has an order of {} axes for {}", order.size(), shape_text(x.shape()));
  const auto strides = strides_of(x.shape());
  std::vector<bool> seen(x.rank());
  Shape shape;
  std::vector<std::ptrdiff_t> steps;
  for (const std::int64_t axis : order) {
    const std::size_t a = axis_of(axis, x.rank());
    require(!seen[a], "takes axis {} twice", axis);
    seen[a] = true;
    shape.push_back(x.shape()[a]);
    steps.push_back(strides[a]);
  }
  return {rearranged(x, shape, 0, steps)};
}

Values squeeze(const Call& c) {
  const Value& x = c.input(0);
  std::vector<bool> dropped(x.rank());
  if (const auto axes = c.list("axes", 1)) {
    for (const std::int64_t axis : *axes) {
      const std::size_t a = axis_of(axis, x.rank());
      require(x.shape()[a] == 1, "takes axis {} out of {}, which is not 1", axis, shape_text(x.shape()));
      dropped[a] = true;
    }
  } else {
    for (std::size_t a = 0; a < x.rank(); ++a) dropped[a] = x.shape()[a] == 1;
  }
  Shape shape;
  for (std::size_t a = 0; a < x.rank(); ++a) {
    if (!dropped[a]) shape.push_back(x.shape()[a]);
  }
  return {x.reshaped(shape)};
}

Values unsqueeze(const Call& c) {
  const Value& x = c.input(0);
  const auto axes = c.list("axes", 1).value_or(std::vector<std::int64_t>{});
  require(axes.size() <= 16, "adds {} axes", axes.size());
  const std::size_t rank = x.rank() + axes.size();
  std::vector<bool> added(rank);
  for (const std::int64_t axis : axes) {
    const std::size_t a = axis_of(axis, rank);
    require(!added[a], "adds axis {} twice", axis);
    added[a] = true;
  }
  Shape shape;
  std::size_t next = 0;
  for (std::size_t a = 0; a < rank; ++a) shape.push_back(added[a] ? 1 : x.shape()[next++]);
  return {x.reshaped(shape)};
}

Values expand(const Call& c) {
  const auto sizes = c.input(1).wholes();
  const Shape asked = shape_of_list({sizes.begin(), sizes.end()});
  return {broadcast_to(c.input(0), broadcast(c.input(0).shape(), asked))};
}

/// An axis of length d repeated r times is two axes, r and d, of which the first does not move.
Values tile(const Call& c) {
  const Value& x = c.input(0);
  const auto repeats = c.input(1).wholes();
  require(repeats.size() == x.rank() && x.rank() <= 8, "repeats {} axes of {}", repeats.size(), shape_text(x.shape()));
  const auto strides = strides_of(x.shape());
  Shape split, joined;
  std::vector<std::ptrdiff_t> steps;
  for (std::size_t a = 0; a < x.rank(); ++a) {
    const std::size_t times = dimension_of(repeats[a]);
    require(times <= most_entries, "repeats an axis {} times", times);
    split.insert(split.end(), {times, x.shape()[a]});
    steps.insert(steps.end(), {0, strides[a]});
    joined.push_back(times * x.shape()[a]);
  }
  return {rearranged(x, split, 0, steps).reshaped(joined)};
}

/// ⌈(limit − start)/delta⌉ numbers from start on.
Values range(const Call& c) {
  for (std::size_t i = 0; i < 3; ++i) {
    require(c.input(i).size() == 1, "takes numbers, got {}", shape_text(c.input(i).shape()));
  }
  if (c.input(0).real()) {
    const double start = c.input(0).reals()[0], limit = c.input(1).reals()[0], delta = c.input(2).reals()[0];
    const double count = delta == 0 ? -1 : std::max(0.0, std::ceil((limit - start) / delta));
    require(count >= 0 && count <= static_cast<double>(most_entries), "makes {} numbers", count);
    Buffer<float> out(entries_in({static_cast<std::size_t>(count)}));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(start + static_cast<double>(i) * delta);
    const std::size_t size = out.size();
    return {Value(Shape{size}, std::move(out))};
  }
  const std::int64_t start = c.input(0).wholes()[0], limit = c.input(1).wholes()[0], delta = c.input(2).wholes()[0];
  const double span = static_cast<double>(limit) - static_cast<double>(start);
  const double count = delta == 0 ? -1 : std::max(0.0, std::ceil(span / static_cast<double>(delta)));
  require(count >= 0 && count <= static_cast<double>(most_entries), "makes {} numbers", count);
  std::vector<std::int64_t> out(entries_in({static_cast<std::size_t>(count)}));
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(start) + i * static_cast<std::uint64_t>(delta));
  }
  return {Value::list(out)};
}

constexpr Operator operators[] = {
    {"Constant", constant},
    {"ConstantOfShape", constant_of_shape},
    {"Shape", shape},
    {"Size", [](const Call& c) { return Values{Value::whole(static_cast<std::int64_t>(c.input(0).size()))}; }},
    {"Reshape", reshape},
    {"Flatten", flatten},
    {"Transpose", transpose},
    {"Squeeze", squeeze},
    {"Unsqueeze", unsqueeze},
    {"Expand", expand},
    {"Tile", tile},
    {"Range", range},
};

}  // namespace

std::span<const Operator> shape_operators() { return operators; }

}  // namespace sqrtn::graph
