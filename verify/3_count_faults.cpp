#include <algorithm>
#include <array>
#include <complex>
#include <cstring>

#include "blas/operations.hpp"
#include "claims/products/data.hpp"
#include "claims/routines/repeated_memory.hpp"
#include "judge.hpp"
#include "sqrtn/random/fill.hpp"

/// Counts that wrap, and sums that lose digits, in any routine that takes long vectors.
namespace sqrtn::verify {
namespace {

constexpr std::int64_t largest_count = std::int64_t{1} << 23;

/// What changes a call of one routine before or after it is made.
using Change = std::function<void(const blas::Call&, std::vector<blas::Value>&)>;

/// The real library, with a fault in both of its interfaces.
claims::Subject with_fault(const std::string& routine, const Change& before, const Change& after) {
  claims::Subject faulty = subject();
  for (blas::Interface& interface : faulty.interfaces) {
    interface.call = [=, call = interface.call](const blas::Call& asked) {
      if (asked.operation.name != routine) return call(asked);
      std::vector<blas::Value> values(asked.values.begin(), asked.values.end());
      before(asked, values);
      call({asked.operation, asked.type, asked.row_major, values, asked.result});
      after(asked, values);
    };
  }
  return faulty;
}
const Change nothing = [](const blas::Call&, std::vector<blas::Value>&) {};

/// Lengths past 2²³ are cut.
void cut_lengths(const blas::Call& call, std::vector<blas::Value>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (call.operation.arguments[i].what == blas::Argument::What::length)
      values[i].integer = std::min(values[i].integer, largest_count);
  }
}

TEST(CountFaults, OfLengthsPast8388608AreFound) {
  for (const char* id : {"copy/f32", "swap/f64", "scal/c64", "axpy/f32", "rot/f64", "dot/f32", "dotu/c64", "asum/f64",
                         "nrm2/f32", "iamax/f64", "gemv/f64", "gemv/c64", "ger/f32"}) {
    const std::string routine = std::string(id).substr(0, std::string(id).find('/'));
    const claims::Result result =
        result_of(std::string(id) + "/large_counts", with_fault(routine, cut_lengths, nothing));
    EXPECT_EQ(result.outcome.verdict, claims::Verdict::fail) << claims::describe(result);
    EXPECT_TRUE(holds(result.outcome.reason, "=8389637")) << result.outcome.reason;
  }
}

TEST(CountFaults, ARightLibraryAddsOverLongDimensions) {
  for (const char* id : {"dot/f32/large_counts", "dotu/c64/large_counts", "gemv/f32/large_counts"}) {
    const claims::Result result = result_of(id, subject());
    EXPECT_EQ(result.outcome.verdict, claims::Verdict::pass) << claims::describe(result);
  }
}

// 16 bits are not enough for a matrix with 65,597 rows.
TEST(CountFaults, OfRowsPast65536AreFound) {
  const Change cut = [](const blas::Call& call, std::vector<blas::Value>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (call.operation.arguments[i].what == blas::Argument::What::length) values[i].integer &= 0xffff;
    }
  };
  const claims::Result result = result_of("gemv/f32/large_counts", with_fault("gemv", cut, nothing));
  EXPECT_EQ(result.outcome.verdict, claims::Verdict::fail);
  EXPECT_TRUE(holds(result.outcome.reason, "=65597")) << result.outcome.reason;
}

template <class T>
void scale_result(const blas::Call& call, double factor) {
  T value;
  std::memcpy(&value, call.result, sizeof value);
  value *= T(factor);
  std::memcpy(call.result, &value, sizeof value);
}

TEST(CountFaults, OfLongSumsAreFound) {
  for (const char* id :
       {"dot/f32", "dot/f64", "dotc/c64", "dotu/c128", "asum/f32", "asum/c64", "nrm2/f32", "nrm2/f64"}) {
    const std::string name(id), routine = name.substr(0, name.find('/'));
    const Change off = [&](const blas::Call& call, std::vector<blas::Value>&) {
      const bool is_double = call.type == 'd' || call.type == 'z',
                 is_complex = routine.starts_with("dot") && routine != "dot";
      if (is_complex)
        return is_double ? scale_result<std::complex<double>>(call, 1.01)
                         : scale_result<std::complex<float>>(call, 1.01);
      return is_double ? scale_result<double>(call, 1.01) : scale_result<float>(call, 1.01);
    };
    const claims::Result result = result_of(name + "/growth", with_fault(routine, nothing, off));
    EXPECT_EQ(result.outcome.verdict, claims::Verdict::fail) << claims::describe(result);
    EXPECT_TRUE(holds(result.outcome.reason, "n=10000000")) << result.outcome.reason;
  }
}

/// The sum of products in one accumulator of that type.
template <class T, class Accumulator>
void sum_plainly(const blas::Call& call, std::vector<blas::Value>& values) {
  const T *const x = static_cast<const T*>(values[1].address), *const y = static_cast<const T*>(values[3].address);
  volatile Accumulator sum = 0;
  for (std::int64_t i = 0; i < values[0].integer; ++i) sum = static_cast<Accumulator>(sum + x[i] * y[i]);
  const T value = sum;
  std::memcpy(call.result, &value, sizeof value);
}

TEST(CountFaults, APlainSumIsNone) {
  const auto verdict = [](const char* id, const Change& sum) {
    return result_of(id, with_fault("dot", nothing, sum)).outcome.verdict;
  };
  EXPECT_EQ(verdict("dot/f32/growth", sum_plainly<float, float>), claims::Verdict::pass);
  EXPECT_EQ(verdict("dot/f64/growth", sum_plainly<double, double>), claims::Verdict::pass);
  EXPECT_EQ(verdict("dot/f64/growth", sum_plainly<double, float>), claims::Verdict::fail);
}

/// Whether memory is the block again and again.
bool repeats(const std::byte* memory, std::size_t bytes, const std::vector<std::byte>& block) {
  for (std::size_t at = 0; at < bytes; ++at) {
    if (memory[at] != block[at % block.size()]) return false;
  }
  return true;
}

TEST(RepeatedMemory, IsTheBlockAgainAfterItWasWrittenAndGrew) {
  std::vector<std::byte> block(std::size_t{1} << 16);
  for (std::size_t at = 0; at < block.size(); ++at) block[at] = static_cast<std::byte>(at * 7 + at / 256);
  for (const bool from_idle_memory : {false, true}) {
    claims::RepeatedMemory copies(block), seen(block);
    for (const std::size_t bytes : {std::size_t{1000}, std::size_t{5} << 20, std::size_t{70'000}}) {
      std::byte* const memory = copies.copied(bytes);
      EXPECT_TRUE(repeats(memory, bytes, block)) << bytes << ' ' << from_idle_memory;
      std::fill_n(memory, bytes, std::byte{0});
      EXPECT_TRUE(repeats(seen.seen(bytes), bytes, block)) << bytes;
    }
  }
}

// A fault that was found is found again with its seed by every version.
TEST(TestData, IntegersAreTheRemaindersOfRandomBits) {
  for (const double largest : {0.0, 1.0, 2.0, 4.0, 1023.0, 4194304.0, 4503599627370495.0}) {
    const random::Stream stream{random::Engine::ars, 5, random::stream_of("an/id") + 1, 0};
    std::vector<std::uint64_t> bits(2000);
    random::fill_bits(stream, std::span(bits));
    std::vector<double> integers(bits.size());
    claims::TestData(5, "an/id").fill_integers<double>(integers, largest);
    for (std::size_t i = 0; i < bits.size(); ++i) {
      const std::uint64_t n_values = 2 * static_cast<std::uint64_t>(largest) + 1;
      const double wanted = static_cast<double>(static_cast<std::int64_t>(bits[i] % n_values) - std::int64_t(largest));
      ASSERT_EQ(integers[i], wanted) << bits[i] << " of " << largest;
    }
  }
}

}  // namespace
}  // namespace sqrtn::verify
