#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "claims/weights/structure.hpp"
#include "sqrtn/init/fan.hpp"
#include "sqrtn/init/rules.hpp"
#include "support/filter.hpp"

/// Rules that a user says tensors follow.
namespace sqrtn::claims::weights {

/// "he_normal", or with options behind commas: "he_normal,mode=fan_out,gain=tanh", "normal,gain=0.02",
/// "glorot_uniform,layer=transposed_conv,groups=4"; "orthogonal,gain=1.41421356"; "zeros", "ones", "constant,gain=0.5".
struct Expected {
  std::string text;
  Structure structure = Structure::none;  ///< none: entry by entry, by `rule`
  init::Rule rule;
  init::Options options;
  std::optional<init::Layer> layer;
  std::size_t groups = 1;

  /// The law of the entries of a weight of this shape.
  /// Throws: std::invalid_argument for a shape that has no fans where the rule needs them.
  [[nodiscard]] init::Distribution law(const Shape& shape) const;
};

/// Throws: std::invalid_argument that says what is wrong and what is known.
Expected parse_expected(std::string_view text);

/// The rule of the tensors whose name a pattern finds; the first line that does counts.
struct ExpectedOf {
  Filter pattern;
  Expected rule;
};

/// Lines of a pattern, spaces and a rule; empty ones and those that begin with # are skipped. `name` is the file's.
/// Throws: std::invalid_argument with the line's number.
std::vector<ExpectedOf> parse_expected_lines(std::string_view text, const std::string& name);

}  // namespace sqrtn::claims::weights
