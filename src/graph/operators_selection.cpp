#include "graph/operators.hpp"

/// Operators that take parts of tensors, or put them together.
namespace sqrtn::graph {
namespace {

using Values = std::vector<Value>;

/// x as outer × axis × inner.
struct Around {
  std::size_t outer, length, inner;
  Around(const Shape& shape, std::size_t axis)
      : outer(product_of(shape, 0, axis)), length(shape[axis]), inner(product_of(shape, axis + 1, shape.size())) {}
};

Shape with_dimension(Shape shape, std::size_t axis, std::size_t size) {
  shape[axis] = size;
  return shape;
}

Values concat(const Call& c) {
  const std::size_t axis = axis_of(c.whole("axis", 1), c.input(0).rank());
  const Value& first = c.input(0);
  std::size_t length = 0;
  for (std::size_t i = 0; i < c.count(); ++i) {
    const Value& x = c.input(i);
    require(x.real() == first.real() && x.rank() == first.rank() &&
                with_dimension(x.shape(), axis, 1) == with_dimension(first.shape(), axis, 1),
            "does not join {} and {} along axis {}", shape_text(first.shape()), shape_text(x.shape()), axis);
    length += x.shape()[axis];
  }
  const Shape shape = with_dimension(first.shape(), axis, length);
  return {same_kind(first, [&]<class T>(std::span<const T>, auto wrap) {
    Buffer<T> out(entries_in(shape));
    const Around whole(shape, axis);
    std::size_t at = 0;
    for (std::size_t i = 0; i < c.count(); ++i) {
      const Around part(c.input(i).shape(), axis);
      same_kind(c.input(i), [&]<class U>(std::span<const U> in, auto) {
        const std::size_t run = part.length * part.inner;
        for (std::size_t o = 0; o < part.outer; ++o) {
          for (std::size_t e = 0; e < run; ++e) {
            out[o * whole.length * whole.inner + at + e] = static_cast<T>(in[o * run + e]);
          }
        }
        at += run;
        return Value();
      });
    }
    return wrap(shape, std::move(out));
  })};
}

Value part_of(const Value& x, std::size_t axis, std::size_t first, std::size_t length) {
  const auto strides = strides_of(x.shape());
  return rearranged(x, with_dimension(x.shape(), axis, length), static_cast<std::ptrdiff_t>(first) * strides[axis],
                    strides);
}

/// Into the sizes that are given, or equal ones of which the last may be smaller.
Values split(const Call& c) {
  const Value& x = c.input(0);
  const std::size_t axis = axis_of(c.whole("axis", 0), x.rank()), length = x.shape()[axis];
  const std::size_t parts = std::max<std::size_t>(c.outputs(), 1), equal = (length + parts - 1) / parts;
  const auto sizes = c.list("split", 1);
  require(!sizes || sizes->size() == parts, "has {} outputs, but {} sizes", parts, sizes ? sizes->size() : 0);
  Values values;
  std::size_t at = 0;
  for (std::size_t i = 0; i < parts; ++i) {
    const std::size_t left = length - at;
    const std::int64_t asked = sizes ? (*sizes)[i] : static_cast<std::int64_t>(std::min(equal, left));
    require(asked >= 0 && static_cast<std::size_t>(asked) <= left, "takes {} of {} entries left on axis {}", asked,
            left, axis);
    values.push_back(part_of(x, axis, at, static_cast<std::size_t>(asked)));
    at += static_cast<std::size_t>(asked);
  }
  require(at == length, "leaves {} entries of axis {} over", length - at, axis);
  return values;
}

/// The entries begin, begin + step, … before end, clamped to the axis as numpy does.
struct Stretch {
  std::int64_t begin = 0;
  std::size_t count = 0;
  std::int64_t step = 1;
};

Stretch stretch_of(std::int64_t begin, std::int64_t end, std::int64_t step, std::size_t length) {
  const auto n = static_cast<std::int64_t>(length);
  constexpr std::int64_t far = std::int64_t{1} << 40;
  require(step != 0, "takes steps of 0");
  step = std::clamp(step, -far, far);
  const auto within = [&](std::int64_t at, std::int64_t low, std::int64_t high) {
    return std::clamp(at < 0 ? std::max(at, -far) + n : at, low, high);
  };
  if (step > 0) {
    const std::int64_t first = within(begin, 0, n), last = within(end, 0, n);
    return {first, first < last ? static_cast<std::size_t>((last - first + step - 1) / step) : 0, step};
  }
  const std::int64_t first = within(begin, 0, n - 1), last = within(end, -1, n - 1);
  return {first, first > last && n > 0 ? static_cast<std::size_t>((first - last - step - 1) / -step) : 0, step};
}

Values slice(const Call& c) {
  const Value& x = c.input(0);
  const auto starts = c.list("starts", 1), ends = c.list("ends", 2);
  require(starts && ends && starts->size() == ends->size(), "takes as many starts as ends");
  std::vector<std::int64_t> axes, steps(starts->size(), 1);
  for (std::size_t i = 0; i < starts->size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  axes = c.list("axes", 3).value_or(axes);
  steps = c.list("steps", 4).value_or(steps);
  require(axes.size() == starts->size() && steps.size() == starts->size(), "takes as many axes and steps as starts");
  Shape shape = x.shape();
  auto strides = strides_of(x.shape());
  std::vector<bool> seen(x.rank());
  std::ptrdiff_t first = 0;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t axis = axis_of(axes[i], x.rank());
    require(!seen[axis], "slices axis {} twice", axis);
    seen[axis] = true;
    const Stretch s = stretch_of((*starts)[i], (*ends)[i], steps[i], x.shape()[axis]);
    shape[axis] = s.count;
    if (s.count == 0) continue;
    first += s.begin * strides[axis];
    strides[axis] = s.count > 1 ? strides[axis] * s.step : 0;
  }
  return {rearranged(x, shape, first, strides)};
}

Values gather(const Call& c) {
  const Value &x = c.input(0), &indices = c.input(1);
  const std::size_t axis = axis_of(c.whole("axis", 0), x.rank());
  const Around around(x.shape(), axis);
  Shape shape(x.shape().begin(), x.shape().begin() + static_cast<std::ptrdiff_t>(axis));
  shape.insert(shape.end(), indices.shape().begin(), indices.shape().end());
  shape.insert(shape.end(), x.shape().begin() + static_cast<std::ptrdiff_t>(axis) + 1, x.shape().end());
  std::vector<std::size_t> places;
  for (const std::int64_t index : indices.wholes()) {
    const auto length = static_cast<std::int64_t>(around.length);
    require(index >= -length && index < length, "takes entry {} of an axis of {}", index, length);
    places.push_back(static_cast<std::size_t>(index < 0 ? index + length : index));
  }
  return {same_kind(x, [&]<class T>(std::span<const T> in, auto wrap) {
    Buffer<T> out(entries_in(shape));
    T* to = out.data();
    for (std::size_t o = 0; o < around.outer && out.size() > 0; ++o) {
      for (const std::size_t place : places) {
        to = std::copy_n(in.data() + (o * around.length + place) * around.inner, around.inner, to);
      }
    }
    return wrap(shape, std::move(out));
  })};
}

/// Where an entry of a padded axis comes from; nullopt: from nowhere.
std::optional<std::size_t> source_of(std::int64_t at, std::size_t length, const std::string& mode) {
  const auto n = static_cast<std::int64_t>(length);
  if (at >= 0 && at < n) return static_cast<std::size_t>(at);
  if (mode == "edge") return at < 0 ? 0 : length - 1;
  if (mode == "reflect") return static_cast<std::size_t>(at < 0 ? -at : 2 * (n - 1) - at);
  if (mode == "wrap") return static_cast<std::size_t>((at % n + n) % n);
  return std::nullopt;
}

/// The pads of each axis, before and behind; those of some axes alone are input 3.
std::vector<std::pair<std::int64_t, std::int64_t>> pads_of(const Call& c, const Shape& shape) {
  const auto pads = c.list("pads", 1);
  require(pads.has_value(), "has no pads");
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < shape.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  if (c.optional(3) != nullptr) axes = c.list("", 3).value_or(axes);
  require(pads->size() == 2 * axes.size(), "has {} pads for {} axes", pads->size(), axes.size());
  std::vector<std::pair<std::int64_t, std::int64_t>> all(shape.size());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t before = (*pads)[i], behind = (*pads)[i + axes.size()];
    constexpr auto most = static_cast<std::int64_t>(most_entries);
    require(std::max(before, behind) <= most && std::min(before, behind) >= -most, "pads by {} and {}", before, behind);
    all[axis_of(axes[i], shape.size())] = {before, behind};
  }
  return all;
}

/// One axis after the other; a negative pad takes entries away.
Value padded_axis(const Value& x, std::size_t axis, std::int64_t before, std::int64_t behind, const std::string& mode,
                  double fill) {
  const Around around(x.shape(), axis);
  const auto n = static_cast<std::int64_t>(around.length), length = n + before + behind;
  require(length >= 0, "takes more than there is from axis {}", axis);
  require(mode == "constant" || (n > 0 && (mode != "reflect" || (before < n && behind < n))),
          "pads axis {} of {} by {} and {}", axis, n, before, behind);
  const Shape shape = with_dimension(x.shape(), axis, static_cast<std::size_t>(length));
  return same_kind(x, [&]<class T>(std::span<const T> in, auto wrap) {
    Buffer<T> out(entries_in(shape), entry_of<T>(fill));
    for (std::size_t o = 0; o < around.outer && out.size() > 0; ++o) {
      for (std::int64_t i = 0; i < length; ++i) {
        const auto from = source_of(i - before, around.length, mode);
        if (!from) continue;
        const std::size_t to = o * static_cast<std::size_t>(length) + static_cast<std::size_t>(i);
        std::copy_n(in.data() + (o * around.length + *from) * around.inner, around.inner,
                    out.data() + to * around.inner);
      }
    }
    return wrap(shape, std::move(out));
  });
}

Values pad(const Call& c) {
  const std::string mode = c.text("mode", "constant");
  require(mode == "constant" || mode == "reflect" || mode == "edge" || mode == "wrap", "pads in mode '{:.20}'", mode);
  double fill = c.real("value", 0);
  if (const Value* value = c.optional(2)) {
    require(value->size() == 1, "fills with {}", shape_text(value->shape()));
    fill = value->real() ? static_cast<double>(value->reals()[0]) : static_cast<double>(value->wholes()[0]);
  }
  Value x = c.input(0);
  const auto pads = pads_of(c, x.shape());
  for (std::size_t axis = 0; axis < pads.size(); ++axis) {
    const auto [before, behind] = pads[axis];
    if (before != 0 || behind != 0) x = padded_axis(x, axis, before, behind, mode, fill);
  }
  return {x};
}

/// Zero above or below the k-th diagonal of the last two axes.
Values trilu(const Call& c) {
  const Value& x = c.input(0);
  require(x.rank() >= 2, "takes matrices, got {}", shape_text(x.shape()));
  const bool upper = c.whole("upper", 1) != 0;
  std::int64_t k = 0;
  if (const auto diagonal = c.list("", 1)) k = diagonal->empty() ? 0 : diagonal->front();
  const std::size_t rows = x.shape()[x.rank() - 2], cols = x.shape()[x.rank() - 1];
  return {same_kind(x, [&]<class T>(std::span<const T> in, auto wrap) {
    Buffer<T> out(in.size());
    for (std::size_t i = 0; i < in.size(); ++i) {
      const auto row = static_cast<std::int64_t>(i / cols % rows), col = static_cast<std::int64_t>(i % cols);
      out[i] = (upper ? col - row >= k : col - row <= k) ? in[i] : T(0);
    }
    return wrap(x.shape(), std::move(out));
  })};
}

constexpr Operator operators[] = {
    {"Concat", concat}, {"Split", split}, {"Slice", slice}, {"Gather", gather}, {"Pad", pad}, {"Trilu", trilu},
};

}  // namespace

std::span<const Operator> selection_operators() { return operators; }

}  // namespace sqrtn::graph
