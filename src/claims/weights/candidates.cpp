#include "claims/weights/candidates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sqrtn/init/fan.hpp"
#include "sqrtn/init/gain.hpp"

namespace sqrtn::claims::weights {
namespace {

using init::Fans;
using init::Law;
using init::Rule;

struct ReadFans {
  std::string how;  ///< empty: as PyTorch
  Fans fans;
};

/// Fans by each way to read the axes; empty for a tensor of one axis, or none.
std::vector<ReadFans> readings(const Shape& shape) {
  if (shape.size() < 2) return {};
  std::vector<ReadFans> all{{"", init::fans(init::default_layer(shape), shape)}};
  const std::size_t last = shape.size() - 1;
  if (shape.size() == 2) {
    all.push_back({"axes in x out", {shape[0], shape[1]}});
    return all;
  }
  all.push_back({"transposed_conv", init::fans(init::Layer::transposed_conv, shape)});
  const std::size_t count = element_count(shape);
  all.push_back({"axes k x in x out", {count / shape[last], count / shape[last - 1]}});
  return all;
}

struct NamedGain {
  const char* name;
  double value;
};

/// Of the activations for which gains are usual, ours and what PyTorch's calculate_gain returns; a leaky ReLU's differs
/// from sqrt(2) by 5e-5, which no weight shows.
const std::vector<NamedGain>& other_gains() {
  static const std::vector<NamedGain> all{
      {"gain 1", 1},         {"gain sqrt(2)", std::sqrt(2.0)},
      {"gain 5/3", 5.0 / 3}, {"gain tanh", init::gain(init::find_activation("tanh"))},
      {"gain 3/4", 0.75},    {"gain sqrt(1/3)", std::sqrt(1.0 / 3)}};
  return all;
}

void add(std::vector<Candidate>& all, const Rule& rule, const Fans& fans, const init::Options& changed,
         const std::vector<std::string>& options) {
  const init::Distribution law = init::distribution(rule, fans, changed);
  std::string name(rule.name);
  for (const std::string& option : options) name += ", " + option;
  all.push_back({std::move(name), law.law, law.stddev(), options.size(), false});
}

/// What frameworks and papers write as a number.
void add_usual_deviations(std::vector<Candidate>& all) {
  for (const double stddev : {0.02, 0.01, 0.006, 0.001, 0.05, 0.1}) {
    for (const char* name : {"normal", "truncated_normal", "uniform"}) {
      add(all, init::find_rule(name), {}, {.gain = stddev}, {fmt::format("gain {:g}", stddev)});
      all.back().takes_depth = stddev == 0.02 && all.back().law == Law::normal;
    }
  }
}

/// Which of the general forms a rule is called by: he_* with any gain and either fan, glorot_* with any gain,
/// variance_scaling with all, lecun_* and torch_default as they are. The same deviation has one name alone by that.
bool is_usual(const Rule& rule, init::Mode mode, bool own_gain) {
  if (rule.law == Law::truncated_normal) return true;
  if (rule.mode == init::Mode::fan_avg) return mode == rule.mode;
  const bool takes_gain = rule.default_gain != 1;
  return mode != init::Mode::fan_avg && (takes_gain || (own_gain && mode == rule.mode));
}

void add_variants(std::vector<Candidate>& all, const Rule& rule, const ReadFans& read) {
  for (const init::Mode mode : {init::Mode::fan_in, init::Mode::fan_out, init::Mode::fan_avg}) {
    for (const NamedGain& gain : other_gains()) {
      const bool own_gain = std::abs(gain.value / rule.default_gain - 1) < 1e-6, own_mode = mode == rule.mode;
      if (!is_usual(rule, mode, own_gain)) continue;
      std::vector<std::string> options;
      if (!own_gain) options.emplace_back(gain.name);
      if (!own_mode) options.emplace_back(init::to_string(mode));
      if (!read.how.empty()) options.push_back(read.how);
      if (options.empty()) continue;
      const double value = own_gain ? rule.default_gain : gain.value;
      add(all, rule, read.fans, {.gain = value, .mode = mode}, options);
    }
  }
}

}  // namespace

std::vector<Candidate> candidates(const Shape& shape) {
  std::vector<Candidate> all;
  const std::vector<ReadFans> reads = readings(shape);
  for (const Rule& rule : init::rules()) {
    if (!rule.uses_fans || !reads.empty()) add(all, rule, reads.empty() ? Fans{} : reads.front().fans, {}, {});
  }
  add_usual_deviations(all);
  for (const Rule& rule : init::rules()) {
    // torch_default is he_uniform with another gain, which stands among them.
    if (!rule.uses_fans || rule.name == "torch_default") continue;
    for (const ReadFans& read : reads) add_variants(all, rule, read);
  }
  std::ranges::stable_sort(all, {}, &Candidate::n_options);
  return all;
}

std::vector<Match> matching(std::span<const Candidate> all, Law law, const Interval& stddev) {
  std::vector<Match> matches;
  for (const Candidate& candidate : all) {
    if (candidate.law != law || !stddev.contains(candidate.stddev)) continue;
    const auto same = std::ranges::find_if(
        matches, [&](const Match& match) { return std::abs(match.stddev / candidate.stddev - 1) < 1e-9; });
    Match& match = same != matches.end() ? *same : matches.emplace_back(Match{candidate.stddev, {}});
    match.names.push_back(candidate.name);
  }
  return matches;
}

}  // namespace sqrtn::claims::weights
