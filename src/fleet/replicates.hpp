#pragma once

#include <string>
#include <vector>

#include "fleet/message.hpp"

namespace sqrtn::fleet {

struct Reproduction {
  std::vector<std::string> arguments;  ///< of `sqrtn`, from "reproduce" on
  std::string blas = "openblas";
  double silence_s = 30;  ///< after which the tasks of a rank are given to others
};

/// `sqrtn reproduce` on the first rank, the replicates of the notebooks' loop on all: each task's sums are computed by
/// any of them and added by the first in the tree of one process, so that no bit depends on the number of ranks, nor on
/// those that are lost. A rank whose library is another build or uses other kernels computes nothing, and is named.
/// Returns: the exit code of `sqrtn reproduce`; on other ranks than the first 0.
int reproduce(const Ranks& ranks, const Reproduction& reproduction);

}  // namespace sqrtn::fleet
