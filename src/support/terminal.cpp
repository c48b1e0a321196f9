#include "support/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace sqrtn {

std::size_t terminal_columns(int descriptor) {
  winsize window{};
  if (isatty(descriptor) != 1 || ioctl(descriptor, TIOCGWINSZ, &window) != 0) return 0;
  return window.ws_col;
}

}  // namespace sqrtn
