#include "experiment/stack_faults.hpp"

#include <cmath>

namespace sqrtn::experiment {
namespace {

using network::BlockNorm;
using network::NormPlace;

double root_of_head(const network::BlockOptions& o) {
  const std::size_t size = o.widths.front() / o.attention.heads;
  return 1 / std::sqrt(static_cast<double>(size));
}

bool has(const Stack& stack, StackFault fault) {
  const network::BlockOptions& o = stack.block;
  const bool normed = o.norm != BlockNorm::none;
  switch (fault) {
    case StackFault::branch_scale:
      return o.residual && o.branch_scale == 1 && o.skip_scale == 1 && stack.depth > 1 &&
             !(normed && o.place == NormPlace::post);
    case StackFault::norm_after_sum:
      return normed && o.place == NormPlace::post && o.skip_scale == 1;
    case StackFault::score_scale:
      return o.attention.scale.value_or(0) > root_of_head(o);
    case StackFault::packed_gate:
      return o.packed_gate;
  }
  return false;
}

StackEnds ends_of(const StackPropagation& p) {
  return {typical_log_rms(p.runs, p.stack.depth) - typical_log_rms(p.runs, 0), median_log_gradient(p.runs, 0),
          mean_of(p.runs, p.stack.depth, &LayerState::correlation)};
}

StackEnds ends_of(const StackLaw& law) {
  return {law.log_rms.back() - law.log_rms.front(), law.log_gradient.front(), law.correlation.back()};
}

/// What is not finite in the runs shows.
bool shows(const StackEnds& is, const StackEnds& mended) {
  const auto differ = [](double a, double b, double by) { return !std::isnan(b) && !(std::fabs(a - b) < by); };
  return differ(is.growth, mended.growth, std::log(least_named_factor)) ||
         differ(is.gradient, mended.gradient, std::log(least_named_factor)) ||
         differ(is.correlation, mended.correlation, least_named_cosine);
}

}  // namespace

Stack mended(Stack stack, StackFault fault) {
  network::BlockOptions& o = stack.block;
  switch (fault) {
    case StackFault::branch_scale:
      o.branch_scale = 1 / std::sqrt(2 * static_cast<double>(stack.depth));
      break;
    case StackFault::norm_after_sum:
      o.place = NormPlace::pre;
      break;
    case StackFault::score_scale:
      o.attention.scale.reset();
      break;
    case StackFault::packed_gate:
      o.packed_gate = false;
      break;
  }
  return stack;
}

std::vector<NamedFault> named_faults(const StackPropagation& p) {
  std::vector<NamedFault> named;
  const StackEnds is = ends_of(p);
  for (const StackFault fault :
       {StackFault::branch_scale, StackFault::norm_after_sum, StackFault::score_scale, StackFault::packed_gate}) {
    if (!has(p.stack, fault)) continue;
    const auto law = stack_law(mended(p.stack, fault));
    if (law && shows(is, ends_of(*law))) named.push_back({fault, is, ends_of(*law)});
  }
  return named;
}

}  // namespace sqrtn::experiment
