#include "support/call_watch.hpp"

#include <unistd.h>

#include <atomic>

namespace sqrtn {
namespace {

std::atomic<unsigned> longest_s = 0, under_way = 0;

}  // namespace

void watch_calls(unsigned seconds) { longest_s = seconds; }

WatchedCall::WatchedCall() {
  ++under_way;
  if (longest_s > 0) alarm(longest_s);
}

// Where another call begins in this very moment, its alarm may be lost: the process's own limit of time is left then.
WatchedCall::~WatchedCall() {
  if (--under_way == 0 && longest_s > 0) alarm(0);
}

}  // namespace sqrtn
