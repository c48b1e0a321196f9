#pragma once

#include <string>

#include "history/from_results.hpp"
#include "history/trends.hpp"

/// What `sqrtn history` does, up to its exit code.
namespace sqrtn::history {

struct Options {
  std::string results;                 ///< to be added, "-" for standard input
  std::string file = "history.jsonl";  ///< the history
  RunOptions run;
  Settings settings;
  std::string json, summary;      ///< "" for none
  bool learning_is_well = false;  ///< a history that is too short for any finding is no failure
};

/// Adds the results to the file. The commit is the one given, or else that of GITHUB_SHA or CI_COMMIT_SHA.
/// Throws: std::invalid_argument without a commit, and as run_from and add_run.
int add(Options options);

/// Tells every case and its changes.
int show(const Options& options);

/// Tells what is new. Returns: 1 if a case became slower, 3 while nothing could be found, 4 if there is no such case.
int check(const Options& options);

}  // namespace sqrtn::history
