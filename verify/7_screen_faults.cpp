#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "plain_blas.hpp"
#include "screen/repeat.hpp"
#include "screen/round.hpp"
#include "soft_unit.hpp"
#include "support/processors.hpp"
#include "verify.hpp"

/// Faults of processors, planted in a floating-point unit in software: each wrong answer is called wrong, and no other.
namespace sqrtn::verify {
namespace {

using results::Family;
using screen::Lane;
using screen::Round;

/// The fault that is planted, and whether the last call's answer was another than without it.
SoftFault the_fault;
bool differed = false;

template <class T>
void planted_gemm(int /*layout*/, int /*trans_a*/, int /*trans_b*/, int n, int /*n*/, int /*k*/, T /*alpha*/,
                  const T* a, int /*lda*/, const T* b, int /*ldb*/, T /*beta*/, T* c, int /*ldc*/) {
  const std::size_t size = static_cast<std::size_t>(n) * static_cast<std::size_t>(n);
  std::vector<T> right(size);
  soft_gemm<T>({}, n, a, b, right.data());
  soft_gemm<T>(the_fault, n, a, b, c);
  differed = std::memcmp(right.data(), c, size * sizeof(T)) != 0;
}

blas::Functions planted_blas() {
  blas::Functions functions = plain_blas();
  functions.f32.gemm = planted_gemm<float>;
  functions.f64.gemm = planted_gemm<double>;
  return functions;
}

void stay(bool /*away*/) {}

constexpr std::size_t size = 24;

/// What was found in all calls of the first rounds, by family.
struct Found {
  std::map<Family, int> flagged, missed;
  int false_alarms = 0;
};

Found found_in_rounds(const SoftFault& fault) {
  the_fault = fault;
  Found found;
  const blas::Functions functions = planted_blas();
  for (std::uint64_t number = 0; number < screen::rounds_of_schedule(); ++number) {
    const Lane lane = screen::lane_of(number, size);
    if (lane.family == Family::same_twice || lane.family == Family::predicted_bits) continue;
    const auto round = Round::make(functions, lane, {.seed = 1, .processor = 0, .round = number}, stay);
    for (std::size_t step = 0; step < screen::steps_of(lane); ++step) {
      round->prepare(step);
      round->multiply();
      const bool right = round->right();
      if (right == differed) ++(right ? found.missed[lane.family] : found.false_alarms);
      if (right) continue;
      ++found.flagged[lane.family];
      EXPECT_GT(round->difference().entries, 0U);
    }
  }
  return found;
}

struct PlantedFault {
  SoftFault fault;
  std::set<Family> families;  ///< each finds it
};
std::ostream& operator<<(std::ostream& out, const PlantedFault& planted) { return out << planted.fault.name; }

class ScreenFaults : public testing::TestWithParam<PlantedFault> {};

TEST_P(ScreenFaults, EachWrongAnswerIsCalledWrongAndNoOther) {
  const Found found = found_in_rounds(GetParam().fault);
  EXPECT_EQ(found.false_alarms, 0);
  for (const auto& [family, n] : found.missed) EXPECT_EQ(n, 0) << results::family_words[static_cast<int>(family)];
  for (const Family family : GetParam().families) {
    EXPECT_TRUE(found.flagged.contains(family)) << results::family_words[static_cast<int>(family)];
  }
}

const std::set<Family> all_three{Family::dense_integers, Family::full_mantissas, Family::cancelling_pairs};
const std::set<Family> sums{Family::dense_integers, Family::cancelling_pairs};

// The rounds of dense integers have 6·64·24³ multiply-adds, 5.3 million: five times what a rate of 1e-6 implies, and
// half of the bits that are forced were set already.
INSTANTIATE_TEST_SUITE_P(Catalogue, ScreenFaults,
                         testing::Values(PlantedFault{{.name = "forced", .rate = 1000}, all_three},
                                         PlantedFault{{.name = "forced", .rate = 1'000'000}, {Family::dense_integers}},
                                         PlantedFault{{.name = "carry", .rate = 1000}, sums},
                                         PlantedFault{{.name = "shift"}, {Family::cancelling_pairs}},
                                         PlantedFault{{.name = "rounding"}, {Family::full_mantissas}},
                                         PlantedFault{{.name = "lane", .rate = 1000}, all_three},
                                         PlantedFault{{.name = "stale", .rate = 1000}, all_three},
                                         PlantedFault{{.name = "neighbour", .rate = 1000}, all_three},
                                         PlantedFault{{.name = "forced", .size = static_cast<int>(size)}, all_three},
                                         PlantedFault{{.name = "forced", .after = 100}, sums}),
                         [](const auto& info) { return fmt::format("{}_{}", info.param.fault.name, info.index); });

// What only inexact sums meet: see 7_screen_bits.cpp.
TEST(Screen, NoKnownNumberShowsATruncatedSum) {
  const Found found = found_in_rounds({.name = "truncated"});
  EXPECT_TRUE(found.flagged.empty());
  EXPECT_EQ(found.false_alarms, 0);
}

// What is no fault of numbers that are known: the two roundings of a processor without fused multiply-adds.
TEST(Screen, FindsNothingInTwoRoundings) {
  the_fault = {.name = "two_roundings"};
  const Found found = found_in_rounds(the_fault);
  EXPECT_TRUE(found.flagged.empty());
}

TEST(Screen, FindsNothingInALibraryThatIsRight) {
  const blas::Functions functions = backend().functions();
  for (std::uint64_t number = 0; number < screen::rounds_of_schedule(); ++number) {
    const Lane lane = screen::lane_of(number, 0);
    if (lane.family == Family::predicted_bits) continue;
    const auto round = Round::make(functions, lane, {.seed = settings().seed, .processor = 0, .round = number}, stay);
    for (const std::size_t step : {0, 9}) {
      round->prepare(step);
      EXPECT_EQ(round->copy(), 0U);
      round->multiply();
      EXPECT_TRUE(round->right()) << number;
      EXPECT_FALSE(round->changed_operand());
    }
  }
}

TEST(Screen, TheSameCallTwiceShowsWhatIsAtRandom) {
  the_fault = {.name = "two_roundings", .every_call = false};
  const blas::Functions functions = planted_blas();
  const auto round = Round::make(functions, {Family::same_twice, false, size}, {}, stay);
  int wrong = 0;
  for (std::size_t step = 0; step < 14; ++step) {
    round->prepare(step);
    round->multiply();
    wrong += round->right() ? 0 : 1;
  }
  EXPECT_EQ(wrong, 4);  // of 28 calls every seventh
}

TEST(Screen, AnOperandThatChangesIsTold) {
  the_fault = {.name = "operand"};
  const blas::Functions functions = planted_blas();
  for (const bool is_f64 : {false, true}) {
    const auto round = Round::make(functions, {Family::dense_integers, is_f64, size}, {}, stay);
    round->prepare(0);
    round->multiply();  // changes A afterwards
    EXPECT_TRUE(round->right());
    round->prepare(1);
    round->multiply();
    EXPECT_FALSE(round->right());
    const auto changed = round->changed_operand();
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->operand, "A");
    EXPECT_EQ(changed->entries, 1U);
    EXPECT_EQ(changed->row, 1U);
    EXPECT_EQ(changed->col, 1U);
  }
}

/// A screening of two cores with nothing but these repeats of a fault.
results::Screening screening_of(const std::vector<results::Repeats>& repeats) {
  results::Screening screening;
  for (const results::Repeats& of_core : repeats) screening.cores.emplace_back().processor = of_core.processor;
  results::Fault& fault = screening.faults.emplace_back();
  fault.processor = repeats.front().processor;
  fault.repeats = repeats;
  return screening;
}

std::vector<int> two_processors() {
  std::vector<int> numbers;
  for (const Processor& processor : one_a_core(available_processors())) numbers.push_back(processor.number);
  if (numbers.size() > 2) numbers.resize(2);
  return numbers;
}

// A thousand times each: a fault of the one core, of the other, and of the library.
TEST(Screen, TheRightCauseAndCoreAreNamed) {
  const std::vector<int> processors = two_processors();
  if (processors.size() < 2) GTEST_SKIP() << "needs two cores";
  const blas::Functions functions = planted_blas();
  std::jthread([&] {  // is moved from core to core
    for (const int core : {processors[0], processors[1], -1}) {
      the_fault = {.name = "forced", .core = core};
      const auto round = Round::make(functions, {Family::dense_integers, false, 8}, {}, stay);
      for (int time = 0; time < 1000; ++time) {
        round->prepare(static_cast<std::size_t>(time % 64));
        const results::Screening screening = screening_of(repeat_call(*round, Family::dense_integers, processors));
        const results::Fault& fault = screening.faults.front();
        ASSERT_EQ(results::cause_of(screening, fault), core < 0 ? results::Cause::library : results::Cause::processor);
        if (core >= 0) {
          ASSERT_EQ(results::guilty_processor(fault), core);
        }
      }
    }
  });
}

}  // namespace
}  // namespace sqrtn::verify
