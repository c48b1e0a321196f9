#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>
#include <vector>

#include "init/weight.hpp"
#include "sqrtn/init/spectral.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/tensor.hpp"
#include "support/nearest.hpp"

namespace sqrtn::init {
namespace {

void find_fans(const WeightOptions& options, EntriesPlan& plan) {
  if (!plan.rule.uses_fans) {
    require(options.layer.empty() && !options.groups, "rule '{}' uses no fans; leave --layer and --groups out",
            plan.rule.name);
    return;
  }
  require(plan.shape.size() >= 2,
          "rule '{}' needs fans, which shape '{}' does not have; give fan_out x fan_in, as 512x256, or use normal, "
          "uniform or truncated_normal",
          plan.rule.name, options.shape);
  plan.layer = options.layer.empty() ? default_layer(plan.shape) : parse_layer(options.layer);
  plan.groups = options.groups.value_or(1);
  plan.fans = fans(plan.layer, plan.shape, plan.groups);
}

/// Both kinds of rule are one list to the user.
const Rule& find_rule_of_both(const std::string& name) try {
  return find_rule(name);
} catch (const std::invalid_argument& error) {
  std::vector<std::string> names;
  for (const StructuredRule& rule : structured_rules()) names.emplace_back(rule.name);
  const std::string nearest = nearest_name(name, names);
  throw std::invalid_argument(fmt::format("{}; whole matrices: {}{}", error.what(), fmt::join(names, ", "),
                                          nearest.empty() ? "" : fmt::format(" (did you mean '{}'?)", nearest)));
}

template <class T>
EntriesDrawn measured(std::span<const T> entries) {
  const auto [low, high] = std::ranges::minmax(entries);
  return {statistics::Moments::of<T>(entries), static_cast<double>(low), static_cast<double>(high), {}};
}

/// Draws the elements from `first` on into `out`, in blocks that stay in cache while they are measured.
template <class T>
EntriesDrawn draw_part(const EntriesPlan& plan, std::size_t first, std::span<T> out, unsigned threads) {
  constexpr std::size_t block = std::size_t{1} << 16;
  const auto draw_block = [&](std::size_t i) {
    const std::span<T> part = out.subspan(i * block, std::min(block, out.size() - i * block));
    initialise(plan.distribution, plan.stream.skip(first + i * block), part);
    round_all(plan.dtype, part);
    return measured(std::span<const T>(part));
  };
  return parallel_reduce((out.size() + block - 1) / block, threads, draw_block,
                         [](EntriesDrawn& into, const EntriesDrawn& from) { into.merge(from); })
      .value_or(EntriesDrawn{});
}

/// The whole weight, divided; what is measured is what is written.
template <class T>
Buffer<T> normalised(const EntriesPlan& plan, const WeightOptions& options, EntriesDrawn& drawn) {
  const auto [rows, cols] = flatten(plan.shape);
  Buffer<T> weight(element_count(plan.shape));
  EntriesPlan exact = plan;
  exact.dtype = native_dtype<T>;  // rounded once, at last
  draw_part(exact, 0, weight.span(), options.threads);
  const double norm = normalise_spectrally(MatrixView<T>(weight.data(), rows, cols));
  round_all(plan.dtype, weight.span());
  drawn = measured(std::span<const T>(weight.span()));
  drawn.spectral_norm = norm;
  return weight;
}

}  // namespace

EntriesPlan plan_entries(const WeightOptions& options) {
  EntriesPlan plan;
  plan.rule = find_rule_of_both(options.rule);
  plan.shape = parse_shape(options.shape);
  plan.dtype = parse_dtype(options.dtype);
  plan.stream = {random::parse_engine(options.engine), options.seed, options.stream};
  find_fans(options, plan);
  plan.options.gain = options.gain;
  if (!options.mode.empty()) plan.options.mode = parse_mode(options.mode);
  if (!options.law.empty()) plan.options.law = parse_law(options.law);
  plan.options.scale = options.scale;
  plan.distribution = distribution(plan.rule, plan.fans, plan.options);
  if (plan.dtype == Dtype::f16) initialise(plan.distribution, plan.stream, std::span<Float16>());  // checks the range
  if (options.spectral) {
    const auto [rows, cols] = flatten(plan.shape);
    check_affordable(plan.shape, rows, cols);
  }
  return plan;
}

template <class T>
Fill<T> drawing(const EntriesPlan& plan, const WeightOptions& options, EntriesDrawn& drawn) {
  if (options.spectral) return parts_of<T>([&] { return normalised<T>(plan, options, drawn); });
  return [&](std::size_t first, std::span<T> part) { drawn.merge(draw_part(plan, first, part, options.threads)); };
}

template Fill<float> drawing(const EntriesPlan&, const WeightOptions&, EntriesDrawn&);
template Fill<double> drawing(const EntriesPlan&, const WeightOptions&, EntriesDrawn&);

}  // namespace sqrtn::init
