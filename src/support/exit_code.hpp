#pragma once

namespace sqrtn {

/// Exit codes, everywhere.
enum ExitCode : int {
  all_well = 0,
  claim_failed = 1,
  wrong_usage = 2,
  inconclusive = 3,
  nothing_measured = 4,
  not_comparable = 5,
};

}  // namespace sqrtn
