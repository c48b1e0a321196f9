#include "support/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "support/terminal.hpp"

namespace sqrtn {
namespace {

double now_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// One less than the terminal's width: a line that wraps cannot be cleared.
std::size_t usable_columns() {
  const std::size_t columns = terminal_columns(STDERR_FILENO);
  return (columns > 1 ? columns : 80) - 1;
}

}  // namespace

Progress::Progress(std::string title)
    : title_(std::move(title)), live_(isatty(STDERR_FILENO) == 1), started_s_(now_s()), painted_s_(started_s_ - 1) {}

Progress::~Progress() {
  if (live_) std::fputs("\r\x1b[K", stderr);
}

void Progress::update(double done, std::string_view text) {
  const double now = now_s();
  if (!live_ || now - painted_s_ < 0.1) return;
  painted_s_ = now;
  std::string line = fmt::format("{} {:.0f} %", title_, 100 * done);
  if (done > 0) line += fmt::format(", {:.0f} s left", (now - started_s_) * (1 - done) / done);
  line += fmt::format("  {}", text);
  line.resize(std::min(line.size(), usable_columns()));
  std::fputs(fmt::format("\r{}\x1b[K", line).c_str(), stderr);
}

}  // namespace sqrtn
