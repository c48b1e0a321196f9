#include "sqrtn/init/activation.hpp"

#include <fmt/ranges.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/nearest.hpp"

namespace sqrtn::init {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double leaky_slope = 0.01, prelu_slope = 0.25;
// Source: Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks", 2017, eq. 14,
// for the fixed point at mean 0 and variance 1.
constexpr double selu_alpha = 1.6732632423543772848170429916717;
constexpr double selu_scale = 1.0507009873554804934193349852946;

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }
double sigmoid_derivative(double z) { return sigmoid(z) * sigmoid(-z); }
// exp(z) alone would overflow for large z.
double softplus(double z) { return std::fmax(z, 0) + std::log1p(std::exp(-std::fabs(z))); }
double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }
double normal_density(double z) { return std::exp(-z * z / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2; }

double tanh_derivative(double z) {
  const double c = 1 / std::cosh(z);
  return c * c;
}

double mish_derivative(double z) { return std::tanh(softplus(z)) + z * tanh_derivative(softplus(z)) * sigmoid(z); }

double softsign_derivative(double z) { return 1 / ((1 + std::fabs(z)) * (1 + std::fabs(z))); }

const std::vector<Activation>& table() {
  static const std::vector<Activation> activations{
      {"identity", [](double z) { return z; }, [](double) { return 1.0; }, {}, 1, "z"},
      // Comparisons are such that a NaN stays one.
      {"relu",
       [](double z) { return z < 0 ? 0.0 : z; },
       [](double z) { return z >= 0 ? 1.0 : 0.0; },
       {0},
       std::numbers::sqrt2,
       "max(0, z)"},
      {"leaky_relu",
       [](double z) { return z > 0 ? z : leaky_slope * z; },
       [](double z) { return z >= 0 ? 1.0 : leaky_slope; },
       {0},
       std::sqrt(2 / (1 + leaky_slope * leaky_slope)),
       "max(0.01 z, z)"},
      {"tanh", [](double z) { return std::tanh(z); }, tanh_derivative, {}, 5.0 / 3, "tanh z"},
      {"sigmoid", sigmoid, sigmoid_derivative, {}, 1, "1/(1 + exp(-z))"},
      {"gelu",
       [](double z) { return z * normal_cdf(z); },
       [](double z) { return normal_cdf(z) + z * normal_density(z); },
       {},
       nan,
       "z P(Z < z), Z ~ N(0,1)"},
      {"silu",
       [](double z) { return z * sigmoid(z); },
       [](double z) { return sigmoid(z) + z * sigmoid_derivative(z); },
       {},
       nan,
       "z/(1 + exp(-z))"},
      {"softplus", softplus, sigmoid, {}, nan, "log(1 + exp(z))"},
      {"elu",
       [](double z) { return z > 0 ? z : std::expm1(z); },
       [](double z) { return z > 0 ? 1.0 : std::exp(z); },
       {},
       nan,
       "z if z > 0, else exp(z) - 1"},
      {"selu",
       [](double z) { return selu_scale * (z > 0 ? z : selu_alpha * std::expm1(z)); },
       [](double z) { return selu_scale * (z >= 0 ? 1 : selu_alpha * std::exp(z)); },
       {0},
       0.75,
       "1.0507 z if z > 0, else 1.7581 (exp(z) - 1)"},
      {"hardtanh",
       [](double z) { return z < -1  ? -1.0
                             : z > 1 ? 1.0
                                     : z; },
       [](double z) { return z >= -1 && z < 1 ? 1.0 : 0.0; },
       {-1, 1},
       nan,
       "min(max(z, -1), 1)"},
      {"softsign", [](double z) { return z / (1 + std::fabs(z)); }, softsign_derivative, {}, nan, "z/(1 + |z|)"},
      {"mish",
       [](double z) { return z * std::tanh(softplus(z)); },
       mish_derivative,
       {},
       nan,
       "z tanh(log(1 + exp(z)))"},
  };
  return activations;
}

double quick_gelu_derivative(double z) { return sigmoid(1.702 * z) + 1.702 * z * sigmoid_derivative(1.702 * z); }

const std::vector<Activation>& further_table() {
  static const std::vector<Activation> activations{
      {"sin", [](double z) { return std::sin(z); }, [](double z) { return std::cos(z); }, {}, nan, "sin z"},
      {"relu_squared",
       [](double z) { return z < 0 ? 0.0 : z * z; },
       [](double z) { return z < 0 ? 0.0 : 2 * z; },
       {},
       nan,
       "max(0, z)^2"},
      {"hardswish",
       [](double z) { return z < -3  ? 0.0
                             : z > 3 ? z
                                     : z * (z + 3) / 6; },
       [](double z) { return z < -3   ? 0.0
                             : z >= 3 ? 1.0
                                      : (2 * z + 3) / 6; },
       {-3, 3},
       nan,
       "z min(max(z + 3, 0), 6)/6"},
      {"quick_gelu",
       [](double z) { return z * sigmoid(1.702 * z); },
       quick_gelu_derivative,
       {},
       nan,
       "z/(1 + exp(-1.702 z))"},
      {"prelu",
       [](double z) { return z > 0 ? z : prelu_slope * z; },
       [](double z) { return z >= 0 ? 1.0 : prelu_slope; },
       {0},
       std::sqrt(2 / (1 + prelu_slope * prelu_slope)),
       "max(0.25 z, z), as PReLU starts"},
  };
  return activations;
}

}  // namespace

std::span<const Activation> activations() { return table(); }
std::span<const Activation> further_activations() { return further_table(); }

const Activation& find_activation(std::string_view name) {
  std::vector<std::string> known;
  for (const std::span<const Activation> some : {activations(), further_activations()}) {
    for (const Activation& activation : some) {
      if (activation.name == name) return activation;
      known.emplace_back(activation.name);
    }
  }
  throw std::invalid_argument(
      fmt::format("unknown activation '{}'; {}use one of {}", name, did_you_mean(name, known), fmt::join(known, ", ")));
}

}  // namespace sqrtn::init
