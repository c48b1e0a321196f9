#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "report/libraries.hpp"

namespace sqrtn::report {

/// The speeds of a report by setting ("f32, 1 thread") and product ("gemm 64x64x64"), each looked up instead of
/// searched for: a report may come from outside and be large. `report` must outlive it.
class SpeedIndex {
 public:
  explicit SpeedIndex(const Libraries& report);

  /// In order of first appearance.
  [[nodiscard]] const std::vector<std::string>& settings() const { return settings_; }

  /// Geometric mean over the products that every ranked library was timed at; "–" if this one is not ranked.
  [[nodiscard]] std::string relative_to_best(std::size_t backend, std::size_t setting) const;

  /// As speed_tables, of one setting.
  [[nodiscard]] Table table(std::size_t setting, bool ratios) const;

 private:
  [[nodiscard]] const LibrarySpeed* find(std::size_t backend, std::size_t setting, std::size_t product) const;
  [[nodiscard]] bool offers(std::size_t backend, std::size_t setting) const;
  [[nodiscard]] std::map<std::size_t, double> best_rates(std::size_t setting) const;

  const Libraries& report_;
  std::vector<bool> ranked_;  ///< by library
  std::vector<std::string> settings_, products_;
  std::vector<std::set<std::size_t>> offered_;  ///< by setting, its products
  std::vector<std::map<std::pair<std::size_t, std::size_t>, const LibrarySpeed*>> speeds_;  ///< by library
  std::vector<std::map<std::size_t, double>> best_;                                         ///< by setting and product
};

}  // namespace sqrtn::report
