#pragma once

#include <string>
#include <vector>

#include "gate/google_benchmark.hpp"

/// What the readers of other programs' output have in common.
namespace sqrtn::gate {

/// One entry of an output; several may bear one name.
struct SuiteCase {
  std::string name;
  std::vector<double> repetitions;  ///< of a basis that is none, the program's own value alone; seconds
  Basis basis = Basis::repetitions;
  std::string parameters;      ///< " size=10", by which entries of one name are told apart
  std::string fault, stopped;  ///< as BenchmarkCase has them

  /// A value in seconds; one that is no time is the case's fault.
  void add(double time_s, const std::string& what);
};

/// Takes entries of one name together, in order of first appearance.
/// Throws: std::invalid_argument for a name that is empty or longer than 64 KiB.
BenchmarkOutput output_of(std::vector<SuiteCase> entries, Tool tool, const std::string& name);

}  // namespace sqrtn::gate
