#pragma once

#include <hwloc.h>

#include <memory>

namespace sqrtn {

struct FreeTopology {
  void operator()(hwloc_topology* topology) const { hwloc_topology_destroy(topology); }
};
using Topology = std::unique_ptr<hwloc_topology, FreeTopology>;

/// The machine's packages, cores and caches as hwloc knows them; null where it cannot. Costs milliseconds.
Topology load_topology();

}  // namespace sqrtn
