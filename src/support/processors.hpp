#pragma once

#include <optional>
#include <string_view>
#include <vector>

/// The processors of this machine one by one, numbered as the system numbers them.
namespace sqrtn {

struct Processor {
  int number = 0;   ///< as taskset has it
  int core = 0;     ///< that it is part of; two with one number share their arithmetic
  int package = 0;  ///< the socket
};

/// Those on which this process may run, in ascending order. Where hwloc knows nothing, each is a core of its own.
std::vector<Processor> available_processors();

/// The first of each core.
std::vector<Processor> one_a_core(const std::vector<Processor>& processors);

/// "0-7,9" → 0 … 7, 9, each once, in ascending order; nullopt for what is no such list.
std::optional<std::vector<int>> parse_processors(std::string_view text);

/// From now on this thread, and those that it starts, run on that processor alone.
/// Throws: std::system_error if the system does not let it.
void pin_to(int processor);

/// What the system tells of a processor now; unset where it tells nothing.
struct ProcessorState {
  std::optional<double> clock_hz;
  std::optional<double> temperature_c;  ///< of the hottest sensor of any processor
};
ProcessorState state_of(int processor);

}  // namespace sqrtn
