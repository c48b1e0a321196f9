#include "sqrtn/init/structured.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "init/decompositions.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/support/tensor.hpp"

namespace sqrtn::init {
namespace {

constexpr StructuredRule structured_table[] = {
    {Structure::orthogonal, "orthogonal",
     "W'W = gain^2 I, or WW' if wide, by Haar measure; a convolution is flattened to c_out x rest; Saxe et al., 2014"},
    {Structure::delta_orthogonal, "delta_orthogonal",
     "convolution that keeps norms: orthogonal at the kernel's centre, 0 elsewhere; Xiao et al., ICML 2018"},
    {Structure::dirac, "dirac",
     "convolution that passes channels on: identity at the kernel's centre, group by group; as PyTorch's dirac_", false,
     true},
    {Structure::identity, "identity", "gain on the diagonal, 0 elsewhere; Le, Jaitly, Hinton, 2015", false},
};

void check_kernel(const StructuredRule& rule, const Shape& shape) {
  const std::string text = sqrtn::to_string(shape);
  require(shape.size() >= 3, "rule '{}' is for convolutions, c_out x c_in x k..., but {} has no kernel; {}", rule.name,
          text, rule.structure == Structure::dirac ? "use identity" : "use orthogonal");
  if (rule.structure != Structure::delta_orthogonal) return;
  require(std::all_of(shape.begin() + 2, shape.end(), [](std::size_t k) { return k % 2 == 1; }),
          "an even kernel has no centre for rule '{}', got {}; use odd sizes", rule.name, text);
  require(shape[0] >= shape[1], "rule '{}' needs c_out >= c_in to keep norms, got {}; use orthogonal", rule.name, text);
}

/// The taps of one pair of channels, and the one at ⌊k/2⌋ of each axis.
struct Kernel {
  std::size_t taps = 1, centre = 0;
  Kernel() = default;
  explicit Kernel(const Shape& shape) {
    for (std::size_t axis = 2; axis < shape.size(); ++axis) {
      centre = centre * shape[axis] + shape[axis] / 2;
      taps *= shape[axis];
    }
  }
};

/// gain·Q of a Haar distributed rows × cols Q, one entry to the centre of each kernel.
template <class T>
void fill_haar(Flattened q_shape, double gain, const random::Stream& stream, const Kernel& kernel, std::span<T> out) {
  Matrix<double> q(q_shape.rows, q_shape.cols);
  random::fill_normal<double>(stream, q.storage(), 0, 1);
  replace_by_orthonormal_factor(q.view());
  std::size_t at = kernel.centre;
  for (const double entry : q.storage()) {
    out[at] = static_cast<T>(gain * entry);
    at += kernel.taps;
  }
}

template <class T>
void fill_dirac(const Shape& shape, std::size_t groups, T gain, std::span<T> out) {
  const Kernel kernel(shape);
  const std::size_t outputs = shape[0] / groups, inputs = shape[1];
  for (std::size_t group = 0; group < groups; ++group) {
    for (std::size_t i = 0; i < std::min(outputs, inputs); ++i) {
      out[((group * outputs + i) * inputs + i) * kernel.taps + kernel.centre] = gain;
    }
  }
}

}  // namespace

std::span<const StructuredRule> structured_rules() { return structured_table; }

const StructuredRule* find_structured(std::string_view name) {
  const auto* found = std::ranges::find(structured_table, name, &StructuredRule::name);
  return found == std::end(structured_table) ? nullptr : found;
}

Flattened flatten(const Shape& shape) {
  require(shape.size() >= 2, "a matrix needs a weight of at least 2 axes, fan_out x fan_in as 512x256, but {} has {}",
          shape.empty() ? "a scalar" : sqrtn::to_string(shape), shape.size());
  return {shape[0], element_count(shape) / shape[0]};
}

void check_structured(const StructuredRule& rule, const Shape& shape, std::size_t groups, double gain) {
  flatten(shape);
  require(gain > 0 && std::isfinite(gain), "gain must be positive and finite, got {}", gain);
  if (rule.structure == Structure::dirac || rule.structure == Structure::delta_orthogonal) check_kernel(rule, shape);
  require(rule.structure != Structure::identity || shape.size() == 2,
          "rule 'identity' is for matrices, but {} has {} axes; use dirac for a convolution", sqrtn::to_string(shape),
          shape.size());
  require(rule.uses_groups || groups == 1, "rule '{}' knows no groups, got {}; frameworks look at the shape alone",
          rule.name, groups);
  require(groups >= 1 && shape[0] % groups == 0, "groups must be at least 1 and divide the first axis of {}, got {}",
          sqrtn::to_string(shape), groups);
}

template <class T>
void initialise_structured(const StructuredRule& rule, const Shape& shape, std::size_t groups, double gain,
                           const random::Stream& stream, std::span<T> out) {
  check_structured(rule, shape, groups, gain);
  using Limits = std::numeric_limits<T>;
  require(gain >= Limits::min() / Limits::epsilon() && gain <= Limits::max(),
          "a gain of {} does not fit into {} bits; choose one nearer to 1, or double precision", gain, 8 * sizeof(T));
  require(out.size() == element_count(shape), "a weight of shape {} has {} entries, got room for {}",
          sqrtn::to_string(shape), element_count(shape), out.size());
  if (rule.structure == Structure::orthogonal) return fill_haar(flatten(shape), gain, stream, Kernel(), out);
  std::fill(out.begin(), out.end(), T{0});
  if (rule.structure == Structure::delta_orthogonal) {
    return fill_haar({shape[0], shape[1]}, gain, stream, Kernel(shape), out);
  }
  // The identity is a convolution without kernel.
  fill_dirac(shape, groups, static_cast<T>(gain), out);
}

template void initialise_structured<float>(const StructuredRule&, const Shape&, std::size_t, double,
                                           const random::Stream&, std::span<float>);
template void initialise_structured<double>(const StructuredRule&, const Shape&, std::size_t, double,
                                            const random::Stream&, std::span<double>);

}  // namespace sqrtn::init
