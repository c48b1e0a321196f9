#pragma once

#include <functional>
#include <string>

/// What may hang or crash is done in a child that fork() makes of this very process, library and all.
namespace sqrtn::claims {

/// Tells the parent what the child is about to do, as a clause of a message.
using Tell = std::function<void(const std::string&)>;

/// What went wrong in a child; "" if nothing did.
struct ChildFault {
  std::string text;
  bool no_answer = false;  ///< it had to be ended
};

/// Runs `action` in a child of this thread and returns what it returned: what was wrong, "" if nothing. Where the
/// child ends in another way, not within `limit_s`, or has all threads asleep for 2 s, what it told last and how it
/// ended. No handler of exit() runs in
/// the child, and nothing that it starts by fault_in_child outlives it on Linux.
/// Throws: std::system_error if the system has no process or no memory for it.
ChildFault fault_in_child(double limit_s, const std::function<std::string(const Tell&)>& action);

/// Runs `action` on a thread of its own whose stack has so many bytes, a multiple of 64 KiB, with 64 MiB below that
/// nobody may touch. Throws: std::system_error.
void on_stack_of(std::size_t bytes, const std::function<void()>& action);

/// Whether a sanitizer is built in that children and threads like these confuse.
bool is_sanitized();

}  // namespace sqrtn::claims
