#pragma once

#include <functional>
#include <string>
#include <vector>

#include "claims/weights/judge.hpp"

/// All tensors that were brought.
namespace sqrtn::claims::weights {

struct InspectionSettings {
  std::vector<ExpectedOf> rules;  ///< what was asserted of the tensors whose names match
  double alpha = 1e-9;            ///< of a tensor before it is divided by their number
  unsigned threads = 0;           ///< 0: all; changes no bit
  /// After each part: how many values are done.
  std::function<void(std::size_t done, std::size_t all)> progress = {};
};

struct Inspection {
  std::vector<Judged> tensors;
  std::vector<SkippedTensor> skipped;

  [[nodiscard]] std::size_t count(Word word) const;
  /// All tensors with a fault, or whose assertion fails.
  [[nodiscard]] std::size_t n_wrong() const;
  [[nodiscard]] std::size_t n_asserted() const;
  [[nodiscard]] std::size_t n_inconclusive() const;
};

/// Small tensors side by side, large ones in parts side by side. A tensor's level is alpha over the number of tensors:
/// the chance of any false finding is at most 1e-9 for all of them together.
/// Throws: std::invalid_argument for a rule that asks for fans of a tensor that has none.
Inspection inspect_all(TensorSet set, const InspectionSettings& settings);

/// Makes the pictures of the first `most_pictures` tensors whose names the filter finds, which takes another pass over
/// them; a tensor without a finite value or of one value has none. `set`: what was inspected.
/// Returns: how many names it finds.
std::size_t add_pictures(const TensorSet& set, const Filter& filter, unsigned threads, Inspection& inspection);
inline constexpr std::size_t most_pictures = 32;

/// How a tensor differs from the one of its name in another file.
struct Change {
  std::string name;
  bool comparable = true;  ///< there, of the same shape
  double share = 0;        ///< of values that differ
  double relative = 0;     ///< √(Σ(b − a)²/Σa²)
  double deviation_errors =
      0;  ///< (σ_b − σ_a) over the standard error of their difference, were both fresh normal draws
};

/// For each tensor of `after` the change from `before`, by name.
std::vector<Change> find_changes(const TensorSet& before, const TensorSet& after);

}  // namespace sqrtn::claims::weights
