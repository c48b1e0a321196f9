#include "init/weight.hpp"
#include "support/progress.hpp"

namespace sqrtn::init {
namespace {

/// Part by part, so that a weight may be larger than memory; writes it if asked to.
template <class T>
void draw_as(const auto& plan, const WeightOptions& options, auto& drawn) {
  const std::size_t count = element_count(plan.shape);
  Progress progress("init");
  const Fill<T> draw_part = drawing<T>(plan, options, drawn);
  const Fill<T> fill = [&](std::size_t first, std::span<T> part) {
    draw_part(first, part);
    progress.update(static_cast<double>(first + part.size()) / static_cast<double>(count), options.shape);
  };
  if (options.output.empty()) return drain<T>(count, fill);
  write_tensor<T>(options.output, plan.shape, fill, plan.dtype);
}

template <class Drawn>
Drawn draw_any(const auto& plan, const WeightOptions& options) {
  Drawn drawn;
  if (plan.dtype == Dtype::f64) {
    draw_as<double>(plan, options, drawn);
  } else {
    draw_as<float>(plan, options, drawn);
  }
  return drawn;
}

}  // namespace

EntriesDrawn draw(const EntriesPlan& plan, const WeightOptions& options) {
  return draw_any<EntriesDrawn>(plan, options);
}

MatrixDrawn draw(const MatrixPlan& plan, const WeightOptions& options) { return draw_any<MatrixDrawn>(plan, options); }

}  // namespace sqrtn::init
