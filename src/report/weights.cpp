#include "report/weights.hpp"

#include <fmt/format.h>

#include <cmath>

#include "sqrtn/init/gain.hpp"
#include "sqrtn/laws/initialiser.hpp"

namespace sqrtn::report {
namespace {

using nlohmann::ordered_json;

double gain_of(const init::EntriesPlan& plan) { return plan.options.gain.value_or(plan.rule.default_gain); }
init::Mode mode_of(const init::EntriesPlan& plan) { return plan.options.mode.value_or(plan.rule.mode); }
double scale_of(const init::EntriesPlan& plan) { return plan.options.scale.value_or(plan.rule.scale); }

std::string variance_formula(const init::Rule& rule, init::Mode mode) {
  return rule.uses_fans ? fmt::format("gain^2 * scale / {}", to_string(mode)) : "gain^2 * scale";
}

/// The other count of a grouped layer, since frameworks differ; empty if it has one group.
std::string framework_fans(const init::EntriesPlan& plan) {
  if (plan.groups == 1) return "";
  const auto [fan_in, fan_out] = init::fans(plan.layer, plan.shape);
  return fmt::format("; frameworks that look at the shape alone count {} and {}", fan_in, fan_out);
}

/// What calculate_gain of PyTorch has for it, or a dash.
std::string framework_gain(const init::Activation& activation) {
  return std::isnan(activation.framework_gain) ? "-" : fmt::format("{:.6f}", activation.framework_gain);
}

std::vector<init::Activation> all_activations() {
  std::vector<init::Activation> all(init::activations().begin(), init::activations().end());
  all.insert(all.end(), init::further_activations().begin(), init::further_activations().end());
  return all;
}

ordered_json head_of(const auto& plan) {
  return {{"rule", plan.rule.name},
          {"shape", plan.shape},
          {"dtype", sqrtn::to_string(plan.dtype)},
          {"engine", to_string(plan.stream.engine)},
          {"seed", plan.stream.seed},
          {"stream", plan.stream.stream}};
}

}  // namespace

std::string weight_text(const init::EntriesPlan& plan, const init::EntriesDrawn& drawn) {
  const init::Distribution& law = plan.distribution;
  std::string text =
      fmt::format("{} {} {}, engine {}, seed {}, stream {}\n", plan.rule.name, sqrtn::to_string(plan.shape),
                  sqrtn::to_string(plan.dtype), to_string(plan.stream.engine), plan.stream.seed, plan.stream.stream);
  if (plan.rule.uses_fans) {
    text += fmt::format("fans      fan_in {}, fan_out {} ({}, {} group{}{})\n", plan.fans.fan_in, plan.fans.fan_out,
                        to_string(plan.layer), plan.groups, plan.groups == 1 ? "" : "s", framework_fans(plan));
  }
  text += fmt::format("law       {}, variance {:.9g} = {}, gain {:.9g}, scale {:.9g}\n", to_string(law.law),
                      law.variance, variance_formula(plan.rule, mode_of(plan)), gain_of(plan), scale_of(plan));
  const double n_samples = static_cast<double>(drawn.moments.count());
  const double mean_error = law.stddev() / std::sqrt(n_samples);
  // Of the sample's deviation, by the delta method.
  const double stddev_error = mean_error * std::sqrt((laws::kurtosis(law.law) - 1) / 4);
  const auto row = [&](std::string_view name, const std::string& expected, double value, const std::string& error) {
    text += fmt::format("{:<9} {:>16} {:>16.9g} {:>16}\n", name, expected, value, error);
  };
  const std::string limit = std::isfinite(law.limit()) ? fmt::format("{:.9g}", law.limit()) : "";
  text += fmt::format("{:<9} {:>16} {:>16} {:>16}\n", "", "expected", "measured", "standard error");
  row("mean", "0", *drawn.moments.mean(), fmt::format("{:.2g}", mean_error));
  row("stddev", fmt::format("{:.9g}", law.stddev()), std::sqrt(*drawn.moments.variance()),
      fmt::format("{:.2g}", stddev_error));
  row("minimum", limit.empty() ? "no limit" : "> -" + limit, drawn.minimum, "");
  row("maximum", limit.empty() ? "no limit" : "< " + limit, drawn.maximum, "");
  if (drawn.spectral_norm) {
    const auto [rows, cols] = init::flatten(plan.shape);
    text += fmt::format(
        "spectral  then divided by its largest singular value {:.9g}; stddev * (sqrt({}) + sqrt({})) = {:.9g}\n",
        *drawn.spectral_norm, rows, cols,
        law.stddev() * (std::sqrt(static_cast<double>(rows)) + std::sqrt(static_cast<double>(cols))));
  }
  return text;
}

ordered_json weight_json(const init::EntriesPlan& plan, const init::EntriesDrawn& drawn) {
  const init::Distribution& law = plan.distribution;
  ordered_json json = head_of(plan);
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
  json["measured"] = {{"n_samples", drawn.moments.count()},
                      {"mean", *drawn.moments.mean()},
                      {"stddev", std::sqrt(*drawn.moments.variance())},
                      {"minimum", drawn.minimum},
                      {"maximum", drawn.maximum}};
  if (drawn.spectral_norm) json["spectral_norm"] = *drawn.spectral_norm;
  return json;
}

std::string weight_text(const init::MatrixPlan& plan, const init::MatrixDrawn& drawn) {
  std::string text =
      fmt::format("{} {} {}", plan.rule.name, sqrtn::to_string(plan.shape), sqrtn::to_string(plan.dtype));
  if (plan.rule.is_random) {
    text += fmt::format(", engine {}, seed {}, stream {}", to_string(plan.stream.engine), plan.stream.seed,
                        plan.stream.stream);
  }
  text += fmt::format("\nlaw       {}; gain {:.9g}{}\n", plan.rule.explanation, plan.gain,
                      plan.groups == 1 ? "" : fmt::format(", {} groups", plan.groups));
  const auto [rows, cols] = plan.orthogonal;
  if (drawn.orthonormality_error) {
    text += fmt::format("matrix    {} x {}{}, max |{}/gain^2 - I| = {:.2g}\n", rows, cols,
                        plan.rule.structure == init::Structure::delta_orthogonal ? " at the centre" : "",
                        rows >= cols ? "W'W" : "WW'", *drawn.orthonormality_error);
  }
  text += fmt::format("entries   {} of {} are not 0, from {:.9g} to {:.9g}\n", drawn.n_nonzero,
                      element_count(plan.shape), drawn.minimum, drawn.maximum);
  if (drawn.spectral_norm) {
    text += fmt::format("spectral  divided by the largest singular value {:.9g} of {} x {}\n", *drawn.spectral_norm,
                        plan.flattened.rows, plan.flattened.cols);
  }
  return text;
}

ordered_json weight_json(const init::MatrixPlan& plan, const init::MatrixDrawn& drawn) {
  ordered_json json = head_of(plan);
  json["groups"] = plan.groups;
  json["gain"] = plan.gain;
  json["measured"] = {{"n_samples", element_count(plan.shape)},
                      {"nonzero", drawn.n_nonzero},
                      {"minimum", drawn.minimum},
                      {"maximum", drawn.maximum}};
  if (drawn.orthonormality_error) json["measured"]["orthonormality_error"] = *drawn.orthonormality_error;
  if (drawn.spectral_norm) json["spectral_norm"] = *drawn.spectral_norm;
  return json;
}

std::string rules_text() {
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
  text += fmt::format("{:<12} {:<43} {:>9} {:>10}\n", "name", "phi(z)", "gain", "framework");
  for (const init::Activation& activation : all_activations()) {
    text += fmt::format("{:<12} {:<43} {:>9.6f} {:>10}\n", activation.name, activation.formula, init::gain(activation),
                        framework_gain(activation));
  }
  return text;
}

ordered_json rules_json() {
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
  for (const init::Activation& activation : all_activations()) {
    const double framework = activation.framework_gain;
    json["activations"].push_back(
        {{"name", activation.name},
         {"formula", activation.formula},
         {"gain", init::gain(activation)},
         {"framework_gain", std::isnan(framework) ? ordered_json() : ordered_json(framework)}});
  }
  return json;
}

}  // namespace sqrtn::report
