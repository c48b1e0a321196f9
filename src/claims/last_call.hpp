#pragma once

#include <cstdint>
#include <string>

/// Which call of a library ended the process. One child counts its calls where its parent sees it; the next stops
/// before the last of them and tells which it is.
namespace sqrtn::claims {

/// The variable with the path of a file for CallCounts.
inline constexpr const char* count_calls_in = "SQRTN_COUNT_CALLS_IN";
/// The variable with the number, from 1 on, of the call that is told of in place of being made.
inline constexpr const char* stop_at_call = "SQRTN_STOP_AT_CALL";

struct CallCounts {
  std::uint64_t begun = 0, ended = 0;
};

/// Thrown in the place of that call.
struct CallReached {
  std::string call, program;  ///< in words; in C, "" if it cannot be written out
};

/// Whether the next call is the one to be told of.
bool is_last_call();

/// A call that is counted while this lives.
class CountedCall {
 public:
  CountedCall();
  ~CountedCall();
  CountedCall(const CountedCall&) = delete;
  CountedCall& operator=(const CountedCall&) = delete;
};

}  // namespace sqrtn::claims
