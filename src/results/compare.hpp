#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "results/document.hpp"
#include "results/libraries.hpp"

/// Two results documents side by side: what became wrong, faster or slower between them.
namespace sqrtn::results {

/// A field of the environment, or of the command, that is not the same in both.
struct Difference {
  std::string field;  ///< "cpu_model", "backend.version"
  std::string before, after;
};

/// A claim whose verdict is another one now, or which only one of the documents holds.
struct ClaimChange {
  std::string id;
  std::optional<claims::Verdict> before, after;  ///< unset: not in that document
  std::string reason;                            ///< of the new verdict
  claims::ClaimClass claim_class = claims::ClaimClass::values;

  /// It fails, and was there before and did not.
  [[nodiscard]] bool turned_wrong() const;
  /// It fails, and was not there before.
  [[nodiscard]] bool is_new_failure() const;
  /// Whether such a failure is more than a difference with NaN, Inf, α = 0 or underflow.
  [[nodiscard]] bool counts(bool strict) const;
  /// It was judged before, and is skipped or not there now.
  [[nodiscard]] bool no_longer_checked() const;
};

/// What the two medians of one measurement say together.
enum class Change { faster, slower, unresolved, not_ranked };

std::string_view to_string(Change change);

/// One measurement of both documents.
struct TimeRatio {
  std::string id, group;
  double before_s = 0, after_s = 0;  ///< medians of one call
  /// after/before: above 1 is slower. Unset if one of them was not ranked.
  std::optional<double> ratio;
  /// [after.low/before.high, after.high/before.low]: holds the ratio of the true medians whenever both
  /// 99 % intervals hold their own, by Bonferroni's inequality with probability ≥ 98 %, no distribution assumed.
  std::optional<statistics::Interval> confidence_interval;
  Change change = Change::unresolved;  ///< faster or slower: the interval leaves 1 out
  std::string note;                    ///< of the new measurement
  bool turned_wrong = false;           ///< its answer was checked and right before, and is not now
};

/// Geometric mean of the ratios of one group.
struct MeanRatio {
  std::string group;
  std::size_t n = 0;  ///< ratios in it
  double ratio = 1;
};

struct Comparison {
  std::vector<Difference> machine;                 ///< in what no times may be compared: processor, ISA, cores, caches
  std::vector<Difference> other;                   ///< in what they are: build, library, kernel, command
  std::vector<ClaimChange> claims;                 ///< those that changed, the wrong ones first
  std::vector<Difference> properties;              ///< what no claim judges, where it is not the same; "–": not there
  std::size_t same_claims = 0;                     ///< of both documents, with one verdict
  std::vector<TimeRatio> ratios;                   ///< in the order of the new document
  std::vector<MeanRatio> means;                    ///< by group, in that order
  std::vector<std::string> appeared, disappeared;  ///< measurements of one document alone
  std::size_t orders_in_both = 0;                  ///< orders of sums that both have read
  std::vector<OrderChanged> orders;                ///< what changed in those of the old document
  int interval_percent = 98;                       ///< how often the interval of a ratio holds it, drift aside

  /// No claim and no measurement stands in both.
  [[nodiscard]] bool shares_nothing() const;
};

/// By group, in the order of first appearance; what has no ratio is left out.
std::vector<MeanRatio> mean_ratios(const std::vector<TimeRatio>& ratios);

Comparison compare(const Document& before, const Document& after);

/// Of every library: each id is led by its name ("blis: products/gemm/f32/exact_small"), which is also the group of
/// its times; "blis: verdict" is the library as a whole. Where a document does not describe its machine, the
/// processor's name has to tell it.
Comparison compare(const Libraries& before, const Libraries& after);

/// For programs, schema "sqrtn.compare/1".
nlohmann::ordered_json to_json(const Comparison& comparison);

}  // namespace sqrtn::results
