#pragma once

#include <string>
#include <vector>

#include "fleet/message.hpp"

namespace sqrtn::fleet {

struct Judging {
  std::string command;                 ///< the program sqrtn
  std::vector<std::string> arguments;  ///< of it, from the subcommand on
  double limit_s = 0;                  ///< for each rank; 0: none
  double silence_s = 30;               ///< after which a rank counts as lost
  std::string json;                    ///< the fleet's document: a file, "-", or none
};

/// Each rank runs the command in a child, so that what a library does to its process harms no rank; the first gathers
/// the documents and shows them as one fleet. A rank that died or fell silent is a node that says so.
/// On SIGTERM, SIGINT and SIGUSR1 the children are asked to end, and what all ranks know by then is shown.
/// Returns: the exit code, 1 if a node fails, 3 if one is open or missing; on other ranks than the first 0.
int judge(const Ranks& ranks, const Judging& judging);

}  // namespace sqrtn::fleet
