#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "command/init.hpp"
#include "command/options.hpp"
#include "sqrtn/init/spectral.hpp"
#include "sqrtn/support/tensor.hpp"

/// `sqrtn init` for weights that are drawn as a whole.
namespace sqrtn::command {
namespace {

using init::Structure;

struct Plan {
  const init::StructuredRule& rule;
  Shape shape;
  std::size_t groups;
  double gain;
  random::Stream stream;
  init::Flattened flattened;   ///< what --spectral divides
  init::Flattened orthogonal;  ///< what the rule makes orthonormal or the identity
};

struct Measured {
  std::size_t n_nonzero = 0;
  double minimum = 0, maximum = 0;
  double orthonormality_error = 0;      ///< meaningless for dirac and identity
  std::optional<double> spectral_norm;  ///< that it was divided by
};

bool is_orthogonal(const Plan& plan) { return plan.rule.is_random; }

Plan understand(const InitArguments& arguments, const init::StructuredRule& rule) {
  const auto refuse = [&](bool given, std::string_view option) {
    require(!given,
            "rule '{}' makes a matrix as a whole and takes no {}; leave it out, or use a rule such as he_normal",
            rule.name, option);
  };
  refuse(!arguments.law.empty(), "--law");
  refuse(!arguments.mode.empty(), "--mode");
  refuse(!arguments.layer.empty(), "--layer");
  refuse(arguments.scale.has_value(), "--scale");
  const Shape shape = parse_shape(arguments.shape);
  const std::size_t groups = arguments.groups.value_or(1);
  const double gain = arguments.gain.empty() ? 1 : parse_gain(arguments.gain);
  init::check_structured(rule, shape, groups, gain);
  Plan plan{rule, shape, groups, gain, stream_of(arguments), init::flatten(shape), {shape[0], shape[1]}};
  if (rule.structure == Structure::orthogonal) plan.orthogonal = plan.flattened;
  const init::Flattened decomposed = arguments.spectral ? plan.flattened
                                     : rule.is_random   ? plan.orthogonal
                                                        : init::Flattened{};
  check_affordable(shape, decomposed.rows, decomposed.cols);
  return plan;
}

/// Of the matrix that the rule makes orthonormal: the whole weight, or what stands at the kernel's centre.
template <class T>
double orthonormality_error(const Plan& plan, std::span<const T> weight, double gain) {
  const auto [rows, cols] = plan.orthogonal;
  const std::size_t taps = weight.size() / (rows * cols);
  Matrix<T> matrix(rows, cols);
  for (std::size_t i = 0; i < rows * cols; ++i) matrix.storage()[i] = weight[i * taps + taps / 2];
  return init::orthonormality_error<T>(matrix.view(), gain);
}

template <class T>
Measured draw(const Plan& plan, const InitArguments& arguments) {
  Buffer<T> weight(element_count(plan.shape));
  init::initialise_structured(plan.rule, plan.shape, plan.groups, plan.gain, plan.stream, weight.span());
  Measured measured;
  double gain = plan.gain;
  if (arguments.spectral) {
    measured.spectral_norm =
        init::normalise_spectrally(MatrixView<T>(weight.data(), plan.flattened.rows, plan.flattened.cols));
    gain /= *measured.spectral_norm;
  }
  write_whole<T>(arguments, plan.shape, weight.span());
  const std::span<const T> entries = weight.span();
  const auto [low, high] = std::ranges::minmax(entries);
  measured.minimum = static_cast<double>(low);
  measured.maximum = static_cast<double>(high);
  measured.n_nonzero = static_cast<std::size_t>(std::ranges::count_if(entries, [](T w) { return w != 0; }));
  if (is_orthogonal(plan)) measured.orthonormality_error = orthonormality_error(plan, entries, gain);
  return measured;
}

std::string summary(const Plan& plan, const Measured& measured, const InitArguments& arguments) {
  std::string text = fmt::format("{} {} {}", plan.rule.name, sqrtn::to_string(plan.shape), arguments.dtype);
  if (plan.rule.is_random) {
    text += fmt::format(", engine {}, seed {}, stream {}", arguments.engine, arguments.seed, arguments.stream);
  }
  text += fmt::format("\nlaw       {}; gain {:.9g}{}\n", plan.rule.explanation, plan.gain,
                      plan.groups == 1 ? "" : fmt::format(", {} groups", plan.groups));
  const auto [rows, cols] = plan.orthogonal;
  if (is_orthogonal(plan)) {
    text += fmt::format("matrix    {} x {}{}, max |{}/gain^2 - I| = {:.2g}\n", rows, cols,
                        plan.rule.structure == Structure::delta_orthogonal ? " at the centre" : "",
                        rows >= cols ? "W'W" : "WW'", measured.orthonormality_error);
  }
  text += fmt::format("entries   {} of {} are not 0, from {:.9g} to {:.9g}\n", measured.n_nonzero,
                      element_count(plan.shape), measured.minimum, measured.maximum);
  if (measured.spectral_norm) {
    text += fmt::format("spectral  divided by the largest singular value {:.9g} of {} x {}\n", *measured.spectral_norm,
                        plan.flattened.rows, plan.flattened.cols);
  }
  return text;
}

nlohmann::ordered_json as_json(const Plan& plan, const Measured& measured, const InitArguments& arguments) {
  nlohmann::ordered_json json = {{"rule", plan.rule.name},     {"shape", plan.shape},    {"dtype", arguments.dtype},
                                 {"engine", arguments.engine}, {"seed", arguments.seed}, {"stream", arguments.stream},
                                 {"groups", plan.groups},      {"gain", plan.gain}};
  json["measured"] = {{"n_samples", element_count(plan.shape)},
                      {"nonzero", measured.n_nonzero},
                      {"minimum", measured.minimum},
                      {"maximum", measured.maximum}};
  if (is_orthogonal(plan)) json["measured"]["orthonormality_error"] = measured.orthonormality_error;
  if (measured.spectral_norm) json["spectral_norm"] = *measured.spectral_norm;
  return json;
}

}  // namespace

InitReport init_structured(const InitArguments& arguments, const init::StructuredRule& rule) {
  const Plan plan = understand(arguments, rule);
  check_outputs(arguments);
  const Measured measured = arguments.dtype == "f64" ? draw<double>(plan, arguments) : draw<float>(plan, arguments);
  return {summary(plan, measured, arguments), as_json(plan, measured, arguments)};
}

}  // namespace sqrtn::command
