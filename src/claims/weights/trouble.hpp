#pragma once

#include <string>
#include <vector>

#include "claims/weights/sample.hpp"

/// What no initialiser and no training leaves in a tensor.
namespace sqrtn::claims::weights {

enum class Kind {
  nan,
  infinite,
  uninitialised,  ///< exponents all over the range
  wrong_type,     ///< another type or order of bytes makes draws of it
  zeros,          ///< more zeros than a law has
  subnormals,
  few_digits,    ///< fewer than the type has
  excluded_end,  ///< an end that a uniform law excludes
  equal_lines,   ///< equal, negated or permuted rows, columns or blocks
  equal_tensors,
  shared_stream,    ///< one run of values in two places
  dependent_lines,  ///< rows or columns whose sums or norms no independent draws have
  spectrum          ///< a largest singular value beyond that of independent draws
};
inline constexpr std::string_view kind_words[] = {
    "nan",          "infinite",    "uninitialised", "wrong_type",    "zeros",           "subnormals", "few_digits",
    "excluded_end", "equal_lines", "equal_tensors", "shared_stream", "dependent_lines", "spectrum"};

/// In which tensors a finding is a fault: tied weights, unused rows of a trained embedding and weights that were
/// rounded on purpose are none, and training makes rows depend on each other.
enum class Weight { always, of_draws, of_assertions };
Weight weight_of(Kind kind);

struct Finding {
  Kind kind = Kind::nan;
  std::string text;    ///< for people: what and where
  double p_value = 0;  ///< an upper bound under the law that was tested; 0 for what is seen as it is
};

/// NaN, infinities, exponents all over the range, zeros, subnormals, few digits. Effects that are looked for: one value
/// in 20 more than ten octaves from the median; zeros and subnormals beyond those of any law here, at level alpha;
/// 64 values or more that all have the digits of a shorter type.
std::vector<Finding> find_trouble(const StoredTensor& tensor, const statistics::Summary& summary, double alpha);

/// Whether the first 65,536 values, read as another type or with their bytes in the other order, are draws of a law
/// where they are none as they stand: at least 512 values, no NaN, and their median within 2^±20 of 1.
std::optional<Finding> find_wrong_type(const StoredTensor& tensor, double alpha);

/// The three laws of mean 0, whether they hold or not.
std::vector<LawFit> fit_laws(const Sample& sample, double alpha);

}  // namespace sqrtn::claims::weights
