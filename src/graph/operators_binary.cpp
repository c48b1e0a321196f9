#include <cmath>

#include "graph/operators.hpp"

/// Operators of several tensors, entry by entry, broadcast by numpy's rule.
namespace sqrtn::graph {
namespace {

using Values = std::vector<Value>;

/// The operand as a span of the common shape: itself, or spread out.
struct Pair {
  Value a, b;
  Pair(const Value& left, const Value& right) {
    const Shape shape = broadcast(left.shape(), right.shape());
    a = broadcast_to(left, shape);
    b = broadcast_to(right, shape);
    require(a.real() == b.real(), "takes two of a kind, got real numbers and integers");
  }
};

template <class In, class Out, class F>
Buffer<Out> combined(std::span<const In> a, std::span<const In> b, F f) {
  Buffer<Out> out(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) out[i] = f(a[i], b[i]);
  return out;
}

template <class OfReal, class OfWhole>
Value arithmetic(const Value& left, const Value& right, OfReal of_real, OfWhole of_whole) {
  const Pair p(left, right);
  if (p.a.real()) return {p.a.shape(), combined<float, float>(p.a.reals(), p.b.reals(), of_real)};
  return {Kind::whole, p.a.shape(), combined<std::int64_t, std::int64_t>(p.a.wholes(), p.b.wholes(), of_whole)};
}

template <class Test>
Values compared(const Call& c, Test test) {
  const Pair p(c.input(0), c.input(1));
  const auto truth = [test](auto x, auto y) { return static_cast<std::int64_t>(test(x, y)); };
  return {Value(Kind::truth, p.a.shape(),
                p.a.real() ? combined<float, std::int64_t>(p.a.reals(), p.b.reals(), truth)
                           : combined<std::int64_t, std::int64_t>(p.a.wholes(), p.b.wholes(), truth))};
}

/// Integers wrap, as two's complement does.
template <class F>
auto wrapping(F f) {
  return [f](std::int64_t x, std::int64_t y) {
    return static_cast<std::int64_t>(f(static_cast<std::uint64_t>(x), static_cast<std::uint64_t>(y)));
  };
}

std::int64_t quotient(std::int64_t x, std::int64_t y) {
  require(y != 0, "divides an integer by 0");
  return y == -1 ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(x)) : x / y;
}

/// The remainder has the divisor's sign.
std::int64_t remainder_of(std::int64_t x, std::int64_t y) {
  require(y != 0, "divides an integer by 0");
  if (y == -1) return 0;
  const std::int64_t r = x % y;
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

std::int64_t power_of(std::int64_t x, std::int64_t y) {
  const double power = std::pow(static_cast<double>(x), static_cast<double>(y));
  return std::fabs(power) < 0x1p62 ? static_cast<std::int64_t>(power) : 0;
}

/// The base decides the type; the exponent may be of another kind.
Values pow(const Call& c) {
  const Value &x = c.input(0), &y = c.input(1);
  const auto of_real = [](float base, float e) {
    return e == 2 ? base * base : static_cast<float>(std::pow(static_cast<double>(base), static_cast<double>(e)));
  };
  if (x.real() == y.real()) return {arithmetic(x, y, of_real, power_of)};
  require(x.real(), "takes a real base for a real exponent");
  Buffer<float> exponent(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) exponent[i] = static_cast<float>(y.wholes()[i]);
  return {arithmetic(x, Value(y.shape(), std::move(exponent)), of_real, power_of)};
}

/// A NaN in either is the result.
struct Smaller {
  template <class T>
  T operator()(T x, T y) const {
    return x != x ? x : y != y ? y : y < x ? y : x;
  }
};
struct Larger {
  template <class T>
  T operator()(T x, T y) const {
    return x != x ? x : y != y ? y : y > x ? y : x;
  }
};

template <class OfReal, class OfWhole>
Value folded(const Call& c, OfReal of_real, OfWhole of_whole) {
  Value sum = c.input(0);
  for (std::size_t i = 1; i < c.count(); ++i) sum = arithmetic(sum, c.input(i), of_real, of_whole);
  return sum;
}

Value sum_of(const Call& c) {
  return folded(
      c, [](float x, float y) { return x + y; }, wrapping([](auto x, auto y) { return x + y; }));
}

Values mean(const Call& c) {
  const auto count = static_cast<float>(c.count());
  return {mapped(sum_of(c), [count](float x) { return x / count; })};
}

Values where(const Call& c) {
  const Value &condition = c.input(0), &x = c.input(1), &y = c.input(2);
  require(x.real() == y.real(), "takes two of a kind, got real numbers and integers");
  const Shape shape = broadcast(condition.shape(), broadcast(x.shape(), y.shape()));
  const Value chosen = broadcast_to(condition, shape), a = broadcast_to(x, shape), b = broadcast_to(y, shape);
  const auto truth = chosen.wholes();
  return {same_kind(a, [&]<class T>(std::span<const T> left, auto wrap) {
    Buffer<T> out(left.size());
    same_kind(b, [&]<class U>(std::span<const U> right, auto) {
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = truth[i] != 0 ? left[i] : static_cast<T>(right[i]);
      return Value();
    });
    return wrap(shape, std::move(out));
  })};
}

Values prelu(const Call& c) {
  const Value &x = c.input(0), slope = broadcast_to(c.input(1), x.shape());
  const auto slopes = slope.reals();
  return {
      Value(x.shape(), combined<float, float>(x.reals(), slopes, [](float v, float s) { return v < 0 ? s * v : v; }))};
}

constexpr Operator operators[] = {
    {"Add", [](const Call& c) { return Values{sum_of(c)}; }},
    {"Sum", [](const Call& c) { return Values{sum_of(c)}; }},
    {"Mean", mean},
    {"Sub",
     [](const Call& c) {
       return Values{arithmetic(
           c.input(0), c.input(1), [](float x, float y) { return x - y; },
           wrapping([](auto x, auto y) { return x - y; }))};
     }},
    {"Mul",
     [](const Call& c) {
       return Values{arithmetic(
           c.input(0), c.input(1), [](float x, float y) { return x * y; },
           wrapping([](auto x, auto y) { return x * y; }))};
     }},
    {"Div",
     [](const Call& c) {
       return Values{arithmetic(
           c.input(0), c.input(1), [](float x, float y) { return x / y; }, quotient)};
     }},
    {"Mod",
     [](const Call& c) {
       return Values{arithmetic(
           c.input(0), c.input(1), [](float x, float y) { return std::fmod(x, y); }, remainder_of)};
     }},
    {"Pow", pow},
    {"Min", [](const Call& c) { return Values{folded(c, Smaller(), Smaller())}; }},
    {"Max", [](const Call& c) { return Values{folded(c, Larger(), Larger())}; }},
    {"PRelu", prelu},
    {"Where", where},
    {"Equal", [](const Call& c) { return compared(c, [](auto x, auto y) { return x == y; }); }},
    {"Less", [](const Call& c) { return compared(c, [](auto x, auto y) { return x < y; }); }},
    {"LessOrEqual", [](const Call& c) { return compared(c, [](auto x, auto y) { return x <= y; }); }},
    {"Greater", [](const Call& c) { return compared(c, [](auto x, auto y) { return x > y; }); }},
    {"GreaterOrEqual", [](const Call& c) { return compared(c, [](auto x, auto y) { return x >= y; }); }},
    {"And", [](const Call& c) { return compared(c, [](auto x, auto y) { return x != 0 && y != 0; }); }},
    {"Or", [](const Call& c) { return compared(c, [](auto x, auto y) { return x != 0 || y != 0; }); }},
    {"Xor", [](const Call& c) { return compared(c, [](auto x, auto y) { return (x != 0) != (y != 0); }); }},
};

}  // namespace

std::span<const Operator> binary_operators() { return operators; }

}  // namespace sqrtn::graph
