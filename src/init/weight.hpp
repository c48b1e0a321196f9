#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "sqrtn/init/rules.hpp"
#include "sqrtn/init/structured.hpp"
#include "sqrtn/statistics/moments.hpp"
#include "sqrtn/support/tensor.hpp"
#include "support/write_tensor.hpp"

/// A weight as `sqrtn init` asks for it, by names: planned, drawn, written if asked to, and measured. A rule draws
/// entry by entry, or a matrix as a whole.
namespace sqrtn::init {

/// What is empty or not set is the rule's own.
struct WeightOptions {
  std::string rule, shape, engine = "ars", dtype = "f32", layer, mode, law;
  std::string output;  ///< .npy or .safetensors; empty: none
  std::uint64_t seed = 1, stream = 0;
  std::optional<double> gain, scale;
  std::optional<std::size_t> groups;
  unsigned threads = 0;   ///< 0: all
  bool spectral = false;  ///< divide by the spectral norm
};

struct EntriesPlan {
  Rule rule;
  Shape shape;
  Dtype dtype;  ///< one of 16 bits is drawn as float and rounded
  random::Stream stream;
  Layer layer = Layer::linear;
  std::size_t groups = 1;
  Fans fans;  ///< 0 where the rule uses none
  Options options;
  Distribution distribution;
};

struct EntriesDrawn {
  statistics::Moments moments;
  double minimum = std::numeric_limits<double>::infinity(), maximum = -minimum;
  std::optional<double> spectral_norm;  ///< that the draws were divided by after they were measured

  void merge(const EntriesDrawn& other) {
    moments.merge(other.moments);
    minimum = std::min(minimum, other.minimum);
    maximum = std::max(maximum, other.maximum);
  }
};

struct MatrixPlan {
  const StructuredRule& rule;
  Shape shape;
  Dtype dtype;
  random::Stream stream;
  std::size_t groups;
  double gain;
  Flattened flattened;   ///< what the spectral norm is of
  Flattened orthogonal;  ///< what the rule makes orthonormal or the identity
};

struct MatrixDrawn {
  std::size_t n_nonzero = 0;
  double minimum = 0, maximum = 0;
  std::optional<double> orthonormality_error;  ///< of a random rule
  std::optional<double> spectral_norm;         ///< that it was divided by
};

/// Throws: std::invalid_argument, in the options' own names.
EntriesPlan plan_entries(const WeightOptions& options);
MatrixPlan plan_matrix(const WeightOptions& options, const StructuredRule& rule);

/// The values of a weight from one of its elements on; asked for part by part, in order.
template <class T>
using Fill = std::function<void(std::size_t first, std::span<T> part)>;

/// Draws the weight as it is asked for, and measures what it gave into `drawn`, which is complete after the last part.
/// A weight that is drawn as a whole is held from its first part to its last. The arguments must outlive it.
template <class T>
Fill<T> drawing(const EntriesPlan& plan, const WeightOptions& options, EntriesDrawn& drawn);
template <class T>
Fill<T> drawing(const MatrixPlan& plan, const WeightOptions& options, MatrixDrawn& drawn);

/// Asks for all parts of a weight of so many elements, and keeps none.
template <class T>
void drain(std::size_t count, const Fill<T>& fill) {
  Buffer<T> part(std::min(count, std::size_t{1} << 22));
  for (std::size_t first = 0; first < count; first += part.size())
    fill(first, part.span().first(std::min(part.size(), count - first)));
}

/// Throws: as plan_…; std::system_error if the file cannot be written.
EntriesDrawn draw(const EntriesPlan& plan, const WeightOptions& options);
MatrixDrawn draw(const MatrixPlan& plan, const WeightOptions& options);

/// Throws std::invalid_argument if a weight is too large to be held, or the decomposition of a
/// rows × cols matrix would take hours.
void check_affordable(const Shape& shape, std::size_t rows, std::size_t cols);

/// Rounds each number to the type that it is to be stored in.
template <class T>
void round_all(Dtype stored, std::span<T> numbers) {
  if (bytes_of(stored) > 2) return;
  std::ranges::transform(numbers, numbers.begin(), [stored](T x) { return rounded_to(stored, static_cast<float>(x)); });
}

/// The parts of a weight that `make` makes as a whole.
template <class T, class Make>
Fill<T> parts_of(Make make) {
  const auto weight = std::make_shared<Buffer<T>>();
  return [weight, make](std::size_t first, std::span<T> part) {
    if (first == 0) *weight = make();
    std::ranges::copy(weight->span().subspan(first, part.size()), part.begin());
    if (first + part.size() == weight->size()) *weight = Buffer<T>();
  };
}

}  // namespace sqrtn::init
