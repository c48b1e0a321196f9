#include <cmath>

#include "graph/operators.hpp"

/// Images made larger or smaller, one axis after the other.
namespace sqrtn::graph {
namespace {

using Values = std::vector<Value>;

/// How outputs lie over inputs.
struct Rule {
  std::string coordinates, nearest;
  bool linear = false;
};

/// Where output i of an axis lies among its inputs.
double place_of(std::size_t i, double scale, std::size_t inputs, std::size_t outputs, const std::string& coordinates) {
  const auto at = static_cast<double>(i);
  if (coordinates == "asymmetric") return at / scale;
  if (coordinates == "align_corners") {
    return outputs == 1 ? 0 : at * static_cast<double>(inputs - 1) / static_cast<double>(outputs - 1);
  }
  if (coordinates == "pytorch_half_pixel" && outputs == 1) return 0;
  require(coordinates == "half_pixel" || coordinates == "pytorch_half_pixel",
          "has the coordinate_transformation_mode '{:.40}', which is not known here", coordinates);
  return (at + 0.5) / scale - 0.5;
}

double rounded(double at, const std::string& nearest) {
  if (nearest == "floor") return std::floor(at);
  if (nearest == "ceil") return std::ceil(at);
  if (nearest == "round_prefer_ceil") return std::floor(at + 0.5);
  require(nearest == "round_prefer_floor", "has the nearest_mode '{:.40}', which is not known here", nearest);
  return std::ceil(at - 0.5);
}

Value resized_axis(const Value& x, std::size_t axis, std::size_t outputs, double scale, const Rule& rule) {
  const std::size_t inputs = x.shape()[axis], outer = product_of(x.shape(), 0, axis),
                    inner = product_of(x.shape(), axis + 1, x.rank());
  Shape shape = x.shape();
  shape[axis] = outputs;
  Buffer<float> out(entries_in(shape));
  const auto in = x.reals();
  const auto last = static_cast<double>(inputs - 1);
  for (std::size_t i = 0; i < outputs; ++i) {
    const double at = place_of(i, scale, inputs, outputs, rule.coordinates);
    const double place = std::clamp(rule.linear ? at : rounded(at, rule.nearest), 0.0, last);
    const auto low = static_cast<std::size_t>(place), high = std::min(low + 1, inputs - 1);
    const double share = place - static_cast<double>(low);
    for (std::size_t o = 0; o < outer; ++o) {
      const float *a = in.data() + (o * inputs + low) * inner, *b = in.data() + (o * inputs + high) * inner;
      float* to = out.data() + (o * outputs + i) * inner;
      for (std::size_t e = 0; e < inner; ++e) {
        to[e] = share == 0
                    ? a[e]
                    : static_cast<float>((1 - share) * static_cast<double>(a[e]) + share * static_cast<double>(b[e]));
      }
    }
  }
  return {shape, std::move(out)};
}

/// The factors, from an attribute, or from input 2 (input 1 in opset 10 and before); empty if sizes are asked for.
std::vector<float> scales_of(const Call& c) {
  if (const Attribute* a = c.node().find("scales")) return a->reals;
  const Value* scales = c.optional(c.opset() >= 11 ? 2 : 1);
  if (scales == nullptr || scales->size() == 0) return {};
  return {scales->reals().begin(), scales->reals().end()};
}

Values resize_by(const Call& c, const Rule& rule) {
  Value x = c.input(0);
  require(x.size() > 0, "takes at least one entry");
  const std::vector<float> scales = scales_of(c);
  const auto sizes = c.opset() >= 11 ? c.list("", 3) : std::nullopt;
  require(scales.size() == x.rank() || (scales.empty() && sizes && sizes->size() == x.rank()),
          "takes a scale or a size for each axis of {}", shape_text(x.shape()));
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    const auto inputs = static_cast<double>(x.shape()[axis]);
    const double outputs =
        scales.empty() ? static_cast<double>((*sizes)[axis]) : std::floor(inputs * static_cast<double>(scales[axis]));
    require(outputs >= 1 && outputs <= static_cast<double>(most_entries), "makes an axis of {}", outputs);
    const double scale = scales.empty() ? outputs / inputs : static_cast<double>(scales[axis]);
    if (scale != 1) x = resized_axis(x, axis, static_cast<std::size_t>(outputs), scale, rule);
  }
  return {x};
}

Values resize(const Call& c) {
  const std::string mode = c.text("mode", "nearest");
  require(mode == "nearest" || mode == "linear", "resizes by '{:.20}'; known are nearest and linear", mode);
  require(c.whole("antialias", 0) == 0 && c.node().find("axes") == nullptr &&
              c.text("keep_aspect_ratio_policy", "stretch") == "stretch",
          "has antialias, axes or keep_aspect_ratio_policy, which are not known here");
  const bool old = c.opset() < 11;
  return resize_by(c, {c.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel"),
                       c.text("nearest_mode", old ? "floor" : "round_prefer_floor"), mode == "linear"});
}

Values upsample(const Call& c) {
  const std::string mode = c.text("mode", "nearest");
  require(mode == "nearest" || mode == "linear", "resizes by '{:.20}'; known are nearest and linear", mode);
  return resize_by(c, {"asymmetric", "floor", mode == "linear"});
}

constexpr Operator operators[] = {{"Resize", resize}, {"Upsample", upsample}};

}  // namespace

std::span<const Operator> resize_operators() { return operators; }

}  // namespace sqrtn::graph
