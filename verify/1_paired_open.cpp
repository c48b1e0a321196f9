#include <cmath>
#include <random>
#include <vector>

#include "sqrtn/statistics/paired.hpp"
#include "verify.hpp"

/// What becomes of a case of the gate that has no word: dropped, bounded, or wanting more observations.
namespace sqrtn::verify {
namespace {

using statistics::PairedChanges;
using statistics::SequentialSignTest;

// A case that gives no more observations holds nobody up, and has no word.
TEST(PairedChanges, ADroppedCaseIsOpenNoMore) {
  PairedChanges changes(2, {});
  changes.add(0, 0.1);
  changes.drop(0);
  EXPECT_EQ(changes.open_cases(), std::vector<std::size_t>{1});
  EXPECT_FALSE(changes.cases()[0].bounded_by(10));
  EXPECT_THROW(changes.add(0, 0.1), std::invalid_argument);
}

// What is wanting is none once the interval lies below the limit, one that is foretold well where the spread stays,
// and unknown where the median lies so near the edge that no number of looks would do.
TEST(PairedChanges, ForetellsWhatIsWanting) {
  std::mt19937_64 random(settings().seed);
  std::normal_distribution<double> normal(0, 0.05);
  PairedChanges changes(1, {});
  const double limit = std::log(1.04);
  EXPECT_EQ(changes.wanting(0, limit), SequentialSignTest::of(1e-3).least());
  std::size_t foretold = 0, blocks = 0;
  for (; changes.wanting(0, limit) != 0U && blocks < 1500; ++blocks) {
    if (blocks == 40) foretold = blocks + changes.wanting(0, limit).value_or(0);
    changes.add(0, normal(random));
    changes.look();
  }
  EXPECT_TRUE(changes.cases()[0].bounded_by(limit));
  EXPECT_LT(blocks, 4 * foretold);
  EXPECT_GT(4 * blocks, foretold);
  PairedChanges edge(1, {});
  for (int i = 0; i < 101; ++i) edge.add(0, std::log(1.0201) + 0.1 * (i % 2 == 0 ? i : -i));
  edge.look();
  EXPECT_FALSE(edge.wanting(0, std::log(1.0202)));
}

}  // namespace
}  // namespace sqrtn::verify
