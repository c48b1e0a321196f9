#include <fmt/format.h>

#include <cmath>

#include "claims/weights/candidates.hpp"
#include "sqrtn/init/fan.hpp"

namespace sqrtn::claims::weights {
namespace {

constexpr double same = 1e-9;

void add(std::vector<Factor>& all, std::string name, double value) {
  if (std::abs(value - 1) > same) all.push_back({std::move(name), value, false});
}

void add_of_fans(std::vector<Factor>& all, const Shape& shape, init::Layer layer, std::size_t groups) {
  const init::Fans fans = init::fans(layer, shape, groups);
  const double in = static_cast<double>(fans.fan_in), out = static_cast<double>(fans.fan_out);
  add(all, "fans swapped", std::sqrt(in / out));
  add(all, "the mean of both fans for fan_in", std::sqrt(2 * in / (in + out)));
  // The first axis holds all groups; that of a transposed convolution counts inputs.
  const double all_in = layer == init::Layer::transposed_conv ? in * static_cast<double>(groups) : in;
  const double all_out = all_in == in ? out * static_cast<double>(groups) : out;
  add(all, fmt::format("{} groups forgotten in the mean of both fans", groups),
      std::sqrt((in + out) / (all_in + all_out)));
  if (shape.size() < 3) return;
  const double area = static_cast<double>(element_count(shape) / shape[0] / shape[1]);
  add(all, fmt::format("kernel area {:.0f} forgotten", area), std::sqrt(area));
  add(all, fmt::format("kernel area {:.0f} counted twice", area), 1 / std::sqrt(area));
}

/// Wrong counts: groups of a convolution, ranks, a multiplier.
void add_of_counts(std::vector<Factor>& all, const Shape& shape) {
  const bool is_convolution = shape.size() >= 3;
  const auto groups_too = [&](std::size_t g) { return is_convolution && shape[0] % g == 0; };
  for (std::size_t g = 2; g <= 64; g *= 2) {
    const char* what = groups_too(g) ? "groups" : "tp";
    add(all, fmt::format("sqrt({} = {})", what, g), std::sqrt(static_cast<double>(g)));
    add(all, fmt::format("1/sqrt({} = {})", groups_too(g) ? "groups" : "m", g), 1 / std::sqrt(static_cast<double>(g)));
  }
  if (!is_convolution || shape[1] != 1) return;
  // A depthwise convolution has as many groups as channels.
  const double channels = static_cast<double>(shape[0]);
  add(all, fmt::format("sqrt(groups = {:.0f})", channels), std::sqrt(channels));
  add(all, fmt::format("1/sqrt(groups = {:.0f})", channels), 1 / std::sqrt(channels));
}

}  // namespace

std::vector<Factor> usual_factors(const Shape& shape, init::Law law, std::optional<init::Layer> layer,
                                  std::size_t groups) {
  std::vector<Factor> all;
  if (law != init::Law::uniform) {
    add(all, "0.8796, what a cut at two deviations leaves", init::truncated_stddev);
    add(all, "1/0.8796, made up for a cut", 1 / init::truncated_stddev);
  }
  for (const auto& [name, square] : {std::pair{"sqrt(2)", 2.0}, {"2", 4.0}, {"sqrt(3)", 3.0}}) {
    add(all, name, std::sqrt(square));
    add(all, fmt::format("1/{}", name), 1 / std::sqrt(square));
  }
  if (shape.size() >= 2) add_of_fans(all, shape, layer.value_or(init::default_layer(shape)), groups);
  add_of_counts(all, shape);
  for (std::size_t layers = 1; layers <= 128; ++layers) {
    all.push_back({fmt::format("1/sqrt(2 L), L = {}", layers), 1 / std::sqrt(2.0 * static_cast<double>(layers)), true});
  }
  return all;
}

NamedFactors named_factors(std::span<const Factor> factors, const Interval& ratio) {
  constexpr std::size_t most = 4;
  NamedFactors named;
  for (const Factor& factor : factors) {
    if (!ratio.contains(factor.value) || (factor.is_guess && !named.names.empty() && !named.are_guesses)) continue;
    named.names.push_back(factor.name);
    named.are_guesses = factor.is_guess;
  }
  if (named.names.size() > most) named = {};
  return named;
}

}  // namespace sqrtn::claims::weights
