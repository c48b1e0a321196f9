#pragma once

#include <string>
#include <vector>

#include "gate/blocks.hpp"
#include "gate/google_benchmark.hpp"

/// The gate: is NEW wrong or slower where OLD is not?
namespace sqrtn::gate {

struct Options {
  std::string older;                   ///< a program; the first word unless --blas or --self-test take fewer
  std::string newer;                   ///< the second
  std::vector<std::string> arguments;  ///< the others: what is passed on
  std::vector<std::string> blas;       ///< two libraries, or none
  std::vector<std::string> accept;     ///< lists of known findings, of either
  std::string filter;                  ///< of the cases; empty: all
  std::string json, junit, summary;    ///< files to write; empty: none
  Settings settings;
  double timeout_s = 120;  ///< of one launch
  std::size_t runs = 20;   ///< of the self-test
  bool self_test = false;
  bool strict = false;
  bool verify = true;
  Quantity quantity;   ///< what is compared
  std::string better;  ///< "more" or "less" of a counter; empty: as its name says
};

/// Compares the two, or one with itself, and writes what was found. `command`: the words that were given, as they are
/// published. Returns: the exit code. Throws: std::invalid_argument and std::system_error for files that cannot be read
/// or written.
int run(const Options& options, const std::vector<std::string>& command);

}  // namespace sqrtn::gate
