#include <fmt/format.h>

#include <stdexcept>
#include <vector>

#include "command/init.hpp"
#include "command/options.hpp"
#include "sqrtn/init/spectral.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/tensor.hpp"
#include "support/nearest.hpp"
#include "support/progress.hpp"

namespace sqrtn::command {
namespace {

void find_fans(const InitArguments& arguments, InitPlan& plan) {
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

/// Both kinds of rule are one list to the user.
const init::Rule& find_rule(const std::string& name) try {
  return init::find_rule(name);
} catch (const std::invalid_argument& error) {
  std::string known;
  std::vector<std::string> names;
  for (const init::StructuredRule& rule : init::structured_rules()) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", rule.name);
    names.emplace_back(rule.name);
  }
  const std::string nearest = nearest_name(name, names);
  throw std::invalid_argument(fmt::format("{}; whole matrices: {}{}", error.what(), known,
                                          nearest.empty() ? "" : fmt::format(" (did you mean '{}'?)", nearest)));
}

InitPlan understand(const InitArguments& arguments) {
  InitPlan plan;
  plan.rule = find_rule(arguments.rule);
  plan.shape = parse_shape(arguments.shape);
  plan.dtype = arguments.dtype;
  plan.stream = stream_of(arguments);
  find_fans(arguments, plan);
  if (!arguments.gain.empty()) plan.options.gain = parse_gain(arguments.gain);
  if (!arguments.mode.empty()) plan.options.mode = init::parse_mode(arguments.mode);
  if (!arguments.law.empty()) plan.options.law = init::parse_law(arguments.law);
  plan.options.scale = arguments.scale;
  plan.distribution = init::distribution(plan.rule, plan.fans, plan.options);
  if (arguments.spectral) {
    const auto [rows, cols] = init::flatten(plan.shape);
    check_affordable(plan.shape, rows, cols);
  }
  return plan;
}

/// Draws the elements from `first` on into `out`, in blocks that stay in cache while they are measured.
template <class T>
InitMeasured draw(const InitPlan& plan, std::size_t first, std::span<T> out, unsigned threads) {
  constexpr std::size_t block = std::size_t{1} << 16;
  const auto draw_block = [&](std::size_t i) {
    const std::span<T> part = out.subspan(i * block, std::min(block, out.size() - i * block));
    init::initialise(plan.distribution, plan.stream.skip(first + i * block), part);
    const auto [low, high] = std::minmax_element(part.begin(), part.end());
    return InitMeasured{statistics::Moments::of<T>(part), static_cast<double>(*low), static_cast<double>(*high), {}};
  };
  return parallel_reduce((out.size() + block - 1) / block, threads, draw_block,
                         [](InitMeasured& into, const InitMeasured& from) { into.merge(from); })
      .value_or(InitMeasured{});
}

/// Holds the whole weight, divides it, and measures what is written.
template <class T>
InitMeasured draw_normalised(const InitPlan& plan, const InitArguments& arguments) {
  const auto [rows, cols] = init::flatten(plan.shape);
  Buffer<T> weight(element_count(plan.shape));
  draw(plan, 0, weight.span(), arguments.threads);
  const double norm = init::normalise_spectrally(MatrixView<T>(weight.data(), rows, cols));
  const auto [low, high] = std::ranges::minmax_element(weight.span());
  const InitMeasured measured{statistics::Moments::of<T>(weight.span()), static_cast<double>(*low),
                              static_cast<double>(*high), norm};
  write_whole<T>(arguments, plan.shape, weight.span());
  return measured;
}

/// Draws the whole tensor part by part, so that it may be larger than memory; writes it if asked to.
template <class T>
InitMeasured draw_all(const InitPlan& plan, const InitArguments& arguments) {
  if (arguments.spectral) return draw_normalised<T>(plan, arguments);
  const std::size_t count = element_count(plan.shape);
  InitMeasured measured;
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

}  // namespace

InitReport init_by_rule(const InitArguments& arguments) {
  const InitPlan plan = understand(arguments);
  check_outputs(arguments);
  const InitMeasured measured =
      plan.dtype == "f64" ? draw_all<double>(plan, arguments) : draw_all<float>(plan, arguments);
  return {init_summary(plan, measured), init_json(plan, measured)};
}

}  // namespace sqrtn::command
