#pragma once

/// Ends a process in which one call never returns.
namespace sqrtn {

/// From now on, this process ends by SIGALRM once watched calls have been under way for `seconds` without any of them
/// having begun meanwhile; 0: never.
void watch_calls(unsigned seconds);

/// A call that is watched while this lives. From any thread.
class WatchedCall {
 public:
  WatchedCall();
  ~WatchedCall();
  WatchedCall(const WatchedCall&) = delete;
  WatchedCall& operator=(const WatchedCall&) = delete;
};

}  // namespace sqrtn
