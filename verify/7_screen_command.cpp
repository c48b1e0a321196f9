#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <vector>

#include "claims/products/forked.hpp"
#include "program.hpp"
#include "results/read_screening.hpp"
#include "support/processors.hpp"
#include "verify.hpp"

/// `sqrtn screen` as a user runs it, on a library whose floating-point unit is in software.
namespace sqrtn::verify {
namespace {

using results::Cause;
using results::Screening;

/// A line that runs `sqrtn screen` on the library with that fault, on as many cores as there are, at most two.
std::string screening_line(const std::string& fault, const std::string& options, const std::string& before = "") {
  return fmt::format("SQRTN_SOFT='{}' SQRTN_SOFT_SHARED=shared {}sqrtn screen --blas '{}' --size 24 {} --json s.json",
                     fault, before, (program_folder() / "soft-blas.so").string(), options);
}

std::vector<int> processors() {
  std::vector<int> numbers;
  for (const Processor& processor : one_a_core(available_processors())) numbers.push_back(processor.number);
  if (numbers.size() > 2) numbers.resize(2);
  return numbers;
}

std::string on_two_cores(const std::vector<int>& of) { return fmt::format("--cores {},{}", of[0], of[1]); }

struct Screened {
  const char* fault;  ///< "%" stands for the guilty core
  Cause cause;
  const char* minutes = "0.01";
  std::size_t guilty = 1;             ///< which of the cores
  bool needs_predicted_bits = false;  ///< no other family can name the cause
};
std::ostream& operator<<(std::ostream& out, const Screened& screened) { return out << screened.fault; }

void expect_diagnosed(const Screened& expected) {
  const std::vector<int> cores = processors();
  if (cores.size() < 2) GTEST_SKIP() << "needs two cores";
  std::string fault = expected.fault;
  if (const auto at = fault.find('%'); at != std::string::npos)
    fault.replace(at, 1, fmt::to_string(cores[expected.guilty]));
  const Folder folder;
  // Where everything takes ten times as long, so does the reading of the order, which has to come first.
  const double minutes = std::stod(expected.minutes) * (claims::is_sanitized() ? 10 : 1);
  const Ended ended =
      shell(folder, screening_line(fault, fmt::format("{} --minutes {}", on_two_cores(cores), minutes)));
  EXPECT_EQ(ended.code, 1) << ended.err << ended.out;
  const Screening found = results::parse_screening(content_of(folder / "s.json"), "s.json");
  ASSERT_FALSE(found.faults.empty()) << ended.out;
  bool named = false;
  for (const results::Fault& of : found.faults) {
    const Cause cause = results::cause_of(found, of);
    const bool is_predicted = of.family == results::Family::predicted_bits;
    named = named || (cause == expected.cause && (is_predicted || !expected.needs_predicted_bits));
    EXPECT_TRUE(cause == expected.cause || cause == Cause::undecided) << ended.out;
    if (cause == Cause::processor) {
      EXPECT_EQ(results::guilty_processor(of), cores[expected.guilty]);
    }
  }
  EXPECT_TRUE(named) << ended.out;
}

TEST(ScreenCommand, TellsALibraryFromACore) {
  expect_diagnosed({"forced,1000", Cause::library});
  expect_diagnosed({"forced,1000,%", Cause::processor});
}

// A sum that is not exact, rounded towards zero: no number that is known otherwise meets it.
TEST(ScreenCommand, PredictsTheBitsOfInexactSums) {
  expect_diagnosed({"truncated,1000,%", Cause::processor, "0.015", 1, true});
}

// A fault of every core from the first call on, or a library without an order: no node of either kind is called well.
TEST(ScreenCommand, PredictsNothingOfAnOrderThatIsContradictedAndSaysSo) {
  const Folder folder;
  const Ended ended = shell(folder, screening_line("truncated,1000", "--minutes 0.005"));
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_TRUE(holds(ended.out, "inconclusive: no fault in "));
  EXPECT_TRUE(holds(ended.out, "; some sums contradict the order that was read"));
  EXPECT_TRUE(holds(ended.out, "predicted bits f32 24×24×24 are left out: its order is contradicted in "));
  const Screening found = results::parse_screening(content_of(folder / "s.json"), "s.json");
  ASSERT_EQ(found.predictions.size(), 2U);
  EXPECT_FALSE(found.predictions[0].is_used);
  EXPECT_TRUE(found.predictions[0].is_contradicted);
  EXPECT_EQ(found.faults.size(), 0U);
  for (const results::Exposure& exposure : found.cores.front().exposures) {
    EXPECT_NE(exposure.family, results::Family::predicted_bits);
  }
}

class ScreenFaultsSlow : public testing::TestWithParam<Screened> {};
TEST_P(ScreenFaultsSlow, NamesTheCause) { expect_diagnosed(GetParam()); }

constexpr Screened screened[] = {
    {"forced,1000000", Cause::library, "0.05"},
    {"forced,1000000,%", Cause::processor, "0.05"},
    {"carry,1000,%", Cause::processor},
    {"shift,1,%", Cause::processor},
    {"rounding,1,%", Cause::processor, "0.03"},
    {"lane,1000,%", Cause::processor},
    {"stale,1000,%", Cause::processor},
    {"neighbour,1000,%", Cause::processor},
    {"busy-forced,1000,%", Cause::processor, "0.05"},
    {"forced,1000,%,0,300", Cause::processor},
    {"forced,1000,-1,24", Cause::library},
    {"forced,1,%,0,0,0", Cause::processor, "0.2"},  // every seventh call, whatever the data
    {"forced,1,-1,0,0,0", Cause::library, "0.05"},
    // What no order of fused sums allows: without it only a third core could tell which of two is right.
    {"two_roundings,1,%", Cause::processor, "0.03", 1, true},
    {"truncated,100000,%", Cause::processor, "0.03", 1, true},
    // The order is read on the second core where it is contradicted on the first.
    {"truncated,1000,%", Cause::processor, "0.03", 0, true},
    // After so many calls that it was read before.
    {"truncated,1000,-1,0,1000", Cause::library, "0.03", 1, true},
};
INSTANTIATE_TEST_SUITE_P(Catalogue, ScreenFaultsSlow, testing::ValuesIn(screened),
                         [](const auto& info) { return fmt::format("fault_{}", info.index); });

TEST(ScreenCommand, IsWellWhereAllIsWell) {
  const Folder folder;
  const Ended ended = shell(folder, screening_line("", "--minutes 0.005"));
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "pass: no fault in "));
  EXPECT_EQ(ended.err, "");
  EXPECT_EQ(results::parse_screening(content_of(folder / "s.json"), "s.json").incidents.size(), 0U);
}

TEST(ScreenCommandSlow, ShowsWhatThereIsWhenItIsInterrupted) {
  const Folder folder;
  const Ended ended =
      shell(folder, screening_line("", "--minutes 5", "timeout --foreground --preserve-status -s INT 3 "));
  EXPECT_TRUE(holds(ended.out, "interrupted")) << ended.err;
  const Screening found = results::parse_screening(content_of(folder / "s.json"), "s.json");
  EXPECT_TRUE(found.interrupted);
  EXPECT_GT(found.cores.front().calls(), 0U);
}

// A job's end is told to all its processes, here to the workers first, and twice to the one that shows what there is.
TEST(ScreenCommand, AJobsEndIsNobodysFault) {
  const Folder folder;
  const Ended ended = shell(folder, screening_line("", "--minutes 5 --seed $$") +
                                        " & until pgrep -f \"worker.*seed $$\" >workers; do sleep 0.05; done; "
                                        "kill -TERM $(cat workers); sleep 0.05; kill -TERM $!; kill -TERM $!; wait $!");
  EXPECT_EQ(ended.code, 128 + SIGTERM);
  const Screening found = results::parse_screening(content_of(folder / "s.json"), "s.json");
  EXPECT_TRUE(found.interrupted);
  EXPECT_EQ(found.incidents.size(), 0U) << ended.out;
}

TEST(ScreenCommand, ACrashIsTold) {
  const Folder folder;
  const Ended ended = shell(folder, fmt::format("SQRTN_RUDE=crash sqrtn screen --size 24 --minutes 0.005 --blas '{}'",
                                                (program_folder() / "rude-blas.so").string()));
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_TRUE(holds(ended.out, "killed by signal 6 (aborted) in the worker on core"));
}

}  // namespace
}  // namespace sqrtn::verify
