#include "screen/repeat.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "support/processors.hpp"

namespace sqrtn::screen {
namespace {

using results::Family;

constexpr std::uint64_t repeats = 17;

/// The answers of one core, each with how often it came.
using Answers = std::map<std::uint64_t, std::uint64_t>;

/// The key of the largest value; none if two are the largest.
std::optional<std::uint64_t> most_frequent(const Answers& answers) {
  std::optional<std::uint64_t> found;
  std::uint64_t most = 0;
  for (const auto& [answer, n] : answers) {
    if (n == most) found.reset();
    if (n > most) found = answer;
    most = std::max(most, n);
  }
  return found;
}

/// One vote a core.
std::optional<std::uint64_t> elected(const std::vector<Answers>& of_cores) {
  Answers votes;
  for (const Answers& answers : of_cores) {
    if (const auto vote = most_frequent(answers)) ++votes[*vote];
  }
  return most_frequent(votes);
}

/// 0 for a right answer where that is known; else what tells answers apart.
std::uint64_t answer_of(Round& round, Family family) {
  if (family == Family::copies) return round.copy() > 0 ? 1 : 0;
  const std::uint64_t digest = round.digest_of_call();
  if (!round.is_known()) return digest;
  return round.right() ? 0 : 1;
}

}  // namespace

std::vector<results::Repeats> repeat_call(Round& round, Family family, const std::vector<int>& processors) {
  const std::uint64_t others = processors.size() - 1;
  std::vector<results::Repeats> made;
  std::vector<Answers> answers;
  for (const int processor : processors) {
    const std::uint64_t calls = made.empty() ? repeats : (repeats + others - 1) / others;
    if (processors.size() > 1) pin_to(processor);
    Answers& of_core = answers.emplace_back();
    for (std::uint64_t i = 0; i < calls; ++i) ++of_core[answer_of(round, family)];
    made.push_back({.processor = processor, .calls = calls, .wrong = 0});
  }
  if (processors.size() > 1) pin_to(processors.front());
  const std::optional<std::uint64_t> right =
      family == Family::copies || round.is_known() ? std::optional<std::uint64_t>(0) : elected(answers);
  for (std::size_t i = 0; right && i < made.size(); ++i) made[i].wrong = made[i].calls - answers[i][*right];
  return made;
}

}  // namespace sqrtn::screen
