#pragma once

#include <algorithm>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sqrtn/init/rules.hpp"
#include "sqrtn/statistics/moments.hpp"

/// The parts of `sqrtn init`: what is to be drawn, what was drawn, and how both are shown.
namespace sqrtn::command {

/// What the command line asks for.
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
