#include "support/place_name.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>

#include "support/number.hpp"

namespace sqrtn {
namespace {

/// Of the first variable that holds a whole number.
std::string number_of(std::initializer_list<const char*> variables) {
  for (const char* name : variables) {
    const char* value = std::getenv(name);
    if (value == nullptr) continue;
    if (const auto number = parse_number<std::uint64_t>(value)) return fmt::to_string(*number);
  }
  return "0";
}

/// With '-' for what could leave a folder.
std::string as_part_of_name(std::string name) {
  std::ranges::replace(name, '/', '-');
  if (name.starts_with('.')) name.front() = '-';
  return name;
}

std::string node() {
  if (const char* name = std::getenv("SLURMD_NODENAME")) {
    if (const std::string known = as_part_of_name(name); !known.empty()) return known;
  }
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "node";
  const std::string whole = name.data();
  const std::string first = as_part_of_name(whole.substr(0, whole.find('.')));
  return first.empty() ? "node" : first;
}

}  // namespace

std::string name_of_place(const std::string& pattern) {
  std::string name;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char next = pattern[i] == '%' && i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (next == 'N') {
      name += node();
    } else if (next == 'j') {
      name += number_of({"SLURM_JOB_ID"});
    } else if (next == 't') {
      // Below mpirun in an allocation, SLURM_PROCID is that of mpirun's own process on the node, for all its ranks.
      name += number_of({"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"});
    } else if (next == '%') {
      name += '%';
    } else {
      name += pattern[i];
      continue;
    }
    ++i;
  }
  return name;
}

}  // namespace sqrtn
