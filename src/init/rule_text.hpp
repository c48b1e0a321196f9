#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "sqrtn/init/fan.hpp"
#include "sqrtn/init/rules.hpp"

namespace sqrtn::init {

/// A rule with its options as a line names them: "he_normal", "normal,gain=0.02", "he_normal,mode=fan_out,gain=tanh",
/// "glorot_uniform,layer=transposed_conv,groups=4".
struct RuleText {
  std::string_view name;  ///< part of the text; whether there is such a rule is not looked up
  Options options;
  std::optional<Layer> layer;
  std::optional<std::size_t> groups;
};

/// A finite number, or the gain by quadrature of the activation of that name.
/// Throws: std::invalid_argument.
double parse_gain(std::string_view text);

/// Throws: std::invalid_argument that says what is wrong and what is known.
RuleText parse_rule_text(std::string_view text);

}  // namespace sqrtn::init
