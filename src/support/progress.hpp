#pragma once

#include <string>
#include <string_view>

namespace sqrtn {

/// A live line on standard error while work is done: text, share done and time left. Silent unless
/// standard error is a terminal. Not thread-safe.
class Progress {
 public:
  explicit Progress(std::string title);
  ~Progress();  ///< clears the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// `done` in [0, 1]; repaints at most ten times a second.
  void update(double done, std::string_view text);

 private:
  std::string title_;
  bool live_ = false;
  double started_s_ = 0, painted_s_ = 0;
};

}  // namespace sqrtn
