#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sqrtn/init/fan.hpp"
#include "sqrtn/random/stream.hpp"

namespace sqrtn::init {

enum class Law { normal, uniform, truncated_normal };
enum class Mode { fan_in, fan_out, fan_avg };

/// The law of one entry: mean 0 and this variance. Truncated normals are cut at ±2 of the parent.
struct Distribution {
  Law law = Law::normal;
  double variance = 1;

  [[nodiscard]] double stddev() const;         ///< √variance
  [[nodiscard]] double parent_stddev() const;  ///< of the normal before the cut; stddev() elsewhere
  [[nodiscard]] double limit() const;          ///< no entry reaches ±limit: √(3·variance), 2·parent_stddev, ∞
};

/// Var of N(0,1) cut at ±2 (0.7737413…) and its square root (0.87962566…).
/// Source: 1 − 4φ(2)/(2Φ(2) − 1), laws.md §4.
inline constexpr double truncated_variance = 0.77374130354992321;
inline constexpr double truncated_stddev = 0.87962566103423978;

/// Variance scaling: variance = gain²·scale/fan(mode). The named rules are rows of it.
struct Rule {
  std::string_view name;
  Law law = Law::normal;
  Mode mode = Mode::fan_in;
  double scale = 1;              ///< without the gain: lecun 1, glorot 1 (fan_avg), he 1, torch_default 1/3
  double default_gain = 1;       ///< he: √2
  bool uses_fans = true;         ///< false for normal, uniform, truncated_normal: variance = gain²·scale
  std::string_view explanation;  ///< one line for `sqrtn init --list`: law, variance, source
};

/// lecun_normal, lecun_uniform, glorot_normal, glorot_uniform, he_normal, he_uniform, torch_default,
/// variance_scaling, normal, uniform (±1), truncated_normal (parent deviation 1, as the name is used).
std::span<const Rule> rules();

/// The other name of a rule, "xavier_normal" of glorot_normal; empty if it has none.
std::string alias(const Rule& rule);

/// By name; xavier_* mean glorot_*, kaiming_* mean he_*.
/// Throws: std::invalid_argument that lists the known names and suggests the nearest.
const Rule& find_rule(std::string_view name);

/// What the caller may change of a rule; empty keeps the rule's own.
struct Options {
  std::optional<double> gain = std::nullopt;  ///< > 0
  std::optional<Mode> mode = std::nullopt;
  std::optional<Law> law = std::nullopt;
  std::optional<double> scale = std::nullopt;  ///< > 0
};

/// The law of the entries of a weight with these fans.
/// fan(mode): fan_in, fan_out, or (fan_in + fan_out)/2.
/// A rule without fans ignores them.
/// Throws: std::invalid_argument for a fan of 0, a gain, scale or variance that is not positive and
/// finite, or a mode for a rule without fans.
Distribution distribution(const Rule& rule, const Fans& fans, const Options& options = {});

/// Draws `out` from the law; element i is a pure function of (stream, i). T is float, double, Float16 or Bfloat16.
/// No entry of float or double reaches ±distribution.limit(), compared in double: T's bounds are rounded towards 0.
/// Those of 16 bits are floats rounded to nearest. Error: deviation and bounds within one unit roundoff of T of the
/// law's. Throws: std::invalid_argument if T holds the deviation only as a subnormal, 0 or infinity.
template <class T>
void initialise(const Distribution& distribution, const random::Stream& stream, std::span<T> out, unsigned threads = 1);

std::string_view to_string(Law law);
std::string_view to_string(Mode mode);
Law parse_law(std::string_view name);    ///< Throws: std::invalid_argument
Mode parse_mode(std::string_view name);  ///< Throws: std::invalid_argument

}  // namespace sqrtn::init
