#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sqrtn/init/fan.hpp"
#include "sqrtn/init/rules.hpp"
#include "sqrtn/support/shape.hpp"
#include "support/dtype.hpp"

/// The language in which a program that draws weights is asked: a line of JSON a question. docs/sampler.md.
namespace sqrtn::samplers {

/// The types of answers, all little-endian.
enum class Element { f32, f64, f16, bf16, u32 };

/// In the order of Element.
inline constexpr std::string_view element_words[] = {"f32", "f64", "f16", "bf16", "u32"};
constexpr std::size_t bytes_of(Element element) {
  constexpr std::size_t bytes[] = {4, 8, 2, 2, 4};
  return bytes[static_cast<std::size_t>(element)];
}

/// The type of weights that a file holds so. Throws: std::invalid_argument for words of bits, which are no numbers.
Dtype dtype_of(Element element);

/// What a weight's axes mean, and whether the layer has groups.
inline constexpr std::string_view layout_words[] = {"linear",       "packed_linear",   "conv",
                                                    "grouped_conv", "transposed_conv", "grouped_transposed_conv"};
std::string_view layout_of(init::Layer layer, std::size_t groups);

/// What a program says that it knows: its first answer.
struct Known {
  std::string program;  ///< what it calls itself; may be empty
  std::vector<std::string> rules;
  std::vector<Element> dtypes;       ///< of weights
  std::vector<std::string> layouts;  ///< of layout_words
  std::vector<std::string> modes;    ///< fans that rules may be asked to take instead of their own
  bool gain = false;                 ///< whether structured rules may be asked for a gain

  [[nodiscard]] bool knows_rule(std::string_view rule) const;
  [[nodiscard]] bool knows_layout(std::string_view layout) const;
  [[nodiscard]] bool knows_mode(std::string_view mode) const;
};

/// All rules that one can be asked for: those of initialisers, entry by entry and as whole matrices, and "bits".
std::vector<std::string> all_rules();

/// Not dirac or identity, which know no chance.
bool is_random(std::string_view rule);

inline constexpr std::size_t most_hello_bytes = std::size_t{1} << 16;

/// Reads the first answer. Throws: std::invalid_argument, in words, for what is no JSON, has no rules or dtypes, or
/// names a rule, dtype, layout or mode that nobody asks for.
Known parse_known(std::string_view line);

/// One question: `count` tensors of one kind.
struct Question {
  std::string rule;
  Shape shape;
  init::Layer layer = init::Layer::linear;
  std::size_t groups = 1;
  std::optional<init::Mode> mode;  ///< where it is not the rule's own
  std::optional<double> gain;      ///< of structured rules, where it is not 1
  Element dtype = Element::f32;

  friend bool operator==(const Question&, const Question&) = default;
};

inline constexpr std::string_view hello = R"({"hello": 1})";

/// {"draw": 7, "rule": "he_normal", "shape": [512, 256], "layer": "linear", "groups": 1, "dtype": "f32", "seed": 17,
/// "count": 3}, then "mode" and "gain" where they are asked for.
std::string to_line(const Question& question, std::uint64_t number, std::uint32_t seed, std::size_t count);

}  // namespace sqrtn::samplers
