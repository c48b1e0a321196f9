#include <cmath>
#include <numbers>

#include "graph/derivatives.hpp"
#include "sqrtn/init/activation.hpp"

/// Derivatives of what is computed entry by entry.
namespace sqrtn::graph {
namespace {

/// d·f'(x).
template <class F>
Gradients by(const BackCall& b, F slope) {
  b.only({0});
  return b.alone(0, each_of([slope](double d, double x) { return d * slope(x); }, b.gradient(), b.input(0)));
}

Gradients activation(const BackCall& b, std::string_view name) { return by(b, init::find_activation(name).derivative); }

/// f'(x, α, β) with the node's own numbers or these.
template <class F>
Gradients with(const BackCall& b, float alpha, float beta, F slope) {
  const double first = b.call().real("alpha", alpha), second = b.call().real("beta", beta);
  return by(b, [=](double x) { return slope(x, first, second); });
}

Gradients gelu(const BackCall& b) {
  if (b.call().text("approximate", "none") != "tanh") return activation(b, "gelu");
  return by(b, [](double x) {
    const double root = std::sqrt(2 / std::numbers::pi), t = std::tanh(root * (x + 0.044715 * x * x * x));
    return (1 + t) / 2 + x / 2 * (1 - t * t) * root * (1 + 3 * 0.044715 * x * x);
  });
}

Gradients selu(const BackCall& b) {
  const double gamma = b.call().real("gamma", 1.05070102214813232421875F);
  return with(b, 1.67326319217681884765625F, 0,
              [gamma](double x, double a, double) { return x > 0 ? gamma : gamma * a * std::exp(x); });
}

/// An entry that was cut off stays where it is.
Gradients clip(const BackCall& b) {
  b.only({0});
  return b.alone(
      0, each_of([](double d, double x, double y) { return x == y ? d : 0; }, b.gradient(), b.input(0), b.output(0)));
}

Gradients cast(const BackCall& b) { return b.input(0).real() ? b.alone(0, b.gradient()) : b.none(); }

/// Of each wanted input i: slope(i, its entry, the other's entry), summed over what was repeated.
template <class F>
Gradients of_two(const BackCall& b, F slope) {
  const Shape& shape = b.gradient().shape();
  const Value first = broadcast_to(b.input(0), shape), second = broadcast_to(b.input(1), shape);
  Gradients all = b.none();
  for (std::size_t i = 0; i < 2; ++i) {
    if (!b.wanted(i)) continue;
    const Value d =
        each_of([&](double g, double x, double y) { return g * slope(i, x, y); }, b.gradient(), first, second);
    all[i] = summed_to(d, b.input(i).shape());
  }
  return all;
}

Gradients sum(const BackCall& b, double share) {
  const Value d = each_of([share](double g) { return g * share; }, b.gradient());
  Gradients all = b.none();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (b.wanted(i)) all[i] = summed_to(d, b.input(i).shape());
  }
  return all;
}

Gradients pow(const BackCall& b) {
  b.only({0});
  const Value& given = b.input(1);
  Buffer<float> entries(given.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i] = given.real() ? given.reals()[i] : static_cast<float>(given.wholes()[i]);
  }
  const Shape& shape = b.gradient().shape();
  const Value x = broadcast_to(b.input(0), shape), e = broadcast_to(Value(given.shape(), std::move(entries)), shape);
  const auto slope = [](double d, double base, double exponent) {
    return exponent == 0 ? 0 : d * exponent * std::pow(base, exponent - 1);
  };
  return b.alone(0, summed_to(each_of(slope, b.gradient(), x, e), b.input(0).shape()));
}

/// To the first input that is the result.
Gradients extreme(const BackCall& b) {
  Value left = b.gradient();
  Gradients all = b.none();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Value x = broadcast_to(b.input(i), left.shape());
    const auto mine = [](double d, double entry, double result) { return entry == result ? d : 0; };
    const auto others = [](double d, double entry, double result) { return entry == result ? 0 : d; };
    if (b.wanted(i)) all[i] = summed_to(each_of(mine, left, x, b.output(0)), b.input(i).shape());
    left = each_of(others, left, x, b.output(0));
  }
  return all;
}

Gradients prelu(const BackCall& b) {
  b.only({0});
  const Value slope = broadcast_to(b.input(1), b.input(0).shape());
  return b.alone(
      0, each_of([](double d, double x, double s) { return x < 0 ? d * s : d; }, b.gradient(), b.input(0), slope));
}

double flat(double) { return 0; }

constexpr Derivative derivatives[] = {
    {"Abs", [](const BackCall& b) { return by(b, [](double x) { return x < 0 ? -1.0 : 1.0; }); }},
    {"Neg", [](const BackCall& b) { return by(b, [](double) { return -1.0; }); }},
    {"Sign", [](const BackCall& b) { return by(b, flat); }},
    {"Floor", [](const BackCall& b) { return by(b, flat); }},
    {"Ceil", [](const BackCall& b) { return by(b, flat); }},
    {"Round", [](const BackCall& b) { return by(b, flat); }},
    {"Reciprocal", [](const BackCall& b) { return by(b, [](double x) { return -1 / (x * x); }); }},
    {"Sqrt", [](const BackCall& b) { return by(b, [](double x) { return 0.5 / std::sqrt(x); }); }},
    {"Exp", [](const BackCall& b) { return by(b, [](double x) { return std::exp(x); }); }},
    {"Log", [](const BackCall& b) { return by(b, [](double x) { return 1 / x; }); }},
    {"Erf",
     [](const BackCall& b) { return by(b, [](double x) { return 2 * std::numbers::inv_sqrtpi * std::exp(-x * x); }); }},
    {"Sin", [](const BackCall& b) { return by(b, [](double x) { return std::cos(x); }); }},
    {"Cos", [](const BackCall& b) { return by(b, [](double x) { return -std::sin(x); }); }},
    {"Tanh", [](const BackCall& b) { return activation(b, "tanh"); }},
    {"Sigmoid", [](const BackCall& b) { return activation(b, "sigmoid"); }},
    {"Relu", [](const BackCall& b) { return activation(b, "relu"); }},
    {"Softplus", [](const BackCall& b) { return activation(b, "softplus"); }},
    {"Softsign", [](const BackCall& b) { return activation(b, "softsign"); }},
    {"HardSwish", [](const BackCall& b) { return activation(b, "hardswish"); }},
    {"Mish", [](const BackCall& b) { return activation(b, "mish"); }},
    {"Gelu", gelu},
    {"Selu", selu},
    {"LeakyRelu",
     [](const BackCall& b) {
       return with(b, 0.01F, 0, [](double x, double alpha, double) { return x < 0 ? alpha : 1; });
     }},
    {"Elu",
     [](const BackCall& b) {
       return with(b, 1, 0, [](double x, double alpha, double) { return x < 0 ? alpha * std::exp(x) : 1; });
     }},
    {"Celu",
     [](const BackCall& b) {
       return with(b, 1, 0, [](double x, double alpha, double) { return x < 0 ? std::exp(x / alpha) : 1; });
     }},
    {"HardSigmoid",
     [](const BackCall& b) {
       return with(b, 0.2F, 0.5F, [](double x, double alpha, double beta) {
         const double y = alpha * x + beta;
         return y > 0 && y < 1 ? alpha : 0;
       });
     }},
    {"Clip", clip},
    {"Cast", cast},
    {"Add", [](const BackCall& b) { return sum(b, 1); }},
    {"Sum", [](const BackCall& b) { return sum(b, 1); }},
    {"Mean", [](const BackCall& b) { return sum(b, 1 / static_cast<double>(b.call().count())); }},
    {"Sub",
     [](const BackCall& b) { return of_two(b, [](std::size_t i, double, double) { return i == 0 ? 1.0 : -1.0; }); }},
    {"Mul",
     [](const BackCall& b) { return of_two(b, [](std::size_t i, double x, double y) { return i == 0 ? y : x; }); }},
    {"Div",
     [](const BackCall& b) {
       return of_two(b, [](std::size_t i, double x, double y) { return i == 0 ? 1 / y : -x / (y * y); });
     }},
    {"Pow", pow},
    {"Min", extreme},
    {"Max", extreme},
    {"PRelu", prelu},
};

}  // namespace

std::span<const Derivative> entry_derivatives() { return derivatives; }

}  // namespace sqrtn::graph
