#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "init/weight.hpp"
#include "sqrtn/init/spectral.hpp"
#include "sqrtn/support/tensor.hpp"

namespace sqrtn::init {
namespace {

/// Of the matrix that the rule makes orthonormal: the whole weight, or what stands at the kernel's centre.
template <class T>
double error_of_orthogonal(const MatrixPlan& plan, std::span<const T> weight, double gain) {
  const auto [rows, cols] = plan.orthogonal;
  const std::size_t taps = weight.size() / (rows * cols);
  Matrix<T> matrix(rows, cols);
  for (std::size_t i = 0; i < rows * cols; ++i) matrix.storage()[i] = weight[i * taps + taps / 2];
  return orthonormality_error<T>(std::as_const(matrix).view(), gain);
}

template <class T>
Buffer<T> drawn_whole(const MatrixPlan& plan, const WeightOptions& options, MatrixDrawn& drawn) {
  Buffer<T> weight(element_count(plan.shape));
  initialise_structured(plan.rule, plan.shape, plan.groups, plan.gain, plan.stream, weight.span());
  double gain = plan.gain;
  if (options.spectral) {
    drawn.spectral_norm = normalise_spectrally(MatrixView<T>(weight.data(), plan.flattened.rows, plan.flattened.cols));
    gain /= *drawn.spectral_norm;
  }
  round_all(plan.dtype, weight.span());
  const std::span<const T> entries = weight.span();
  const auto [low, high] = std::ranges::minmax(entries);
  drawn.minimum = static_cast<double>(low);
  drawn.maximum = static_cast<double>(high);
  drawn.n_nonzero = static_cast<std::size_t>(std::ranges::count_if(entries, [](T w) { return w != 0; }));
  if (plan.rule.is_random) drawn.orthonormality_error = error_of_orthogonal(plan, entries, gain);
  return weight;
}

}  // namespace

void check_affordable(const Shape& shape, std::size_t rows, std::size_t cols) {
  constexpr double max_entries = 0x1p30, max_flop = 1e13;
  const double l = static_cast<double>(std::max(rows, cols)), s = static_cast<double>(std::min(rows, cols));
  require(static_cast<double>(element_count(shape)) <= max_entries,
          "{} is held in memory as a whole and has more than 2^30 entries; ask for a smaller weight",
          sqrtn::to_string(shape));
  require(4 * l * s * s <= max_flop,
          "decomposing {} x {} takes about {:.1g} FLOP on one core, more than the limit of {:.0g}; ask for a smaller "
          "weight, at most 13000x13000 if square",
          rows, cols, 4 * l * s * s, max_flop);
}

MatrixPlan plan_matrix(const WeightOptions& options, const StructuredRule& rule) {
  const auto refuse = [&](bool given, std::string_view option) {
    require(!given,
            "rule '{}' makes a matrix as a whole and takes no {}; leave it out, or use a rule such as he_normal",
            rule.name, option);
  };
  refuse(!options.law.empty(), "--law");
  refuse(!options.mode.empty(), "--mode");
  refuse(!options.layer.empty(), "--layer");
  refuse(options.scale.has_value(), "--scale");
  const Shape shape = parse_shape(options.shape);
  const std::size_t groups = options.groups.value_or(1);
  const double gain = options.gain.value_or(1);
  check_structured(rule, shape, groups, gain);
  require(options.dtype != "f16" || (gain >= Float16::smallest_normal && gain <= Float16::largest),
          "a gain of {} does not fit into 16 bits; choose one nearer to 1, or bf16 or f32", gain);
  MatrixPlan plan{.rule = rule,
                  .shape = shape,
                  .dtype = parse_dtype(options.dtype),
                  .stream = {random::parse_engine(options.engine), options.seed, options.stream},
                  .groups = groups,
                  .gain = gain,
                  .flattened = flatten(shape),
                  .orthogonal = {shape[0], shape[1]}};
  if (rule.structure == Structure::orthogonal) plan.orthogonal = plan.flattened;
  const Flattened decomposed = options.spectral ? plan.flattened : rule.is_random ? plan.orthogonal : Flattened{};
  check_affordable(shape, decomposed.rows, decomposed.cols);
  return plan;
}

template <class T>
Fill<T> drawing(const MatrixPlan& plan, const WeightOptions& options, MatrixDrawn& drawn) {
  return parts_of<T>([&] { return drawn_whole<T>(plan, options, drawn); });
}

template Fill<float> drawing(const MatrixPlan&, const WeightOptions&, MatrixDrawn&);
template Fill<double> drawing(const MatrixPlan&, const WeightOptions&, MatrixDrawn&);

}  // namespace sqrtn::init
