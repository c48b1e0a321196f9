#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "plain_blas.hpp"
#include "screen/model.hpp"
#include "screen/repeat.hpp"
#include "screen/round.hpp"
#include "soft_unit.hpp"
#include "support/processors.hpp"
#include "verify.hpp"

/// Bits that are predicted by the order in which a library adds: of inexact sums, where no number is known otherwise.
namespace sqrtn::verify {
namespace {

using results::Family;
using screen::Round;

constexpr std::size_t size_of_bits = 24;

/// The fault of the next calls, and the entries that the last of them changed.
SoftFault fault_of_bits;
std::vector<bool> changed_entries;
/// Whether the next call changes A before it begins.
bool changes_a = false;

template <class T>
void bits_gemm(int /*layout*/, int /*trans_a*/, int /*trans_b*/, int n, int /*n*/, int /*k*/, T /*alpha*/, const T* a,
               int /*lda*/, const T* b, int /*ldb*/, T /*beta*/, T* c, int /*ldc*/) {
  if (std::exchange(changes_a, false)) const_cast<T*>(a)[n + 1] += 1;
  std::vector<T> right(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
  soft_gemm<T>({}, n, a, b, right.data());
  soft_gemm<T>(fault_of_bits, n, a, b, c);
  changed_entries.clear();
  for (std::size_t i = 0; i < right.size(); ++i) changed_entries.push_back(!screen::same_bits(&right[i], c + i, 1));
}

blas::Functions bits_blas(const SoftFault& fault) {
  fault_of_bits = fault;
  blas::Functions functions = plain_blas();
  functions.f32.gemm = bits_gemm<float>;
  functions.f64.gemm = bits_gemm<double>;
  return functions;
}

/// All entries in these rows are added in turn.
results::LibraryOrder chain_order(const char* dtype, const char* rows = "0:24") {
  results::LibraryOrder order;
  order.request = "gemm:24x24x24";
  order.dtype = dtype;
  order.unknown_share = 0;
  results::OrderClass& one = order.classes.emplace_back();
  one.verdict = results::OrderVerdict::certified;
  one.tree = "0 1:24*";
  one.blocks = {{rows, "0:24"}};
  return order;
}

void stay_here(bool /*away*/) {}

struct Seen {
  int flagged = 0, changed = 0;
  bool false_alarm = false;
};

Seen seen_in(const SoftFault& fault, bool is_f64, std::uint64_t rounds) {
  const blas::Functions functions = bits_blas(fault);
  const screen::Model model = screen::model_of(chain_order(is_f64 ? "f64" : "f32"));
  Seen seen;
  for (std::uint64_t number = 0; number < rounds; ++number) {
    const screen::Lane lane{Family::predicted_bits, is_f64, size_of_bits};
    const auto round = Round::make(functions, lane, {.seed = settings().seed, .round = number}, stay_here, &model);
    round->predict();
    for (std::size_t step = 0; step < screen::steps_of(lane); ++step) {
      round->prepare(step);
      round->multiply();
      const bool is_changed = std::ranges::count(changed_entries, true) > 0;
      seen.changed += is_changed ? 1 : 0;
      if (round->right()) continue;
      ++seen.flagged;
      const screen::Difference difference = round->difference();
      seen.false_alarm = seen.false_alarm || !changed_entries[difference.row * size_of_bits + difference.col];
      EXPECT_TRUE(round->is_known());
      EXPECT_NE(difference.expected, difference.got);
    }
  }
  return seen;
}

// A sum of 24 products: with one in a thousand truncated, about one entry in a hundred is another, six of a call. The
// sample is all columns of all rows here, so that each changed call is seen.
TEST(ScreenBits, ATruncatedSumIsSeenAndNothingElse) {
  for (const bool is_f64 : {false, true}) {
    const Seen seen = seen_in({.name = "truncated", .rate = 1000}, is_f64, 2);
    EXPECT_GT(seen.changed, 32);
    EXPECT_EQ(seen.flagged, seen.changed);
    EXPECT_FALSE(seen.false_alarm);
    EXPECT_EQ(seen_in({}, is_f64, 4).flagged, 0);
  }
}

// One product in 10⁵ of 20·32·24³, 8.8 million.
TEST(ScreenBits, ARareOneIsSeenAsWell) {
  const Seen seen = seen_in({.name = "truncated", .rate = 100'000}, false, 20);
  EXPECT_GT(seen.flagged, 5);
  EXPECT_EQ(seen.flagged, seen.changed);
}

TEST(ScreenBits, OneOfTwoCallsIsJudgedWhereTheOrderIsCertified) {
  const blas::Functions functions = bits_blas({.name = "two_roundings", .every_call = false});
  for (const char* rows : {"0:24", "0:8", "20:24"}) {
    const screen::Model model = screen::model_of(chain_order("f32", rows));
    const auto round = Round::make(functions, {Family::predicted_bits, false, size_of_bits}, {}, stay_here, &model);
    round->predict();
    int wrong = 0;
    for (std::size_t step = 0; step < 14; ++step) {
      round->prepare(step);
      round->multiply();
      if (round->right()) continue;
      ++wrong;
      EXPECT_FALSE(round->difference().expected.empty());
      EXPECT_TRUE(round->is_known());
    }
    EXPECT_EQ(wrong, 4) << rows;  // of 28 calls every seventh
  }
}

// The answers are those of the operands that there are by then, twice.
TEST(ScreenBits, AnOperandThatChangesAfterThePredictionIsTold) {
  const blas::Functions functions = bits_blas({});
  const screen::Model model = screen::model_of(chain_order("f64"));
  const auto round = Round::make(functions, {Family::predicted_bits, true, size_of_bits}, {}, stay_here, &model);
  round->predict();
  round->prepare(0);
  changes_a = true;
  round->multiply();
  EXPECT_FALSE(round->right());
  const auto changed = round->changed_operand();
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->operand, "A");
  round->restore();
  round->multiply();
  EXPECT_TRUE(round->right());
}

// Two cores: which of them is wrong was undecided as long as no order was known.
TEST(ScreenBits, TheLibraryAndTheRightCoreAreNamed) {
  std::vector<int> processors;
  for (const Processor& processor : one_a_core(available_processors())) processors.push_back(processor.number);
  if (processors.size() < 2) GTEST_SKIP() << "needs two cores";
  processors.resize(2);
  const screen::Model model = screen::model_of(chain_order("f32"));
  std::jthread([&] {  // is moved from core to core
    for (const int core : {processors[0], processors[1], -1}) {
      const blas::Functions functions = bits_blas({.name = "truncated", .rate = 100, .core = core});
      const auto round = Round::make(
          functions, {Family::predicted_bits, false, size_of_bits}, {},
          [&](bool away) { pin_to(processors[away ? 1 : 0]); }, &model);
      pin_to(processors[0]);
      round->predict();
      // The second call of step 15 is made on the other core.
      round->prepare(15);
      round->multiply();
      EXPECT_FALSE(round->right());
      results::Screening screening;
      for (const int processor : processors) screening.cores.emplace_back().processor = processor;
      results::Fault& fault = screening.faults.emplace_back();
      fault.family = Family::predicted_bits;
      fault.processor = processors[0];
      (void)round->difference();
      fault.repeats = repeat_call(*round, Family::predicted_bits, processors);
      ASSERT_EQ(results::cause_of(screening, fault), core < 0 ? results::Cause::library : results::Cause::processor);
      if (core >= 0) {
        EXPECT_EQ(results::guilty_processor(fault), core);
      }
    }
  });
}

TEST(ScreenBits, AModelHasTheBlocksOfItsOrder) {
  results::LibraryOrder order = chain_order("f64", "0:23:2, 23");
  const screen::Model model = screen::model_of(order);
  ASSERT_EQ(model.blocks.size(), 1U);
  EXPECT_EQ(model.blocks[0].rows.size(), 13U);
  EXPECT_EQ(model.ends.back(), 13U * 24U);
  EXPECT_NE(model.block_of(22, 5), nullptr);
  EXPECT_EQ(model.block_of(21, 5), nullptr);
  order.classes[0].verdict = results::OrderVerdict::contradicted;
  EXPECT_TRUE(screen::model_of(order).blocks.empty());
  EXPECT_THROW((void)screen::model_of(chain_order("f32", "0:25")), std::invalid_argument);
}

TEST(ScreenBits, RunsAreRead) {
  const auto runs = results::runs_of("0:512:2, 513, 600:610");
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0].step, 2U);
  EXPECT_EQ(runs[1].end, 514U);
  for (const char* wrong :
       {"", "a", "1:1", "3:2", "1:9:0", "1:9:2:3", "5, 4", "0:65537", "-1", "1,2", "1, ", "0:5, 4"}) {
    EXPECT_THROW((void)results::runs_of(wrong), std::invalid_argument) << wrong;
  }
}

}  // namespace
}  // namespace sqrtn::verify
