#include <cstdlib>

#include "command/application.hpp"
#include "libraries/ask.hpp"
#include "support/exit_guard.hpp"
#include "support/output.hpp"

int main(int argc, char** argv) {
  constexpr int longest_end_s = 5;
  sqrtn::remove_temporaries_on_signals();
  const int code = sqrtn::command::run_application(argc, argv);
  if (std::getenv(sqrtn::libraries::leave_at_once) != nullptr) std::_Exit(code);
  sqrtn::end_within(longest_end_s);
  return code;
}
