#pragma once

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

#include "sqrtn/init/rules.hpp"
#include "sqrtn/init/structured.hpp"
#include "sqrtn/statistics/moments.hpp"
#include "support/npy.hpp"

/// The parts of `sqrtn init`: what is to be drawn, what was drawn, and how both are shown.
namespace sqrtn::command {

/// The command line as typed.
struct InitArguments {
  std::string rule, shape, engine = "ars", dtype = "f32", layer, gain, mode, law, output, json;
  std::uint64_t seed = 1, stream = 0;
  std::optional<double> scale;
  std::optional<std::size_t> groups;
  unsigned threads = 0;
  bool list = false, spectral = false;
};

/// What is said of a weight that was drawn, for people and for programs.
struct InitReport {
  std::string text;
  nlohmann::ordered_json json;
};

/// Draws a weight entry by entry, writes it if asked to, and measures it.
InitReport init_by_rule(const InitArguments& arguments);
/// The same for a rule of whole matrices.
InitReport init_structured(const InitArguments& arguments, const init::StructuredRule& rule);

random::Stream stream_of(const InitArguments& arguments);

/// Throws std::system_error before long work if a file could not be written afterwards.
void check_outputs(const InitArguments& arguments);

/// Throws std::invalid_argument if a weight is too large to be held, or the decomposition of a
/// rows × cols matrix would take hours.
void check_affordable(const Shape& shape, std::size_t rows, std::size_t cols);

/// Writes a weight that is held as a whole, if a file was asked for.
template <class T>
void write_whole(const InitArguments& arguments, const Shape& shape, std::span<const T> weight) {
  if (arguments.output.empty()) return;
  write_npy<T>(arguments.output, shape, [&](std::size_t first, std::span<T> part) {
    std::copy_n(weight.begin() + static_cast<std::ptrdiff_t>(first), part.size(), part.begin());
  });
}

/// What the command line asks for of a rule by entries.
struct InitPlan {
  init::Rule rule;
  Shape shape;
  std::string dtype;  ///< "f32" or "f64"
  random::Stream stream;
  init::Layer layer = init::Layer::linear;
  std::size_t groups = 1;
  init::Fans fans;  ///< 0 where the rule uses none
  init::Options options;
  init::Distribution distribution;
};

/// What was drawn.
struct InitMeasured {
  statistics::Moments moments;
  double minimum = std::numeric_limits<double>::infinity(), maximum = -minimum;
  std::optional<double> spectral_norm;  ///< that the draws were divided by after they were measured

  void merge(const InitMeasured& other) {
    moments.merge(other.moments);
    minimum = std::min(minimum, other.minimum);
    maximum = std::max(maximum, other.maximum);
  }
};

/// Law and fans, and expected beside measured, for people.
std::string init_summary(const InitPlan& plan, const InitMeasured& measured);
/// The same for programs.
nlohmann::ordered_json init_json(const InitPlan& plan, const InitMeasured& measured);

/// All rules, and all activations with both gains, for people and for programs.
std::string init_list();
nlohmann::ordered_json init_list_json();

}  // namespace sqrtn::command
