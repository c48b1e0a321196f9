#include "experiment/block_maps.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "laws/correlation.hpp"
#include "laws/softmax.hpp"
#include "sqrtn/laws/activation.hpp"

namespace sqrtn::experiment {
namespace {

constexpr double epsilon = 1e-5, nan = std::numeric_limits<double>::quiet_NaN();

/// What an activation does at one position: to the signal's moments, and to a gradient's.
struct Local {
  double square, product, slope, slope_product;
};

Local local_of(const network::BlockOptions& o, std::size_t units, double q, double c, bool alone) {
  if (!std::isfinite(q) || !std::isfinite(c)) return {nan, nan, nan, nan};
  if (o.activation == nullptr) {
    if (std::sqrt(q) > laws::most_score_deviation) return {nan, nan, nan, nan};
    const auto n = static_cast<double>(units);
    const laws::SoftmaxMoments m = laws::softmax_moments(std::sqrt(q), alone || q == 0 ? 0 : c / q, units);
    return {m.square / n, m.product / n, m.slope / n, m.slope_product / n};
  }
  Local local{laws::variance_map(*o.activation, 1, q), 0, laws::slope(*o.activation, 1, q), 0};
  if (!alone) {
    // No covariance is above the variance, whatever the quadrature's last digits say.
    c = std::clamp(c, -q, q);
    local.product = std::min(laws::correlation_map(*o.activation, q, c), local.square);
    local.slope_product = laws::correlated_slope(*o.activation, q, c);
  }
  if (!o.gated) return local;
  // φ(g)·u, g and u independent of the same moments.
  return {local.square * q, local.product * c, local.square + q * local.slope, local.product + c * local.slope_product};
}

}  // namespace

void go_back(const WayBack& way, SecondMoments& gradient) {
  for (std::size_t i = way.size(); i-- > 0;) way[i](gradient);
}

void scale(SecondMoments& moments, double factor) {
  for (double& value : moments.square) value *= factor;
  for (double& value : moments.product) value *= factor;
}

double mean_of(const std::vector<double>& values) {
  return std::reduce(values.begin(), values.end()) / static_cast<double>(values.size());
}

double BlockMaps::variance(std::size_t fan_in, std::size_t fan_out) const {
  return stack_.block.weights({fan_in, fan_out}).variance;
}

SecondMoments BlockMaps::summed_taps(const SecondMoments& x) const {
  const std::size_t side = stack_.block.side;
  const auto over = [side](const std::vector<double>& in) {
    std::vector<double> out(in.size());
    for (std::size_t row = 0; row < side; ++row) {
      for (std::size_t col = 0; col < side; ++col) {
        double sum = 0;
        for (std::size_t i = row == 0 ? 0 : row - 1; i < std::min(row + 2, side); ++i) {
          for (std::size_t j = col == 0 ? 0 : col - 1; j < std::min(col + 2, side); ++j) sum += in[i * side + j];
        }
        out[row * side + col] = sum;
      }
    }
    return out;
  };
  return {over(x.square), over(x.product)};
}

void BlockMaps::pass_product(std::size_t fan_in, std::size_t fan_out, std::size_t kernel, bool gated, SecondMoments& x,
                             WayBack& way) const {
  const std::size_t area = kernel * kernel;
  const std::size_t packed = gated && stack_.block.packed_gate ? 2 : 1;
  const double gain = stack_.block.value_gain, sigma = variance(area * fan_in, packed * area * fan_out) * gain * gain;
  if (kernel == 3) x = summed_taps(x);
  scale(x, sigma * static_cast<double>(fan_in));
  way.push_back([this, kernel, factor = sigma * static_cast<double>(fan_out)](SecondMoments& gradient) {
    if (kernel == 3) gradient = summed_taps(gradient);
    scale(gradient, factor);
  });
}

void BlockMaps::pass_activation(std::size_t units, SecondMoments& x, WayBack& way) const {
  const bool alone = stack_.batch == 1 && stack_.tokens == 1;
  // Pixels far from the border are equal to the last bit.
  std::map<std::pair<double, double>, Local> known;
  std::vector<Local> locals;
  for (std::size_t p = 0; p < x.square.size(); ++p) {
    const auto at = std::pair{x.square[p], x.product[p]};
    auto found = known.find(at);
    if (found == known.end()) {
      found = known.emplace(at, local_of(stack_.block, units, at.first, at.second, alone)).first;
    }
    locals.push_back(found->second);
    x.square[p] = found->second.square;
    x.product[p] = found->second.product;
  }
  way.push_back([locals = std::move(locals)](SecondMoments& gradient) {
    for (std::size_t p = 0; p < locals.size(); ++p) {
      gradient.square[p] *= locals[p].slope;
      gradient.product[p] *= locals[p].slope_product;
    }
  });
}

void BlockMaps::pass_norm(SecondMoments& x, WayBack& way) const {
  const double factor = 1 / (mean_of(x.square) + epsilon);
  scale(x, factor);
  way.push_back([factor](SecondMoments& gradient) { scale(gradient, factor); });
}

void BlockMaps::pass_attention(SecondMoments& x, WayBack& way) const {
  const network::BlockOptions& o = stack_.block;
  const std::size_t width = o.widths.front(), size = width / o.attention.heads;
  const double n = static_cast<double>(width), of_score = n * variance(width, width),
               of_value = of_score * o.value_gain * o.value_gain, tokens = static_cast<double>(stack_.tokens);
  if (stack_.tokens == 1) {
    // A token that sees itself alone keeps its value; the product is that of two samples.
    scale(x, of_value * of_value);
    way.push_back([of_value](SecondMoments& gradient) { scale(gradient, of_value * of_value); });
    return;
  }
  const double root = o.attention.scale.value_or(1 / std::sqrt(static_cast<double>(size)));
  const double each = root * root * static_cast<double>(size) * of_score * of_score;
  const double q = x.square[0], c = x.product[0], apart = std::max(q - c, 0.0);
  // Scores of one query: what all keys have in common, softmax takes out.
  const double deviation = std::sqrt(each * q * apart);
  if (!(deviation <= laws::most_score_deviation)) {
    x.square[0] = nan;
    return;
  }
  const laws::SoftmaxMoments m = laws::softmax_moments(deviation, q > 0 ? std::min(c / q, 1.0) : 0, stack_.tokens);
  x.square[0] = of_value * of_value * (c + apart * m.square);
  x.product[0] = of_value * of_value * (c + apart * m.product);
  way.push_back([=](SecondMoments& gradient) {
    const double g = gradient.square[0], h = gradient.product[0], others = tokens - 1;
    const double value = m.square * g + others * m.product * h;
    const double key = each * apart * (q * m.slope * g + c * others * m.slope_product * h);
    gradient.square[0] = of_value * of_value * (value + each * apart * apart * m.slope * g + key);
    // Σⱼ Pᵢⱼ = 1 and Σⱼ dSᵢⱼ = 0: what tokens have in common passes the values, and no key.
    gradient.product[0] =
        of_value * of_value * ((g + others * h - value - key) / others + each * apart * apart * m.slope_product * h);
  });
}

}  // namespace sqrtn::experiment
