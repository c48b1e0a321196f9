#include <cmath>
#include <numbers>

#include "graph/operators.hpp"
#include "sqrtn/init/activation.hpp"

/// Operators of one tensor, entry by entry.
namespace sqrtn::graph {
namespace {

using Values = std::vector<Value>;

/// f in double, rounded once.
Values by(const Call& c, double (*f)(double)) {
  return {mapped(c.input(0), [f](float x) { return static_cast<float>(f(x)); })};
}

/// An activation of init/, by its name there.
Values activation(const Call& c, std::string_view name) { return by(c, init::find_activation(name).value); }

/// f(x, α, β) with the node's own numbers or these.
Values with(const Call& c, float alpha, float beta, double (*f)(double x, double alpha, double beta)) {
  const double a = c.real("alpha", alpha), b = c.real("beta", beta);
  return {mapped(c.input(0), [=](float x) { return static_cast<float>(f(x, a, b)); })};
}

/// Of integers and real numbers alike.
Values signs(const Call& c, double (*of_real)(double), std::int64_t (*of_whole)(std::int64_t)) {
  const Value& x = c.input(0);
  if (x.real()) return by(c, of_real);
  Buffer<std::int64_t> out(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) out[i] = of_whole(x.wholes()[i]);
  return {Value(x.kind(), x.shape(), std::move(out))};
}

template <class Test>
Values truths(const Value& x, Test test) {
  Buffer<std::int64_t> out(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) out[i] = test(i) ? 1 : 0;
  return {Value(Kind::truth, x.shape(), std::move(out))};
}

std::int64_t negated(std::int64_t x) { return static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(x)); }

double sign(double x) { return std::isnan(x) ? x : static_cast<double>((x > 0) - (x < 0)); }

double tanh_gelu(double x) {
  return x / 2 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
}

Values gelu(const Call& c) {
  return c.text("approximate", "none") == "tanh" ? by(c, tanh_gelu) : activation(c, "gelu");
}

Values clip(const Call& c) {
  const auto bound = [&](std::size_t input, const char* attribute, float otherwise) {
    const Value* value = c.optional(input);
    if (value == nullptr) return static_cast<double>(c.real(attribute, otherwise));
    require(value->size() == 1, "takes bounds of one entry, got {}", shape_text(value->shape()));
    return value->real() ? static_cast<double>(value->reals()[0]) : static_cast<double>(value->wholes()[0]);
  };
  constexpr float inf = std::numeric_limits<float>::infinity();
  const double low = bound(1, "min", -inf), high = bound(2, "max", inf);
  const Value& x = c.input(0);
  if (x.real()) {
    return {mapped(x, [=](float v) {
      return v < low ? static_cast<float>(low) : v > high ? static_cast<float>(high) : v;
    })};
  }
  Buffer<std::int64_t> out(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::int64_t v = x.wholes()[i];
    out[i] = static_cast<double>(v) < low    ? entry_of<std::int64_t>(low)
             : static_cast<double>(v) > high ? entry_of<std::int64_t>(high)
                                             : v;
  }
  return {Value(x.kind(), x.shape(), std::move(out))};
}

/// By the numbers of TensorProto.DataType: types of real numbers stay floats.
Values cast(const Call& c) {
  const std::int64_t to = c.whole("to", 1);
  const Value& x = c.input(0);
  if (to == 9) {
    return x.real() ? truths(x, [&](std::size_t i) { return x.reals()[i] != 0; })
                    : truths(x, [&](std::size_t i) { return x.wholes()[i] != 0; });
  }
  const bool real = to == 1 || to == 10 || to == 11 || to == 16;
  require(real || (to >= 2 && to <= 7) || to == 12 || to == 13, "casts to type {} of TensorProto.DataType", to);
  if (real) {
    if (x.real()) return {x};
    Buffer<float> out(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) out[i] = static_cast<float>(x.wholes()[i]);
    return {Value(x.shape(), std::move(out))};
  }
  Buffer<std::int64_t> out(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) out[i] = x.real() ? entry_of<std::int64_t>(x.reals()[i]) : x.wholes()[i];
  return {Value(Kind::whole, x.shape(), std::move(out))};
}

/// At inference nothing is dropped.
Values dropout(const Call& c) {
  Values values{c.input(0)};
  if (c.outputs() > 1) {
    values.push_back(truths(c.input(0), [](std::size_t) { return true; }).front());
  }
  return values;
}

constexpr Operator operators[] = {
    {"Abs",
     [](const Call& c) {
       return signs(
           c, [](double x) { return std::fabs(x); }, [](std::int64_t x) { return x < 0 ? negated(x) : x; });
     }},
    {"Neg",
     [](const Call& c) {
       return signs(
           c, [](double x) { return -x; }, [](std::int64_t x) { return negated(x); });
     }},
    {"Sign",
     [](const Call& c) {
       return signs(c, sign, [](std::int64_t x) { return static_cast<std::int64_t>((x > 0) - (x < 0)); });
     }},
    {"Reciprocal", [](const Call& c) { return by(c, [](double x) { return 1 / x; }); }},
    {"Sqrt", [](const Call& c) { return by(c, [](double x) { return std::sqrt(x); }); }},
    {"Exp", [](const Call& c) { return by(c, [](double x) { return std::exp(x); }); }},
    {"Log", [](const Call& c) { return by(c, [](double x) { return std::log(x); }); }},
    {"Erf", [](const Call& c) { return by(c, [](double x) { return std::erf(x); }); }},
    {"Sin", [](const Call& c) { return by(c, [](double x) { return std::sin(x); }); }},
    {"Cos", [](const Call& c) { return by(c, [](double x) { return std::cos(x); }); }},
    {"Floor", [](const Call& c) { return by(c, [](double x) { return std::floor(x); }); }},
    {"Ceil", [](const Call& c) { return by(c, [](double x) { return std::ceil(x); }); }},
    {"Round", [](const Call& c) { return by(c, [](double x) { return std::nearbyint(x); }); }},
    {"Tanh", [](const Call& c) { return activation(c, "tanh"); }},
    {"Sigmoid", [](const Call& c) { return activation(c, "sigmoid"); }},
    {"Relu", [](const Call& c) { return activation(c, "relu"); }},
    {"Softplus", [](const Call& c) { return activation(c, "softplus"); }},
    {"Softsign", [](const Call& c) { return activation(c, "softsign"); }},
    {"HardSwish", [](const Call& c) { return activation(c, "hardswish"); }},
    {"Mish", [](const Call& c) { return activation(c, "mish"); }},
    {"Gelu", gelu},
    {"LeakyRelu",
     [](const Call& c) {
       return with(c, 0.01F, 0, [](double x, double alpha, double) { return x < 0 ? alpha * x : x; });
     }},
    {"Elu",
     [](const Call& c) {
       return with(c, 1, 0, [](double x, double alpha, double) { return x < 0 ? alpha * std::expm1(x) : x; });
     }},
    {"Celu",
     [](const Call& c) {
       return with(c, 1, 0, [](double x, double alpha, double) { return x < 0 ? alpha * std::expm1(x / alpha) : x; });
     }},
    {"Selu",
     [](const Call& c) {
       const double a = c.real("alpha", 1.67326319217681884765625F),
                    gamma = c.real("gamma", 1.05070102214813232421875F);
       return Values{mapped(c.input(0), [=](float x) {
         return static_cast<float>(x > 0 ? gamma * x : gamma * a * std::expm1(static_cast<double>(x)));
       })};
     }},
    {"HardSigmoid",
     [](const Call& c) {
       return with(c, 0.2F, 0.5F, [](double x, double alpha, double beta) {
         const double y = alpha * x + beta;
         return y < 0 ? 0 : y > 1 ? 1 : y;
       });
     }},
    {"Clip", clip},
    {"Cast", cast},
    {"Identity", [](const Call& c) { return Values{c.input(0)}; }},
    {"Dropout", dropout},
    {"Not",
     [](const Call& c) {
       const auto x = c.input(0).wholes();
       return truths(c.input(0), [x](std::size_t i) { return x[i] == 0; });
     }},
    {"IsNaN",
     [](const Call& c) {
       const auto x = c.input(0).reals();
       return truths(c.input(0), [x](std::size_t i) { return std::isnan(x[i]); });
     }},
};

}  // namespace

std::span<const Operator> unary_operators() { return operators; }

}  // namespace sqrtn::graph
