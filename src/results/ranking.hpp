#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "results/libraries.hpp"

/// Which library is how fast, among those whose answers are right there.
namespace sqrtn::results {

/// What is ranked together: the products of one type and number of threads, those of one routine or of all.
struct Scope {
  std::string routine;  ///< "gemm"; empty: all
  std::string dtype;
  int threads = 1;

  friend bool operator==(const Scope&, const Scope&) = default;
};

/// "f32, 1 thread", "gemm f32, 1 thread"
std::string to_string(const Scope& scope);

/// A library's speed as a multiple of another's: the geometric mean over products.
struct Relative {
  double value = 1;
  std::optional<statistics::Interval> interval;  ///< of 99 %, over the rounds; none for fewer than 8 common ones
};

/// Whether the library's answers are right where this routine and type are concerned: every claim of the class values
/// that was made of it passed, and so did the answers that were checked before they were timed. Else, or if it was not
/// judged, its speed is shown and not ranked.
bool is_ranked(const Library& library, const std::string& routine, const std::string& dtype);

/// Each speed is looked up instead of searched for: libraries may come from outside and be many. `libraries` must
/// outlive it.
class Ranking {
 public:
  explicit Ranking(const Libraries& libraries);

  /// By type and threads, in order of first appearance.
  [[nodiscard]] const std::vector<Scope>& settings() const { return settings_; }
  /// The routines that were timed in a setting, each as a scope.
  [[nodiscard]] std::vector<Scope> routines_of(const Scope& setting) const;
  /// The products of a setting, "gemm 64x64x64", as places.
  [[nodiscard]] const std::set<std::size_t>& products_of(std::size_t setting) const { return offered_[setting]; }
  [[nodiscard]] const std::string& name_of(std::size_t product) const { return products_[product]; }
  /// Null if the library was not timed at it.
  [[nodiscard]] const LibrarySpeed* find(std::size_t library, std::size_t setting, std::size_t product) const;

  /// Ranked in every routine of the scope and timed at one product of it.
  [[nodiscard]] bool is_ranked_in(std::size_t library, const Scope& scope) const;
  /// The speed as a multiple of the other's, over the products at which all that are ranked were timed: paired by
  /// round, or of the medians where the document does not tell the rounds. None if one of the two is not ranked.
  [[nodiscard]] std::optional<Relative> relative(std::size_t library, std::size_t other, const Scope& scope) const;
  /// The word for it where the scope is concerned: by the claims about what was timed there, those about all routines
  /// among them, and by what it did beside answering them. None if it was not judged.
  [[nodiscard]] std::optional<claims::Word> word_in(std::size_t library, const Scope& scope) const;
  /// Those that are ranked, the fastest first; with `usable`, only those that people may use for finite data there: the
  /// word is right or differs.
  [[nodiscard]] std::vector<std::size_t> order_of(const Scope& scope, bool usable = false) const;
  /// The speed as a multiple of that of the fastest.
  [[nodiscard]] std::optional<Relative> relative_to_best(std::size_t library, const Scope& scope) const;

 private:
  [[nodiscard]] std::optional<std::size_t> place_of(const Scope& scope) const;
  /// By library that is ranked: mean logarithm of its rates over the products of the scope at which all have one, the
  /// median over the rounds where the document tells them of all.
  [[nodiscard]] std::map<std::size_t, double> mean_rates(const Scope& scope) const;
  /// The same, found once for each scope; empty for one that nobody was timed in.
  [[nodiscard]] const std::map<std::size_t, double>& means_in(const Scope& scope) const;

  const Libraries& libraries_;
  std::vector<Scope> settings_;
  std::vector<std::string> products_;
  std::vector<std::set<std::size_t>> offered_;  ///< by setting, its products
  std::vector<std::map<std::pair<std::size_t, std::size_t>, const LibrarySpeed*>> speeds_;  ///< by library
  std::map<std::string, std::map<std::size_t, double>> means_;                              ///< by scope, in words
};

}  // namespace sqrtn::results
