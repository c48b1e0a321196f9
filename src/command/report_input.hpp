#pragma once

#include <string>
#include <vector>

#include "report/page.hpp"

/// The files that `report` is given, of whatever kind.
namespace sqrtn::command {

struct ReportInput {
  std::vector<results::Document> documents;
  std::vector<results::Libraries> libraries;
  std::vector<report::More> more;  ///< histories, screenings, fleets, orders and weights
  std::string verdicts;            ///< what each says, a line a file

  /// Throws: std::invalid_argument, one line with the file's name, for what is no such file or cannot be believed;
  /// std::system_error if it cannot be read.
  void read(const std::string& path);

 private:
  void tell(const std::string& path, const std::string& line);
  void read_history(const std::string& path);
  /// A screening, many machines, orders of sums, or weights that were inspected.
  void add(const auto& found, const std::string& path);
  /// A run, libraries, or what a benchmark program printed.
  void add_results(std::string_view text, const std::string& path);
};

}  // namespace sqrtn::command
