#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sqrtn/init/rules.hpp"
#include "statistics/summary.hpp"

/// What of a tensor is drawn beside its law: few numbers, however large it is.
namespace sqrtn::claims::weights {

/// What the values are held against: the law that was found and its deviation, of the rule where there is one.
struct BelievedLaw {
  std::string name;  ///< "he_normal", "normal law"; empty: nothing is known
  init::Law law = init::Law::normal;
  double centre = 0, stddev = 1;
};

/// Values above `low`, up to `high`. Of n values of the law n·p are expected; all bins of a histogram lie within least
/// and most at once with probability 99 %, were the law's deviation known: Binomial(n, p) at 0.005 over the number of
/// bins on each side.
struct Bin {
  double low = 0, high = 0;
  std::uint64_t count = 0;
  double expected = 0, least = 0, most = 0;
};
inline constexpr std::size_t most_bins = 32;

/// One of the singular values, the largest has rank 1; `law`: Marchenko and Pastur's quantile at (rank − ½)/all.
struct RankedValue {
  std::size_t rank = 1;
  double value = 0, law = 0;
};
inline constexpr std::size_t most_ranked = 64;

/// As a matrix whose rows are the tensor's; the edges of independent entries are σ·|√m ± √n|.
struct Spectrum {
  std::size_t rows = 0, columns = 0;
  double low_edge = 0, high_edge = 0;
  std::vector<RankedValue> values;  ///< the largest eight, and evenly the others
};

struct Picture {
  std::string law;                     ///< BelievedLaw::name
  std::vector<Bin> bins;               ///< side by side, their ends those of the type's rounding cells
  std::uint64_t below = 0, above = 0;  ///< the bins: more than five deviations from the centre
  std::optional<Spectrum> spectrum;
};

/// Without a spectrum where the tensor is no matrix, holds NaN or ∞, or is larger than 1,024 on its shorter side or
/// 2²² values. nullopt if there are no two different finite values.
std::optional<Picture> picture_of(const StoredTensor& tensor, const statistics::Summary& summary,
                                  const BelievedLaw& law);

}  // namespace sqrtn::claims::weights
