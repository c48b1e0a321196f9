#pragma once

#include <string>

namespace sqrtn {

/// A file's name with what tells this process from its like on other machines: %N the node (SLURMD_NODENAME; without
/// it the machine's name up to the first dot), %j the number of the job (SLURM_JOB_ID; 0 without one), %t the number of
/// the task (the first of OMPI_COMM_WORLD_RANK, PMIX_RANK, PMI_RANK and SLURM_PROCID; 0 without any), %% a '%'. Other
/// text stays as it is. No name leaves its folder: numbers must be whole ones, '/' in a node's name becomes '-'.
std::string name_of_place(const std::string& pattern);

}  // namespace sqrtn
