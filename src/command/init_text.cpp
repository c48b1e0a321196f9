#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "command/init.hpp"
#include "sqrtn/init/gain.hpp"
#include "sqrtn/laws/initialiser.hpp"

namespace sqrtn::command {
namespace {

using nlohmann::ordered_json;

double gain_of(const InitPlan& plan) { return plan.options.gain.value_or(plan.rule.default_gain); }
init::Mode mode_of(const InitPlan& plan) { return plan.options.mode.value_or(plan.rule.mode); }
double scale_of(const InitPlan& plan) { return plan.options.scale.value_or(plan.rule.scale); }

std::string variance_formula(const init::Rule& rule, init::Mode mode) {
  return rule.uses_fans ? fmt::format("gain^2 * scale / {}", to_string(mode)) : "gain^2 * scale";
}

/// The other count of a grouped layer, since frameworks differ; empty if it has one group.
std::string framework_fans(const InitPlan& plan) {
  if (plan.groups == 1) return "";
  const auto [fan_in, fan_out] = init::fans(plan.layer, plan.shape);
  return fmt::format("; frameworks that look at the shape alone count {} and {}", fan_in, fan_out);
}

/// What calculate_gain of PyTorch has for it, or a dash.
std::string framework_gain(const init::Activation& activation) {
  return std::isnan(activation.framework_gain) ? "-" : fmt::format("{:.6f}", activation.framework_gain);
}

}  // namespace

std::string init_summary(const InitPlan& plan, const InitMeasured& measured) {
  const init::Distribution& law = plan.distribution;
  std::string text =
      fmt::format("{} {} {}, engine {}, seed {}, stream {}\n", plan.rule.name, sqrtn::to_string(plan.shape), plan.dtype,
                  to_string(plan.stream.engine), plan.stream.seed, plan.stream.stream);
  if (plan.rule.uses_fans) {
    text += fmt::format("fans      fan_in {}, fan_out {} ({}, {} group{}{})\n", plan.fans.fan_in, plan.fans.fan_out,
                        to_string(plan.layer), plan.groups, plan.groups == 1 ? "" : "s", framework_fans(plan));
  }
  text += fmt::format("law       {}, variance {:.9g} = {}, gain {:.9g}, scale {:.9g}\n", to_string(law.law),
                      law.variance, variance_formula(plan.rule, mode_of(plan)), gain_of(plan), scale_of(plan));
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
  if (measured.spectral_norm) {
    const auto [rows, cols] = init::flatten(plan.shape);
    text += fmt::format(
        "spectral  then divided by its largest singular value {:.9g}; stddev * (sqrt({}) + sqrt({})) = {:.9g}\n",
        *measured.spectral_norm, rows, cols,
        law.stddev() * (std::sqrt(static_cast<double>(rows)) + std::sqrt(static_cast<double>(cols))));
  }
  return text;
}

nlohmann::ordered_json init_json(const InitPlan& plan, const InitMeasured& measured) {
  const init::Distribution& law = plan.distribution;
  ordered_json json = {{"rule", plan.rule.name},   {"shape", plan.shape},
                       {"dtype", plan.dtype},      {"engine", to_string(plan.stream.engine)},
                       {"seed", plan.stream.seed}, {"stream", plan.stream.stream}};
  if (plan.rule.uses_fans) {
    json["layer"] = to_string(plan.layer);
    json["groups"] = plan.groups;
    json["fan_in"] = plan.fans.fan_in;
    json["fan_out"] = plan.fans.fan_out;
    json["mode"] = to_string(mode_of(plan));
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
  if (measured.spectral_norm) json["spectral_norm"] = *measured.spectral_norm;
  return json;
}

std::string init_list() {
  std::string text = "Rules. Entries have mean 0; fan_in: terms of one output; fan_out: outputs of one input.\n";
  text += fmt::format("{:<17} {:<16} {:<17} {:<26} {:>8} {:>8}\n", "name", "also", "law", "variance", "gain", "scale");
  for (const init::Rule& rule : init::rules()) {
    text += fmt::format("{:<17} {:<16} {:<17} {:<26} {:>8.6f} {:>8.6f}\n    {}\n", rule.name, alias(rule),
                        to_string(rule.law), variance_formula(rule, rule.mode), rule.default_gain, rule.scale,
                        rule.explanation);
  }
  text += "\nWhole matrices, --gain 1 if not given; no --law, --mode, --scale or --layer.\n";
  for (const init::StructuredRule& rule : init::structured_rules()) {
    text += fmt::format("{:<17} {}\n", rule.name, rule.explanation);
  }
  text +=
      "\nActivations, for --gain. Gain keeps the mean square: 1/sqrt(E phi(z)^2), z ~ N(0,1); the last column is what "
      "PyTorch's\ncalculate_gain returns instead (give it as a number to use it).\n";
  text += fmt::format("{:<11} {:<43} {:>9} {:>10}\n", "name", "phi(z)", "gain", "framework");
  for (const init::Activation& activation : init::activations()) {
    text += fmt::format("{:<11} {:<43} {:>9.6f} {:>10}\n", activation.name, activation.formula, init::gain(activation),
                        framework_gain(activation));
  }
  return text;
}

nlohmann::ordered_json init_list_json() {
  ordered_json json = {{"rules", ordered_json::array()},
                       {"structured_rules", ordered_json::array()},
                       {"activations", ordered_json::array()}};
  for (const init::Rule& rule : init::rules()) {
    ordered_json& row = json["rules"].emplace_back(ordered_json{{"name", rule.name}});
    row["alias"] = alias(rule).empty() ? ordered_json() : ordered_json(alias(rule));
    row["law"] = to_string(rule.law);
    row["mode"] = rule.uses_fans ? ordered_json(to_string(rule.mode)) : ordered_json();
    row["variance"] = variance_formula(rule, rule.mode);
    row["gain"] = rule.default_gain;
    row["scale"] = rule.scale;
    row["explanation"] = rule.explanation;
  }
  for (const init::StructuredRule& rule : init::structured_rules()) {
    json["structured_rules"].push_back({{"name", rule.name}, {"explanation", rule.explanation}});
  }
  for (const init::Activation& activation : init::activations()) {
    const double framework = activation.framework_gain;
    json["activations"].push_back(
        {{"name", activation.name},
         {"formula", activation.formula},
         {"gain", init::gain(activation)},
         {"framework_gain", std::isnan(framework) ? ordered_json() : ordered_json(framework)}});
  }
  return json;
}

}  // namespace sqrtn::command
