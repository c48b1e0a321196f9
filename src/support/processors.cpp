#include "support/processors.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <system_error>

#include "support/number.hpp"
#include "support/topology.hpp"

namespace sqrtn {
namespace {

namespace fs = std::filesystem;

// More than any machine has.
constexpr int most_processors = 1 << 16;

struct FreeMask {
  void operator()(cpu_set_t* mask) const { CPU_FREE(mask); }
};

/// A mask of the kernel's, for every processor that there may be.
struct Mask {
  std::unique_ptr<cpu_set_t, FreeMask> set{CPU_ALLOC(most_processors)};
  std::size_t bytes = CPU_ALLOC_SIZE(most_processors);
  Mask() { CPU_ZERO_S(bytes, set.get()); }
};

int index_above(hwloc_topology_t topology, hwloc_obj_type_t type, hwloc_obj_t processor, int otherwise) {
  hwloc_obj_t above = hwloc_get_ancestor_obj_by_type(topology, type, processor);
  return above != nullptr ? static_cast<int>(above->logical_index) : otherwise;
}

std::optional<double> number_in(const fs::path& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return parse_number<double>(word);
}

/// Sensors of processors, by the names of their drivers.
bool is_of_processor(const fs::path& monitor) {
  std::ifstream file(monitor / "name");
  std::string name;
  file >> name;
  return name == "coretemp" || name == "k10temp" || name == "zenpower" || name == "cpu_thermal";
}

std::optional<double> hottest_c() {
  std::optional<double> hottest;
  std::error_code error;
  for (const auto& monitor : fs::directory_iterator("/sys/class/hwmon", error)) {
    if (!is_of_processor(monitor.path())) continue;
    for (const auto& entry : fs::directory_iterator(monitor.path(), error)) {
      const std::string name = entry.path().filename();
      if (!name.starts_with("temp") || !name.ends_with("_input")) continue;
      if (const auto millidegrees = number_in(entry.path())) {
        hottest = std::max(hottest.value_or(-273.15), *millidegrees / 1000);
      }
    }
  }
  return hottest;
}

}  // namespace

std::vector<Processor> available_processors() {
  Mask mask;
  std::vector<Processor> processors;
  if (sched_getaffinity(0, mask.bytes, mask.set.get()) != 0) return {{}};
  const Topology topology = load_topology();
  for (int number = 0; number < most_processors; ++number) {
    if (!CPU_ISSET_S(static_cast<std::size_t>(number), mask.bytes, mask.set.get())) continue;
    Processor& processor = processors.emplace_back(Processor{number, number, 0});
    if (!topology) continue;
    hwloc_obj_t known = hwloc_get_pu_obj_by_os_index(topology.get(), static_cast<unsigned>(number));
    if (known == nullptr) continue;
    processor.core = index_above(topology.get(), HWLOC_OBJ_CORE, known, number);
    processor.package = index_above(topology.get(), HWLOC_OBJ_PACKAGE, known, 0);
  }
  return processors;
}

std::vector<Processor> one_a_core(const std::vector<Processor>& processors) {
  std::set<int> cores;
  std::vector<Processor> first;
  for (const Processor& processor : processors) {
    if (cores.insert(processor.core).second) first.push_back(processor);
  }
  return first;
}

std::optional<std::vector<int>> parse_processors(std::string_view text) {
  std::set<int> numbers;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view part = text.substr(0, comma);
    const std::size_t dash = std::min(part.find('-'), part.size());
    const auto first = parse_number<unsigned>(part.substr(0, dash));
    const auto last = dash < part.size() ? parse_number<unsigned>(part.substr(dash + 1)) : first;
    if (!first || !last || *last < *first || *last >= static_cast<unsigned>(most_processors)) return std::nullopt;
    for (unsigned number = *first; number <= *last; ++number) numbers.insert(static_cast<int>(number));
    if (comma == text.size()) return std::vector<int>(numbers.begin(), numbers.end());
    text.remove_prefix(comma + 1);
  }
}

void pin_to(int processor) {
  Mask mask;
  CPU_SET_S(static_cast<std::size_t>(processor), mask.bytes, mask.set.get());
  if (sched_setaffinity(0, mask.bytes, mask.set.get()) != 0) {
    throw std::system_error(errno, std::generic_category(),
                            fmt::format("cannot run on processor {} (name others with --cores)", processor));
  }
}

ProcessorState state_of(int processor) {
  ProcessorState state{.clock_hz = {}, .temperature_c = hottest_c()};
  if (const auto khz = number_in(fmt::format("/sys/devices/system/cpu/cpu{}/cpufreq/scaling_cur_freq", processor))) {
    state.clock_hz = 1e3 * *khz;
  }
  return state;
}

}  // namespace sqrtn
