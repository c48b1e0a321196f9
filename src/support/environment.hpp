#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace sqrtn {

/// One level of cache as one core sees it.
struct Cache {
  int level = 0;
  std::size_t size_bytes = 0;
  std::size_t line_bytes = 0;
  int shared_by = 1;  ///< cores that share one instance
};

/// What machine and what build produced a result. Holds nothing private: no host name, user name,
/// or path outside the system's library folders. Unknown text is empty, an unknown number 0.
struct Environment {
  std::string cpu_model;
  std::string cpu_stepping;      ///< "family 6 model 143 stepping 8"
  std::string architecture;      ///< "x86_64", "aarch64"
  std::vector<std::string> isa;  ///< of the flags that matter here, those the CPU has
  std::string simd_target;       ///< the target that run-time dispatch chooses, "AVX3"
  int packages = 0;
  int cores = 0;
  int logical_processors = 0;
  int available_processors = 0;  ///< in this process's affinity mask
  bool smt = false;
  std::vector<Cache> caches;
  std::size_t memory_bytes = 0;
  std::string governor;    ///< empty if not visible
  std::string kernel;      ///< "Linux 6.1.0"
  std::string hypervisor;  ///< "KVM", empty on bare metal
  std::string compiler;    ///< "GNU 12.2.0"
  std::string compile_flags;
  std::string build_type;
  std::string commit;                            ///< empty outside a checkout
  bool dirty = false;                            ///< uncommitted changes when it was built
  std::string version;                           ///< of sqrtn
  std::map<std::string, std::string> libraries;  ///< name → version, those that were built against
};

/// Reads the machine (hwloc for topology and caches, /proc and /sys, uname) and the build's stamp.
/// Costs some milliseconds. Throws: nothing for what is missing; it is left empty.
Environment describe_environment();

/// Physical memory as the kernel counts it, which costs nothing beside describe_environment.
std::size_t physical_memory_bytes();

/// The largest cache that one core sees, in bytes; 32 MiB where it is not known.
std::size_t last_level_cache_bytes(const Environment& environment);

/// A name for a results folder made of CPU model and threads alone: "amd-epyc-7763-2-threads"; with family
/// and model where the CPU's name has no number: "amd-epyc-family-25-model-17-2-threads".
std::string machine_name(const Environment& environment);

}  // namespace sqrtn
