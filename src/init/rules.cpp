#include "sqrtn/init/rules.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "sqrtn/random/fill.hpp"
#include "sqrtn/support/require.hpp"
#include "support/nearest.hpp"
#include "support/words.hpp"

namespace sqrtn::init {
namespace {

constexpr std::string_view law_words[] = {"normal", "uniform", "truncated_normal"};
constexpr std::string_view mode_words[] = {"fan_in", "fan_out", "fan_avg"};

constexpr double third = 1.0 / 3;
constexpr double sqrt2 = 1.41421356237309504880;

constexpr Rule rule_table[] = {
    {"lecun_normal", Law::normal, Mode::fan_in, 1, 1, true,
     "keeps the variance through a linear layer; LeCun et al., Efficient BackProp, 1998"},
    {"lecun_uniform", Law::uniform, Mode::fan_in, 1, 1, true,
     "keeps the variance through a linear layer; LeCun et al., Efficient BackProp, 1998"},
    {"glorot_normal", Law::normal, Mode::fan_avg, 1, 1, true,
     "compromise between forward and backward; Glorot and Bengio, AISTATS 2010, eq. 12"},
    {"glorot_uniform", Law::uniform, Mode::fan_avg, 1, 1, true,
     "compromise between forward and backward; Glorot and Bengio, AISTATS 2010, eq. 16"},
    {"he_normal", Law::normal, Mode::fan_in, 1, sqrt2, true,
     "keeps the mean square through a layer and its ReLU; He et al., ICCV 2015, eq. 10"},
    {"he_uniform", Law::uniform, Mode::fan_in, 1, sqrt2, true,
     "keeps the mean square through a layer and its ReLU; He et al., ICCV 2015, eq. 10"},
    {"torch_default", Law::uniform, Mode::fan_in, third, 1, true,
     "what PyTorch's Linear and Conv layers draw: he_uniform with gain sqrt(1/3), a third of lecun_uniform's variance"},
    {"variance_scaling", Law::truncated_normal, Mode::fan_in, 1, 1, true,
     "the general form with Keras's defaults; choose --scale, --mode and --law"},
    {"normal", Law::normal, Mode::fan_in, 1, 1, false, "N(0, gain^2), whatever the shape"},
    {"uniform", Law::uniform, Mode::fan_in, third, 1, false, "U(-gain, gain), whatever the shape"},
    {"truncated_normal", Law::truncated_normal, Mode::fan_in, truncated_variance, 1, false,
     "N(0, gain^2) cut at two deviations; gain is the deviation before the cut, 0.8796 gain the one after"},
};

struct Alias {
  std::string_view prefix, of;
};
constexpr Alias aliases[] = {{"xavier_", "glorot_"}, {"kaiming_", "he_"}};

/// `name` with the prefix `from` replaced by `to`; empty if it has another prefix.
std::string with_prefix(std::string_view name, std::string_view from, std::string_view to) {
  if (!name.starts_with(from)) return {};
  return std::string(to).append(name.substr(from.size()));
}

[[noreturn]] void throw_unknown_rule(std::string_view name) {
  std::string known;
  std::vector<std::string> names;
  for (const Rule& rule : rule_table) {
    known += known.empty() ? "" : ", ";
    known += rule.name;
    names.emplace_back(rule.name);
    if (std::string other = alias(rule); !other.empty()) names.push_back(std::move(other));
  }
  throw std::invalid_argument(fmt::format("unknown rule '{}'; {}known: {}; xavier_* and kaiming_* too", name,
                                          did_you_mean(name, names), known));
}

double fan_of(Mode mode, const Fans& fans) {
  const double in = static_cast<double>(fans.fan_in), out = static_cast<double>(fans.fan_out);
  switch (mode) {
    case Mode::fan_in:
      return in;
    case Mode::fan_out:
      return out;
    case Mode::fan_avg:
      return (in + out) / 2;
  }
  return 0;
}

/// The largest T that is not above x > 0.
template <class T>
T round_down(double x) {
  const T rounded = static_cast<T>(x);
  return static_cast<double>(rounded) > x ? std::nextafter(rounded, T{0}) : rounded;
}

struct Range {
  double smallest_normal, largest;
};

template <class T>
constexpr Range range_of() {
  if constexpr (Half<T>) {
    return {T::smallest_normal, T::largest};
  } else {
    return {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
  }
}

bool positive(double x) { return x > 0 && std::isfinite(x); }

}  // namespace

double Distribution::stddev() const { return std::sqrt(variance); }

double Distribution::parent_stddev() const {
  return law == Law::truncated_normal ? std::sqrt(variance / truncated_variance) : stddev();
}

double Distribution::limit() const {
  switch (law) {
    case Law::normal:
      return std::numeric_limits<double>::infinity();
    case Law::uniform:
      return std::sqrt(3 * variance);
    case Law::truncated_normal:
      return 2 * parent_stddev();
  }
  return 0;
}

std::span<const Rule> rules() { return rule_table; }

std::string alias(const Rule& rule) {
  for (const Alias& each : aliases) {
    if (std::string name = with_prefix(rule.name, each.of, each.prefix); !name.empty()) return name;
  }
  return {};
}

const Rule& find_rule(std::string_view name) {
  for (const Rule& rule : rule_table) {
    if (name == rule.name || (!name.empty() && name == alias(rule))) return rule;
  }
  throw_unknown_rule(name);
}

Distribution distribution(const Rule& rule, const Fans& fans, const Options& options) {
  const double gain = options.gain.value_or(rule.default_gain);
  const double scale = options.scale.value_or(rule.scale);
  require(positive(gain), "gain must be positive and finite, got {}", gain);
  require(positive(scale), "scale must be positive and finite, got {}", scale);
  require(rule.uses_fans || !options.mode, "rule '{}' uses no fans, so it takes no mode", rule.name);
  double fan = 1;
  if (rule.uses_fans) {
    require(fans.fan_in >= 1 && fans.fan_out >= 1, "fans must be at least 1, got fan_in {} and fan_out {}", fans.fan_in,
            fans.fan_out);
    fan = fan_of(options.mode.value_or(rule.mode), fans);
  }
  const double variance = gain * gain * scale / fan;
  require(positive(variance), "gain {} and scale {} give the variance {}; choose them nearer to 1", gain, scale,
          variance);
  return {options.law.value_or(rule.law), variance};
}

template <class T>
void initialise(const Distribution& distribution, const random::Stream& stream, std::span<T> out, unsigned threads) {
  using Drawn = std::conditional_t<Half<T>, float, T>;
  constexpr Range range = range_of<T>();
  // Rounded towards 0, so that a bound in T is never above the law's: the fills exclude their ends.
  const double scale = distribution.law == Law::uniform ? distribution.limit() : distribution.parent_stddev();
  // 16: the farthest normal is 9.5 deviations out and must stay finite.
  require(scale >= range.smallest_normal && scale <= range.largest / 16,
          "a deviation of {} does not fit into {} bits; choose a gain or scale nearer to 1, or a wider type",
          distribution.stddev(), 8 * sizeof(T));
  const auto rounded = round_down<Drawn>(scale);
  switch (distribution.law) {
    case Law::normal:
      return random::fill_normal(stream, out, Drawn{0}, rounded, threads);
    case Law::uniform:
      return random::fill_uniform(stream, out, -rounded, rounded, threads);
    case Law::truncated_normal:
      return random::fill_truncated_normal(stream, out, Drawn{0}, rounded, 2, threads);
  }
}

template void initialise<float>(const Distribution&, const random::Stream&, std::span<float>, unsigned);
template void initialise<double>(const Distribution&, const random::Stream&, std::span<double>, unsigned);
template void initialise<Float16>(const Distribution&, const random::Stream&, std::span<Float16>, unsigned);
template void initialise<Bfloat16>(const Distribution&, const random::Stream&, std::span<Bfloat16>, unsigned);

std::string_view to_string(Law law) { return word_of(law, law_words); }
std::string_view to_string(Mode mode) { return word_of(mode, mode_words); }
Law parse_law(std::string_view name) { return parse_word<Law>("law", name, law_words); }
Mode parse_mode(std::string_view name) { return parse_word<Mode>("mode", name, mode_words); }

}  // namespace sqrtn::init
