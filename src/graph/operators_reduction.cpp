#include <cmath>

#include "graph/derivatives.hpp"

/// Operators that fold axes, or run along one. Sums are taken in double.
namespace sqrtn::graph {
namespace {

using Values = std::vector<Value>;

/// x with the folded axes last, as kept × folded, and the shape of the result.
struct Folded {
  Value x;
  std::size_t kept = 1, length = 1;
  Shape shape;
};

Folded fold(const Value& x, const std::vector<bool>& chosen, bool keep) {
  const auto strides = strides_of(x.shape());
  Folded folded;
  Shape order, inner;
  std::vector<std::ptrdiff_t> steps, inner_steps;
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    const std::size_t size = x.shape()[axis];
    if (chosen[axis]) {
      inner.push_back(size);
      inner_steps.push_back(strides[axis]);
      folded.length *= size;
      if (keep) folded.shape.push_back(1);
    } else {
      order.push_back(size);
      steps.push_back(strides[axis]);
      folded.kept *= size;
      folded.shape.push_back(size);
    }
  }
  order.insert(order.end(), inner.begin(), inner.end());
  steps.insert(steps.end(), inner_steps.begin(), inner_steps.end());
  folded.x = rearranged(x, order, 0, steps);
  return folded;
}

/// The axes of the attribute or of input 1; all if there are none, unless that means none.
std::optional<std::vector<bool>> chosen_axes(const Call& c) {
  const Value& x = c.input(0);
  const auto axes = c.list("axes", 1);
  if (!axes || axes->empty()) {
    if (c.whole("noop_with_empty_axes", 0) != 0) return std::nullopt;
    return std::vector<bool>(x.rank(), true);
  }
  std::vector<bool> chosen(x.rank());
  for (const std::int64_t axis : *axes) chosen[axis_of(axis, x.rank())] = true;
  return chosen;
}

/// of(entries of one result, in double) → the result.
template <class Of>
Values reduced(const Call& c, Of of) {
  const auto chosen = chosen_axes(c);
  if (!chosen) return {c.input(0)};
  const Folded f = fold(c.input(0), *chosen, c.whole("keepdims", 1) != 0);
  return {same_kind(f.x, [&]<class T>(std::span<const T> in, auto wrap) {
    Buffer<T> out(f.kept);
    for (std::size_t i = 0; i < f.kept; ++i)
      out[i] = entry_of<T>(static_cast<double>(of(in.subspan(i * f.length, f.length))));
    return wrap(f.shape, std::move(out));
  })};
}

/// Σ map(x), in double.
template <class T, class Map>
double sum(std::span<const T> entries, Map map) {
  double total = 0;
  for (const T x : entries) total += map(static_cast<double>(x));
  return total;
}

double itself(double x) { return x; }
double square(double x) { return x * x; }
double magnitude(double x) { return std::fabs(x); }

/// The place of the first one that no other beats; a NaN beats all.
template <class T, class Beats>
std::size_t best(std::span<const T> entries, Beats beats) {
  require(!entries.empty(), "takes an extreme of no entries");
  std::size_t at = 0;
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (entries[at] != entries[at]) break;
    if (entries[i] != entries[i] || beats(entries[i], entries[at])) at = i;
  }
  return at;
}

constexpr auto larger = [](auto a, auto b) { return a > b; };
constexpr auto smaller = [](auto a, auto b) { return a < b; };

template <class Beats>
Values place_of_best(const Call& c, Beats beats) {
  const Value& x = c.input(0);
  require(c.whole("select_last_index", 0) == 0, "takes the last of equal entries, which is not known here");
  std::vector<bool> chosen(x.rank());
  chosen[axis_of(c.whole("axis", 0), x.rank())] = true;
  const Folded f = fold(x, chosen, c.whole("keepdims", 1) != 0);
  Buffer<std::int64_t> out(f.kept);
  same_kind(f.x, [&]<class T>(std::span<const T> in, auto) {
    for (std::size_t i = 0; i < f.kept; ++i) {
      out[i] = static_cast<std::int64_t>(best<T>(in.subspan(i * f.length, f.length), beats));
    }
    return Value();
  });
  return {Value(Kind::whole, f.shape, std::move(out))};
}

Values cumulated(const Call& c) {
  const Value& x = c.input(0);
  const Value& which = c.input(1);
  require(which.size() == 1, "takes one axis, got {}", which.size());
  const std::size_t axis = axis_of(which.wholes()[0], x.rank()), length = x.shape()[axis];
  const std::size_t inner = product_of(x.shape(), axis + 1, x.rank());
  const bool without = c.whole("exclusive", 0) != 0, back = c.whole("reverse", 0) != 0;
  return {same_kind(x, [&]<class T>(std::span<const T> in, auto wrap) {
    Buffer<T> out(in.size());
    for (std::size_t line = 0; line < (length == 0 ? 0 : in.size() / length); ++line) {
      double total = 0;
      for (std::size_t i = 0; i < length; ++i) {
        const std::size_t at = (line / inner * length + (back ? length - 1 - i : i)) * inner + line % inner;
        const double before = total;
        total += static_cast<double>(in[at]);
        out[at] = entry_of<T>(without ? before : total);
      }
    }
    return wrap(x.shape(), std::move(out));
  })};
}

/// slope(d, x, y) of each entry x of what was folded to y, whose gradient is d.
template <class F>
Gradients unfolded(const BackCall& b, F slope) {
  const Value& x = b.input(0);
  const auto chosen = chosen_axes(b.call());
  if (!chosen) return b.alone(0, b.gradient());
  Shape kept = x.shape();
  std::size_t folded = 1;
  for (std::size_t axis = 0; axis < kept.size(); ++axis) {
    if (!(*chosen)[axis]) continue;
    folded *= kept[axis];
    kept[axis] = 1;
  }
  const Value d = broadcast_to(b.gradient().reshaped(kept), x.shape()),
              y = broadcast_to(b.output(0).reshaped(kept), x.shape());
  const auto count = static_cast<double>(folded);
  return b.alone(0, each_of([&](double g, double in, double out) { return g * slope(in, out, count); }, d, x, y));
}

/// To every entry that is the extreme.
double of_extreme(double x, double y, double) { return x == y ? 1 : 0; }

/// The sum from the other end.
Gradients cumulated_back(const BackCall& b) {
  b.only({0});
  Node back = b.call().node();
  std::erase_if(back.attributes, [](const Attribute& a) { return a.name == "reverse"; });
  Attribute reverse;
  reverse.name = "reverse";
  reverse.whole = b.call().whole("reverse", 0) != 0 ? 0 : 1;
  back.attributes.push_back(reverse);
  return b.alone(0, cumulated(Call(back, {&b.gradient(), &b.input(1)}, b.call().opset(), b.call().blas())).front());
}

constexpr Derivative derivatives[] = {
    {"CumSum", cumulated_back},
    {"ReduceMax", [](const BackCall& b) { return unfolded(b, of_extreme); }},
    {"ReduceMin", [](const BackCall& b) { return unfolded(b, of_extreme); }},
    {"ReduceSum", [](const BackCall& b) { return unfolded(b, [](double, double, double) { return 1.0; }); }},
    {"ReduceMean", [](const BackCall& b) { return unfolded(b, [](double, double, double n) { return 1 / n; }); }},
    {"ReduceSumSquare", [](const BackCall& b) { return unfolded(b, [](double x, double, double) { return 2 * x; }); }},
    {"ReduceL1",
     [](const BackCall& b) { return unfolded(b, [](double x, double, double) { return x < 0 ? -1.0 : 1.0; }); }},
    {"ReduceL2", [](const BackCall& b) { return unfolded(b, [](double x, double y, double) { return x / y; }); }},
};

constexpr Operator operators[] = {
    {"ReduceSum", [](const Call& c) { return reduced(c, [](auto x) { return sum(x, itself); }); }},
    {"ReduceMean",
     [](const Call& c) { return reduced(c, [](auto x) { return sum(x, itself) / static_cast<double>(x.size()); }); }},
    {"ReduceSumSquare", [](const Call& c) { return reduced(c, [](auto x) { return sum(x, square); }); }},
    {"ReduceL1", [](const Call& c) { return reduced(c, [](auto x) { return sum(x, magnitude); }); }},
    {"ReduceL2", [](const Call& c) { return reduced(c, [](auto x) { return std::sqrt(sum(x, square)); }); }},
    {"ReduceMax", [](const Call& c) { return reduced(c, [](auto x) { return x[best(x, larger)]; }); }},
    {"ReduceMin", [](const Call& c) { return reduced(c, [](auto x) { return x[best(x, smaller)]; }); }},
    {"ReduceProd",
     [](const Call& c) {
       return reduced(c, [](auto x) {
         double product = 1;
         for (const auto v : x) product *= static_cast<double>(v);
         return product;
       });
     }},
    {"ArgMax", [](const Call& c) { return place_of_best(c, larger); }},
    {"ArgMin", [](const Call& c) { return place_of_best(c, smaller); }},
    {"CumSum", cumulated},
};

}  // namespace

std::span<const Operator> reduction_operators() { return operators; }
std::span<const Derivative> reduction_derivatives() { return derivatives; }

}  // namespace sqrtn::graph
