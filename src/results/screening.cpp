#include "results/screening.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "results/format.hpp"

namespace sqrtn::results {
namespace {

// Of calling a core guilty where all err alike.
constexpr double alpha = 1e-9;

/// The chance that all `wrong` of `calls` + `others` calls that err alike lie among `calls`: Fisher's exact test.
double chance_of_these(std::uint64_t wrong, std::uint64_t calls, std::uint64_t others) {
  double chance = 1;
  for (std::uint64_t i = 0; i < wrong && chance > 0.1 * alpha; ++i) {
    chance *= static_cast<double>(calls - i) / static_cast<double>(calls + others - i);
  }
  return chance;
}

/// Whether repeating shows that it is wrong on one core and right on all others.
bool one_core_repeats(const Fault& fault) {
  std::uint64_t others = 0;
  const Repeats* guilty = nullptr;
  for (const Repeats& repeats : fault.repeats) {
    if (repeats.wrong == 0) {
      others += repeats.calls;
    } else if (guilty != nullptr) {
      return false;
    } else {
      guilty = &repeats;
    }
  }
  return guilty != nullptr && chance_of_these(guilty->wrong, guilty->calls, others) <= alpha;
}

/// Whether so many rounds with faults would not all be this core's if all cores erred alike: the chance is the sum over
/// the cores of their share of all calls, to the power of the number of rounds.
bool only_this_core(const Screening& screening, const Fault& fault) {
  double calls = 0, chance = 0;
  std::uint64_t rounds = 0;
  for (const ScreenedCore& core : screening.cores) {
    if (core.processor == fault.processor) rounds = core.faulty_rounds;
    if (core.processor != fault.processor && core.faulty_rounds > 0) return false;
    calls += static_cast<double>(core.calls());
  }
  for (const ScreenedCore& core : screening.cores) {
    chance += std::pow(static_cast<double>(core.calls()) / calls, static_cast<double>(rounds));
  }
  return chance <= alpha;
}

/// "0-2,7"
std::string list_of(std::vector<int> numbers) {
  std::ranges::sort(numbers);
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    text += fmt::format("{}{}", text.empty() ? "" : ",", numbers[i]);
    if (end - i > 1) text += fmt::format("-{}", numbers[end - 1]);
    i = end;
  }
  return text;
}

}  // namespace

std::string_view operation_text(Family family) {
  switch (family) {
    case Family::dense_integers:
    case Family::predicted_bits:
    case Family::same_twice:
      return "fused multiply-adds";
    case Family::full_mantissas:
      return "roundings";
    case Family::cancelling_pairs:
      return "alignments";
    case Family::copies:
      return "moves";
  }
  return "";
}

std::optional<double> excluded_rate(std::uint64_t operations) {
  if (operations == 0) return std::nullopt;
  return std::min(1.0, 6 * std::log(10.0) / static_cast<double>(operations));
}

std::uint64_t ScreenedCore::calls() const {
  return std::transform_reduce(exposures.begin(), exposures.end(), std::uint64_t{0}, std::plus<>(),
                               [](const Exposure& exposure) { return exposure.calls; });
}

std::uint64_t ScreenedCore::faults() const {
  return std::transform_reduce(exposures.begin(), exposures.end(), std::uint64_t{0}, std::plus<>(),
                               [](const Exposure& exposure) { return exposure.faults; });
}

Cause cause_of(const Screening& screening, const Fault& fault) {
  const auto is_wrong = [](const Repeats& repeats) { return repeats.wrong > 0; };
  const bool any = std::ranges::any_of(fault.repeats, is_wrong);
  if (!fault.operand.empty() && !fault.repeats.empty() && !any) return Cause::memory;
  // What no library has a part in is not its fault.
  const bool by_library = fault.family != Family::copies && fault.repeats.size() > 1;
  if (by_library && std::ranges::all_of(fault.repeats, is_wrong)) return Cause::library;
  if (one_core_repeats(fault) || only_this_core(screening, fault)) return Cause::processor;
  return Cause::undecided;
}

int guilty_processor(const Fault& fault) {
  const auto guilty = std::ranges::find_if(fault.repeats, [](const Repeats& repeats) { return repeats.wrong > 0; });
  return guilty == fault.repeats.end() ? fault.processor : guilty->processor;
}

std::string repeating_command(const Screening& screening, const Fault& fault) {
  std::vector<int> numbers;
  for (const ScreenedCore& core : screening.cores) numbers.push_back(core.processor);
  std::vector<std::string> words{"./sqrtn", "screen"};
  if (screening.blas && !screening.blas->asked.empty()) {
    words.insert(words.end(), {"--blas", published_library(screening.blas->asked)});
  }
  words.insert(words.end(), {"--cores", list_of(numbers), "--seed", fmt::to_string(screening.seed)});
  if (screening.size > 0) words.insert(words.end(), {"--size", fmt::to_string(screening.size)});
  words.insert(words.end(), {"--call", fault.call});
  return shell_line(words);
}

claims::Verdict verdict_of(const Screening& screening) {
  const auto wrong = [](const ScreenedCore& core) { return core.faults() > 0; };
  if (!screening.faults.empty() || !screening.incidents.empty() || std::ranges::any_of(screening.cores, wrong)) {
    return claims::Verdict::fail;
  }
  const auto calls = [](const ScreenedCore& core) { return core.calls() > 0; };
  if (std::ranges::none_of(screening.cores, calls)) return claims::Verdict::skipped;
  const bool whole = !screening.interrupted && std::ranges::all_of(screening.cores, calls) &&
                     std::ranges::none_of(screening.predictions, &Prediction::is_contradicted);
  return whole ? claims::Verdict::pass : claims::Verdict::inconclusive;
}

}  // namespace sqrtn::results
