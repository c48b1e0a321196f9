#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/child.hpp"

/// A program that is started once and answers what it is asked, a line a question.
namespace sqrtn {

/// What became of an answer.
struct Answered {
  enum class How { whole, ended, timed_out, too_much, interrupted };
  How how = How::whole;
  std::size_t bytes = 0;  ///< that came
  double time_s = 0;      ///< from the question's first byte to the answer's last
};

/// The child obeys run_process's limits: what it starts ends with it, it ends with this process. What it writes on
/// standard error is read, and the last of it kept. Not thread-safe.
class Dialogue {
 public:
  /// Runs argv[0] as run_process does. Throws: std::invalid_argument if argv is empty, std::system_error if the system
  /// has no room for a child.
  explicit Dialogue(const std::vector<std::string>& argv, std::size_t memory_bytes = 0);

  /// Writes the question and a line end, and reads answer.size() bytes.
  Answered ask(std::string_view question, std::span<std::byte> answer, double limit_s);
  /// The same of an answer that is a line, of at most `most` bytes, else too_much; `line` is without its end, or what
  /// came of it.
  Answered ask_line(std::string_view question, std::string& line, std::size_t most, double limit_s);

  /// What it has written and nobody asked for, up to now and at most 4 KiB.
  std::string unasked();
  /// Closes its standard input and waits for its end, but no longer than `limit_s`; it is killed then. `out` is what
  /// it wrote and nobody asked for, `err` the last that it said on standard error.
  ProcessEnd end(double limit_s);

 private:
  using Clock = std::chrono::steady_clock;
  /// What take() gets is read; it returns how many bytes it still wants.
  template <class Take>
  Answered exchange(std::string_view question, double limit_s, std::size_t wanted, Take take);
  bool wait(std::size_t unwritten, bool reading, Clock::time_point until, Answered& answered);
  void read_errors();

  support::Pipe in_, out_, err_, failure_;
  support::Child child_;
  std::string unasked_, errors_;
  bool ended_ = false;
};

}  // namespace sqrtn
