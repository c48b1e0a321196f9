#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sqrtn/init/fan.hpp"
#include "sqrtn/init/rules.hpp"
#include "sqrtn/statistics/hypothesis.hpp"

/// Rules by the deviation that they give to a weight of some shape, and factors by which people miss them.
namespace sqrtn::claims::weights {

using statistics::Interval;

/// How a weight's axes are read beside PyTorch's way, out × in × k…: transposed convolutions in × out × k…, and JAX's
/// and Keras's k… × in × out.
enum class AxesOrder { out_in, in_out, channels_last };

/// A rule with its options, for one shape.
struct Candidate {
  std::string name;  ///< "he_normal", "he_normal, fan_out", "normal, gain 0.02"
  init::Law law = init::Law::normal;
  double stddev = 1;
  std::size_t n_options = 0;  ///< 0: the rule as it is called
  bool takes_depth = false;   ///< what GPT-2 scales by 1/sqrt(2L): N(0, 0.02²)
};

/// All that one looks for, the plainest first: each rule as it is; usual deviations; other fans, orders of axes and
/// gains (relu, tanh, selu, leaky relu). One axis has no fans.
std::vector<Candidate> candidates(const Shape& shape);

/// Those whose deviation is in the interval, of this law, the plainest first. Those of one deviation stand together: no
/// sample tells them apart. At most 24 deviations with 12 names, which hold every rule without options.
struct Match {
  double stddev = 1;
  std::vector<std::string> names;
};
std::vector<Match> matching(std::span<const Candidate> all, init::Law law, const Interval& stddev);

/// A factor that people get wrong.
struct Factor {
  std::string name;  ///< "sqrt(2)", "fans swapped"
  double value = 1;
  bool is_guess = false;  ///< one of so many that some of them fits by chance
};

/// Those of the shape: sqrt(2), 2, sqrt(3) and their inverses; 0.8796, which is what a cut at two deviations leaves;
/// sqrt(fan_in/fan_out) and its like, of the layer that the shape's rank tells unless it is given; the kernel's area;
/// groups, ranks of tensor parallelism or a width multiplier m, each 2, 4, 8 … 64 or one that divides the first axis;
/// 1/sqrt(2L), L layers up to 128. The first are the likelier; the last are guesses and stand only where nothing else
/// fits.
std::vector<Factor> usual_factors(const Shape& shape, init::Law law, std::optional<init::Layer> layer = {},
                                  std::size_t groups = 1);

struct NamedFactors {
  std::vector<std::string> names;
  bool are_guesses = false;
};

/// The factors in the interval of a ratio, guesses only where nothing else fits; none if there are more than four,
/// which would tell nothing.
NamedFactors named_factors(std::span<const Factor> factors, const Interval& ratio);

}  // namespace sqrtn::claims::weights
