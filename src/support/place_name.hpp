#pragma once

#include <string>

namespace sqrtn {

/// A file's name with what tells this process from its like on other machines: %N the node's name up to the first dot,
/// %j the number of the job (SLURM_JOB_ID; 0 without one), %t the number of the task (SLURM_PROCID,
/// OMPI_COMM_WORLD_RANK, PMIX_RANK, PMI_RANK; 0 without any), %% a '%'. Other text stays as it is.
/// What the variables hold is taken only if it is a whole number, so that no name leaves its folder.
std::string name_of_place(const std::string& pattern);

}  // namespace sqrtn
