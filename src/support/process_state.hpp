#pragma once

#include <map>
#include <string>

namespace sqrtn {

/// What belongs to the whole process, and a library that it loads may change without being asked: processor affinity,
/// limits of resources, signals, environment, working folder, umask, priority, locale, and how floating-point numbers
/// are treated.
struct ProcessState {
  std::map<std::string, std::string> facts;  ///< "the working folder" is "/tmp"
};

ProcessState process_state();

/// "the working folder (was '/tmp', is '/'); the environment variable X (was not set, is '1')"; "" if nothing differs.
std::string changes_between(const ProcessState& before, const ProcessState& after);

}  // namespace sqrtn
