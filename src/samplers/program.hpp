#pragma once

#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "samplers/question.hpp"
#include "support/dialogue.hpp"

/// A program that draws weights, while it is asked.
namespace sqrtn::samplers {

/// What it did in an answer's place, or beside it: a finding.
class Fault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Nothing more is asked: SIGINT came, or there were too many faults.
class GivenUp : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Answers of at least fast_values values, by what was asked for.
struct Speed {
  std::string rule;
  Element dtype = Element::f32;
  std::vector<double> seconds_per_value;
};
inline constexpr std::size_t fast_values = std::size_t{1} << 16;

/// Started by the shell when it is first asked, once; again after a fault, since what it writes afterwards answers no
/// question. A rule and type in whose answer it failed are asked for no more, and nothing is after three such.
class Program {
 public:
  /// `limit_s`: for each answer, beside a second for two million bytes of it; the first has at least a minute.
  Program(std::string command, double limit_s) : command_(std::move(command)), limit_s_(limit_s) {}

  /// Starts it and asks what it knows.
  /// Throws: std::invalid_argument if it cannot be started or ends before it has answered anything; Fault, GivenUp.
  const Known& known();

  /// **Shapes** answer.size() = count·Π shape·bytes of the type. Throws: as known().
  void draw(const Question& question, std::uint32_t seed, std::size_t count, std::span<std::byte> answer);

  /// Ends it. Throws: Fault if it wrote more than it was asked for.
  void end();

  [[nodiscard]] const std::string& command() const { return command_; }
  [[nodiscard]] double limit_s() const { return limit_s_; }
  [[nodiscard]] std::size_t values_drawn() const { return values_drawn_; }
  [[nodiscard]] const std::vector<Speed>& speeds() const { return speeds_; }

 private:
  void start();
  void require_silence();
  void require_hope(const Question& question) const;
  [[noreturn]] void fail(const std::string& what);
  [[noreturn]] void fail(const Answered& answered, std::size_t expected);
  void remember(const Question& question, std::size_t values, double time_s);

  std::string command_;
  double limit_s_;
  std::unique_ptr<Dialogue> dialogue_;
  std::unique_ptr<Known> known_;
  std::string asked_;     ///< the last question
  std::string printed_;   ///< a line that an answer began with: what that left over may come with a later one
  Question of_question_;  ///< what it is for; of the first question nothing
  std::uint64_t number_ = 0;
  std::vector<std::pair<std::string, Element>> failed_;  ///< what it was asked for when it did
  std::size_t values_drawn_ = 0;
  std::vector<Speed> speeds_;
};

}  // namespace sqrtn::samplers
