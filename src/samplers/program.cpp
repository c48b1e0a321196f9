#include "samplers/program.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "results/format.hpp"
#include "sqrtn/support/require.hpp"
#include "support/words.hpp"

namespace sqrtn::samplers {
namespace {

using How = Answered::How;

constexpr double first_limit_s = 60;     // frameworks take long to load
constexpr double bytes_per_s = 2e6;      // the slowest that is waited for
constexpr std::size_t most_failed = 3;   // rules and types
constexpr std::size_t most_shown = 100;  // bytes of what it printed or said

/// The line of `text` that has something in it and comes first, or last; shown as it may be.
std::string line_of(std::string_view text, bool last) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(text.find_first_not_of(" \t\r\n"), end + 1);
  const std::size_t cut = last ? text.rfind('\n') : text.find('\n');
  if (cut != std::string_view::npos) text = last ? text.substr(cut + 1) : text.substr(0, cut);
  return results::printable(text.substr(0, most_shown));
}

/// Whether these are letters for people, most of them ASCII; values are not, for so many bytes.
bool is_text(std::string_view text) {
  const auto is_control = [](char c) { return (c >= 0 && c < ' ' && c != '\t' && c != '\r') || c == '\x7f'; };
  const auto n_ascii = static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return c >= ' '; }));
  return text.size() >= 5 && std::ranges::none_of(text, is_control) && 3 * n_ascii > 2 * text.size();
}

/// What was printed in front of the values, or behind them; empty if that is no text.
std::string printed_in(std::string_view answer, std::string_view beyond) {
  for (const std::string_view part : {answer.substr(0, answer.find('\n')), beyond.substr(0, beyond.find('\n'))}) {
    if (part.size() <= most_shown && is_text(part)) return std::string(part);
  }
  return {};
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// In the shell's own place where it is one command, so that its end is seen as it was.
std::string in_place(const std::string& command) {
  const bool assigns = command.substr(0, command.find(' ')).find('=') != std::string::npos;
  return assigns || command.find_first_of(";&|\n") != std::string::npos ? command : "exec " + command;
}

std::string after_saying(const std::string& errors) {
  const std::string said = line_of(errors, true);
  return said.empty() ? "" : fmt::format("; it said: {}", said);
}

}  // namespace

void Program::fail(const std::string& what) {
  failed_.emplace_back(of_question_.rule, of_question_.dtype);
  dialogue_.reset();
  throw Fault(what);
}

/// Of an answer that is not whole.
void Program::fail(const Answered& answered, std::size_t expected) {
  if (answered.how == How::interrupted) {
    dialogue_.reset();  // what it still writes answers nothing
    throw GivenUp("interrupted");
  }
  const std::string part = answered.bytes == 0 ? "" : fmt::format(", after {} of {} bytes", answered.bytes, expected);
  const ProcessEnd end = dialogue_->end(answered.how == How::ended ? 5 : 0);
  const std::string said = after_saying(end.err);
  if (answered.how == How::ended) {
    fail(fmt::format("did not answer {} but {}{}{}", asked_, end.to_text(), part, said));
  }
  if (answered.how == How::too_much) fail(fmt::format("answered {} with {} bytes and no line end", asked_, expected));
  fail(fmt::format("gave {} answer to {} within {:.3g} s{}{}", answered.bytes == 0 ? "no" : "no whole", asked_,
                   answered.time_s, part, said));
}

void Program::require_silence() {
  const std::string beyond = dialogue_->unasked();
  if (beyond.empty()) return;
  const std::string printed = printed_.empty() ? printed_in("", beyond) : printed_;
  fail(fmt::format("wrote more than it was asked for, in its answer to {}: {}", asked_,
                   printed.empty() ? fmt::format("{} bytes or more beyond it", beyond.size())
                                   : fmt::format("it printed '{}'", results::printable(printed))));
}

void Program::start() {
  dialogue_ = std::make_unique<Dialogue>(std::vector<std::string>{"/bin/sh", "-c", in_place(command_)});
  asked_ = hello;
  printed_.clear();
  std::string line;
  const Answered answered = dialogue_->ask_line(hello, line, most_hello_bytes, std::max(limit_s_, first_limit_s));
  if (answered.how == How::ended && line.empty()) {
    const ProcessEnd end = dialogue_->end(5);
    throw std::invalid_argument(fmt::format("--sampler: '{}' could not be asked anything: {}{}",
                                            results::printable(command_), end.to_text(), after_saying(end.err)));
  }
  if (answered.how != How::whole) fail(answered, most_hello_bytes);
  try {
    const Known known = parse_known(line);
    if (!known_) known_ = std::make_unique<Known>(known);
  } catch (const std::invalid_argument& error) {
    fail(
        fmt::format("{}{}", error.what(), is_text(line) ? fmt::format("; it printed '{}'", line_of(line, false)) : ""));
  }
}

const Known& Program::known() {
  if (!known_) start();
  return *known_;
}

void Program::require_hope(const Question& question) const {
  if (failed_.size() >= most_failed) throw GivenUp("the program is asked no more, after three faults");
  if (std::ranges::find(failed_, std::pair(question.rule, question.dtype)) == failed_.end()) return;
  throw GivenUp(
      fmt::format("the program did not answer for {} {}", question.rule, word_of(question.dtype, element_words)));
}

void Program::draw(const Question& question, std::uint32_t seed, std::size_t count, std::span<std::byte> answer) {
  const std::size_t values = count * element_count(question.shape);
  require(answer.size() == values * bytes_of(question.dtype), "{} bytes for {} values", answer.size(), values);
  require_hope(question);
  if (!dialogue_) start();
  require_silence();
  of_question_ = question;
  asked_ = to_line(question, ++number_, seed, count);
  const double limit_s = limit_s_ + static_cast<double>(answer.size()) / bytes_per_s;
  const Answered answered = dialogue_->ask(asked_, answer, limit_s);
  if (answered.how != How::whole) fail(answered, answer.size());
  if (printed_.empty()) printed_ = printed_in(as_text(answer), "");
  require_silence();
  values_drawn_ += values;
  if (values >= fast_values) remember(question, values, answered.time_s);
}

void Program::remember(const Question& question, std::size_t values, double time_s) {
  const auto is_same = [&](const Speed& s) { return s.rule == question.rule && s.dtype == question.dtype; };
  auto found = std::ranges::find_if(speeds_, is_same);
  if (found == speeds_.end()) found = speeds_.insert(found, {question.rule, question.dtype, {}});
  found->seconds_per_value.push_back(time_s / static_cast<double>(values));
}

void Program::end() {
  if (!dialogue_) return;
  const ProcessEnd end = dialogue_->end(5);
  if (end.out.empty()) return dialogue_.reset();
  fail(fmt::format("wrote {} bytes or more that it was not asked for: '{}'", end.out.size(), line_of(end.out, false)));
}

}  // namespace sqrtn::samplers
