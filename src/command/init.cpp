#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "sqrtn/init/gain.hpp"
#include "sqrtn/init/rules.hpp"
#include "sqrtn/laws/initialiser.hpp"
#include "sqrtn/report/record.hpp"
#include "sqrtn/statistics/moments.hpp"
#include "sqrtn/support/npy.hpp"
#include "sqrtn/support/output.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/tensor.hpp"

namespace sqrtn::command {
namespace {

using nlohmann::ordered_json;

/// The command line as typed.
struct Arguments {
  std::string rule, shape, engine = "ars", dtype = "f32", layer, gain, mode, law, output, json;
  std::uint64_t seed = 1, stream = 0;
  std::optional<double> scale;
  std::optional<std::size_t> groups;
  unsigned threads = 0;
  bool list = false;
};

/// The command line understood.
struct Plan {
  init::Rule rule;
  Shape shape;
  bool is_double = false;
  random::Stream stream;
  init::Layer layer = init::Layer::linear;
  std::size_t groups = 1;
  init::Fans fans;  ///< 0 where the rule uses none
  init::Options options;
  init::Distribution distribution;
};

/// What was drawn.
struct Measured {
  statistics::Moments moments;
  double minimum = std::numeric_limits<double>::infinity(), maximum = -minimum;

  void merge(const Measured& other) {
    moments.merge(other.moments);
    minimum = std::min(minimum, other.minimum);
    maximum = std::max(maximum, other.maximum);
  }
};

/// A number, or the gain by quadrature of the activation of that name.
double parse_gain(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  if (const auto [at, error] = std::from_chars(text.data(), end, number); error == std::errc{} && at == end) {
    return number;
  }
  require(!text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) && text != "nan" && text != "inf",
          "--gain takes a positive number or the name of an activation, got '{}'", text);
  return init::gain(init::find_activation(text));
}

void find_fans(const Arguments& arguments, Plan& plan) {
  if (!plan.rule.uses_fans) {
    require(arguments.layer.empty() && !arguments.groups, "rule '{}' uses no fans; leave --layer and --groups out",
            plan.rule.name);
    return;
  }
  require(plan.shape.size() >= 2,
          "rule '{}' needs fans, which shape '{}' does not have; give fan_out x fan_in, as 512x256, or use normal, "
          "uniform or truncated_normal",
          plan.rule.name, arguments.shape);
  plan.layer = arguments.layer.empty() ? init::default_layer(plan.shape) : init::parse_layer(arguments.layer);
  plan.groups = arguments.groups.value_or(1);
  plan.fans = init::fans(plan.layer, plan.shape, plan.groups);
}

Plan understand(const Arguments& arguments) {
  require(!arguments.rule.empty() && !arguments.shape.empty(),
          "init needs a rule and a shape, as 'sqrtn init he_normal 512x256'; 'sqrtn init --list' explains the rules");
  Plan plan;
  plan.rule = init::find_rule(arguments.rule);
  plan.shape = parse_shape(arguments.shape);
  require(arguments.dtype == "f32" || arguments.dtype == "f64", "unknown dtype '{}'; known: f32, f64", arguments.dtype);
  plan.is_double = arguments.dtype == "f64";
  plan.stream = {random::parse_engine(arguments.engine), arguments.seed, arguments.stream};
  find_fans(arguments, plan);
  if (!arguments.gain.empty()) plan.options.gain = parse_gain(arguments.gain);
  if (!arguments.mode.empty()) plan.options.mode = init::parse_mode(arguments.mode);
  if (!arguments.law.empty()) plan.options.law = init::parse_law(arguments.law);
  plan.options.scale = arguments.scale;
  plan.distribution = init::distribution(plan.rule, plan.fans, plan.options);
  return plan;
}

/// Draws the elements from `first` on into `out`, in blocks that stay in cache while they are measured.
template <class T>
Measured draw(const Plan& plan, std::size_t first, std::span<T> out, unsigned threads) {
  constexpr std::size_t block = std::size_t{1} << 16;
  const auto draw_block = [&](std::size_t i) {
    const std::span<T> part = out.subspan(i * block, std::min(block, out.size() - i * block));
    init::initialise(plan.distribution, plan.stream.skip(first + i * block), part);
    const auto [low, high] = std::minmax_element(part.begin(), part.end());
    return Measured{statistics::Moments::of<T>(part), static_cast<double>(*low), static_cast<double>(*high)};
  };
  return parallel_reduce((out.size() + block - 1) / block, threads, draw_block,
                         [](Measured& into, const Measured& from) { into.merge(from); })
      .value_or(Measured{});
}

/// Draws the whole tensor part by part, so that it may be larger than memory; writes it if asked to.
template <class T>
Measured draw_all(const Plan& plan, const Arguments& arguments) {
  const std::size_t count = element_count(plan.shape);
  Measured measured;
  Progress progress("init");
  const auto fill = [&](std::size_t first, std::span<T> part) {
    measured.merge(draw(plan, first, part, arguments.threads));
    progress.update(static_cast<double>(first + part.size()) / static_cast<double>(count), arguments.shape);
  };
  if (!arguments.output.empty()) {
    write_npy<T>(arguments.output, plan.shape, fill);
  } else {
    Buffer<T> part(std::min(count, std::size_t{1} << 22));
    for (std::size_t first = 0; first < count; first += part.size()) {
      fill(first, part.span().first(std::min(part.size(), count - first)));
    }
  }
  return measured;
}

double gain_of(const Plan& plan) { return plan.options.gain.value_or(plan.rule.default_gain); }
double scale_of(const Plan& plan) { return plan.options.scale.value_or(plan.rule.scale); }

std::string summary(const Plan& plan, const Measured& measured) {
  const init::Distribution& law = plan.distribution;
  std::string text =
      fmt::format("{} {} {}, engine {}, seed {}, stream {}\n", plan.rule.name, sqrtn::to_string(plan.shape),
                  plan.is_double ? "f64" : "f32", to_string(plan.stream.engine), plan.stream.seed, plan.stream.stream);
  std::string fan;
  if (plan.rule.uses_fans) {
    fan = fmt::format(" / {}", to_string(plan.options.mode.value_or(plan.rule.mode)));
    text += fmt::format("fans      fan_in {}, fan_out {} ({}, {} group{})\n", plan.fans.fan_in, plan.fans.fan_out,
                        to_string(plan.layer), plan.groups, plan.groups == 1 ? "" : "s");
  }
  text += fmt::format("law       {}, variance {:.9g} = gain^2 * scale{}, gain {:.9g}, scale {:.9g}\n",
                      to_string(law.law), law.variance, fan, gain_of(plan), scale_of(plan));
  const double n_samples = static_cast<double>(measured.moments.count());
  const double mean_error = law.stddev() / std::sqrt(n_samples);
  // Of the sample's deviation, by the delta method.
  const double stddev_error = mean_error * std::sqrt((laws::kurtosis(law.law) - 1) / 4);
  const auto row = [&](std::string_view name, const std::string& expected, double value, const std::string& error) {
    text += fmt::format("{:<9} {:>16} {:>16.9g} {:>16}\n", name, expected, value, error);
  };
  const std::string limit = std::isfinite(law.limit()) ? fmt::format("{:.9g}", law.limit()) : "";
  text += fmt::format("{:<9} {:>16} {:>16} {:>16}\n", "", "expected", "measured", "standard error");
  row("mean", "0", *measured.moments.mean(), fmt::format("{:.2g}", mean_error));
  row("stddev", fmt::format("{:.9g}", law.stddev()), std::sqrt(*measured.moments.variance()),
      fmt::format("{:.2g}", stddev_error));
  row("minimum", limit.empty() ? "no limit" : "> -" + limit, measured.minimum, "");
  row("maximum", limit.empty() ? "no limit" : "< " + limit, measured.maximum, "");
  return text;
}

ordered_json to_json(const Plan& plan, const Measured& measured, const Arguments& arguments) {
  const init::Distribution& law = plan.distribution;
  ordered_json json = {{"rule", plan.rule.name},   {"shape", plan.shape},
                       {"dtype", arguments.dtype}, {"engine", to_string(plan.stream.engine)},
                       {"seed", plan.stream.seed}, {"stream", plan.stream.stream}};
  if (plan.rule.uses_fans) {
    json["layer"] = to_string(plan.layer);
    json["groups"] = plan.groups;
    json["fan_in"] = plan.fans.fan_in;
    json["fan_out"] = plan.fans.fan_out;
    json["mode"] = to_string(plan.options.mode.value_or(plan.rule.mode));
  }
  json["gain"] = gain_of(plan);
  json["scale"] = scale_of(plan);
  json["law"] = to_string(law.law);
  json["variance"] = law.variance;
  json["stddev"] = law.stddev();
  json["limit"] = std::isfinite(law.limit()) ? ordered_json(law.limit()) : ordered_json();
  json["measured"] = {{"n_samples", measured.moments.count()},
                      {"mean", *measured.moments.mean()},
                      {"stddev", std::sqrt(*measured.moments.variance())},
                      {"minimum", measured.minimum},
                      {"maximum", measured.maximum}};
  json["output"] = arguments.output.empty() ? ordered_json() : ordered_json(arguments.output);
  return json;
}

int run(const Arguments& arguments) {
  const Plan plan = understand(arguments);
  require(arguments.output != "-" || arguments.json != "-",
          "--output - and --json - cannot share standard output; give one of them a file");
  for (const std::string& path : {arguments.output, arguments.json}) {
    if (!path.empty()) require_writable(path);
  }
  const Measured measured = plan.is_double ? draw_all<double>(plan, arguments) : draw_all<float>(plan, arguments);
  if (!arguments.json.empty()) write_file(arguments.json, report::to_text(to_json(plan, measured, arguments)));
  if (arguments.output == "-" || arguments.json == "-") {
    fmt::print(stderr, "{}", summary(plan, measured));
  } else {
    write_file("-", summary(plan, measured));
  }
  return all_well;
}

}  // namespace
}  // namespace sqrtn::command
