#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <vector>

#include "sqrtn/statistics/paired.hpp"
#include "verify.hpp"

/// The gate's statistics: error rates under looking again and again, by simulation with noise of the worst kind.
namespace sqrtn::verify {
namespace {

using statistics::Change;
using statistics::PairedChanges;
using statistics::SequentialSignTest;

/// Whether `events` of `runs` are no more than the stated rate allows, at the level of every claim.
testing::AssertionResult at_most(std::size_t events, std::size_t runs, double rate) {
  const auto test = statistics::binomial_test(events, runs, rate, 1e-9);
  if (test->confidence_interval.low <= rate) return testing::AssertionSuccess();
  return testing::AssertionFailure() << events << " of " << runs << " is more than " << rate;
}

TEST(SequentialSignTest, LooksAreAsDeclared) {
  const auto& looks = statistics::sequential_looks();
  EXPECT_EQ(looks.front(), 6u);
  for (std::size_t i = 1; i < looks.size(); ++i) {
    EXPECT_EQ(looks[i], looks[i - 1] + std::max<std::size_t>(1, looks[i - 1] / 10));
  }
  EXPECT_LE(looks.back(), 2000u);
  EXPECT_EQ(SequentialSignTest(1e-3).rank(looks.back() + 1), 0u);
}

/// Σ_{j<k} C(n, j)/2ⁿ in the logarithm, by lgamma: apart from Boost and from the recursion.
double probability_below(std::size_t n, std::size_t k) {
  double sum = 0;
  const double N = static_cast<double>(n);
  for (std::size_t j = 0; j < k; ++j) {
    const double J = static_cast<double>(j);
    sum += std::exp(std::lgamma(N + 1) - std::lgamma(J + 1) - std::lgamma(N - J + 1) - N * std::log(2.0));
  }
  return sum;
}

// Half of the tail is for samples all beyond, at the first look at which that is no more; elsewhere the rank is the
// largest at the level of every look, and all looks together use up the tail.
TEST(SequentialSignTest, LevelsAgainstBinomialSums) {
  for (const double tail : {0.2, 1e-3, 2.5e-5, 1e-9}) {
    const SequentialSignTest test(tail);
    double largest = 0, sum = 0;
    std::size_t before = 0;
    for (const std::size_t n : statistics::sequential_looks()) {
      const std::size_t k = test.rank(n);
      if (k == 1) {
        EXPECT_LE(probability_below(n, 1), tail / 2 * (1 + 1e-9)) << n;
      } else if (k > 1) {
        EXPECT_LE(probability_below(n, k), test.nominal() * (1 + 1e-9)) << n;
      }
      EXPECT_GT(probability_below(n, k + 1), (k == 0 ? tail / 2 : test.nominal()) * (1 - 1e-9)) << n;
      // Of the looks with rank 1 the first stops whatever the later ones would.
      const double fresh = k == 1 && before == 1 ? 0 : probability_below(n, k);
      largest = std::max(largest, fresh);
      sum += fresh;
      before = k;
    }
    const double crossing = test.crossing_probability();
    EXPECT_LE(crossing, tail);
    EXPECT_GT(crossing, 0.85 * tail) << "gives away error rate";
    EXPECT_GE(crossing, largest);
    EXPECT_LT(crossing, sum);
  }
}

// Tosses of a fair coin, looked at as declared, cross as often as the recursion says: no more, no less.
TEST(SequentialSignTest, CrossesAsOftenAsItSays) {
  constexpr std::size_t walks = 100'000;
  const SequentialSignTest test(0.05);
  std::mt19937_64 random(settings().seed);
  std::size_t crossed = 0;
  for (std::size_t walk = 0; walk < walks; ++walk) {
    std::size_t tosses = 0, heads = 0;
    for (const std::size_t n : statistics::sequential_looks()) {
      for (; tosses < n; ++tosses) {
        const std::size_t more = std::min<std::size_t>(64, n - tosses);
        heads += static_cast<std::size_t>(std::popcount(random() >> (64 - more)));
        tosses += more - 1;
      }
      if (heads < test.rank(n)) {
        ++crossed;
        break;
      }
    }
  }
  const double expected = test.crossing_probability();
  EXPECT_GE(statistics::binomial_test(crossed, walks, expected, 1e-9)->p_value, 1e-9) << crossed;
}

TEST(SequentialSignTest, IntervalIsOfOrderStatistics) {
  std::vector<double> sample;
  for (int i = 47; i > 0; --i) sample.push_back(i);
  const SequentialSignTest test(1e-3);
  const auto look = test.interval(std::span(sample).first(11));
  ASSERT_TRUE(look);
  EXPECT_EQ(look->low, 37);
  EXPECT_EQ(look->high, 47);
  EXPECT_FALSE(test.interval(sample)) << "47 is not a look";
  EXPECT_FALSE(test.interval(std::span(sample).first(10))) << "too few to reject anything: 2⁻¹⁰ is above half of 10⁻³";
  sample[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(static_cast<void>(test.interval(std::span(sample).first(11))), std::invalid_argument);
}

/// Noise of a run of blocks, Cauchy, partly a case's own and partly common to all, over a drift that wanders off, with
/// the coin of the block's order as its sign.
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : random_(seed) {}
  void next_block() {
    sign_ = (random_() & 1) != 0 ? 1 : -1;
    drift_ += 0.0005 * normal_(random_);
    common_ = 0.001 * cauchy_(random_);
  }
  double of_case() { return sign_ * (drift_ + common_ + 0.01 * cauchy_(random_)); }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::cauchy_distribution<double> cauchy_;
  double sign_ = 1, drift_ = 0, common_ = 0;
};

PairedChanges simulate(const std::vector<double>& theta, const statistics::ChangeSettings& settings, std::size_t blocks,
                       const std::function<double(bool)>& noise) {
  PairedChanges changes(theta.size(), settings);
  for (std::size_t block = 0; block < blocks && !changes.open_cases().empty(); ++block) {
    bool first = true;
    for (const std::size_t i : changes.open_cases()) changes.add(i, theta[i] + noise(std::exchange(first, false)));
    changes.look();
  }
  return changes;
}

std::size_t runs_with(Change word, double theta, std::size_t runs, const statistics::ChangeSettings& rates) {
  std::size_t found = 0;
  for (std::size_t run = 0; run < runs; ++run) {
    Noise noise(settings().seed * 1'000'003 + run);
    const auto draw = [&noise](bool new_block) {
      if (new_block) noise.next_block();
      return noise.of_case();
    };
    const PairedChanges changes = simulate(std::vector<double>(8, theta), rates, 150, draw);
    found += std::ranges::count(changes.cases(), word, &statistics::CaseChange::change) > 0;
  }
  return found;
}

// At the very edge of the band, the worst case: no word is wrong anywhere among the cases more often than stated.
// Seen to fail without Holm's divisor, without the spending over looks, and when a suspicion confirms itself.
TEST(PairedChanges, FamilyWiseErrorRatesHold) {
  const auto runs = static_cast<std::size_t>(1000 / settings().effect_scale);
  const statistics::ChangeSettings rates{.alpha = 0.04, .min_effect = 0.02};
  const double edge = std::log(1.02);
  EXPECT_TRUE(at_most(runs_with(Change::slower, edge, runs, rates), runs, rates.alpha));
  EXPECT_TRUE(at_most(runs_with(Change::faster, -edge, runs, rates), runs, rates.alpha));
  EXPECT_TRUE(at_most(runs_with(Change::same, std::nextafter(edge, 1.0), runs, rates), runs, std::sqrt(rates.alpha)));
}

// With every observation beyond the band a word comes at the first block at which it can, and not before.
TEST(PairedChanges, TheFewestObservationsOfAWord) {
  for (const double alpha : {1e-6, 0.01, 0.2}) {
    for (const std::size_t n_cases : {1, 8, 40}) {
      const statistics::ChangeSettings rates{.alpha = alpha, .min_effect = 0.02};
      PairedChanges changes(n_cases, rates);
      std::size_t blocks = 0;
      for (; !changes.cases()[0].decided(); ++blocks) {
        for (const std::size_t i : changes.open_cases()) changes.add(i, i == 0 ? 1 : blocks % 2 == 0 ? -1 : 1);
        changes.look();
      }
      EXPECT_EQ(changes.cases()[0].change, Change::slower);
      EXPECT_EQ(blocks, statistics::least_observations(n_cases, rates)) << alpha << ' ' << n_cases;
    }
  }
  EXPECT_EQ(statistics::least_observations(40, {}), 28u);
}

// One case of forty is slower by 5 % under noise of 1 %: it is named, and no other. The sign test misses a shift of
// 3 standard deviations only if a coin of 0.13 % shows often: far less than once in the runs.
TEST(PairedChanges, FindTheOneThatChanged) {
  std::mt19937_64 random(settings().seed);
  std::normal_distribution<double> normal(0, 0.006);
  for (const auto& [shift, word] : {std::pair{std::log(1.05), Change::slower}, {-std::log(1.05), Change::faster}}) {
    for (int run = 0; run < 50; ++run) {
      std::vector<double> theta(40, 0.0);
      theta[17] = shift;
      const PairedChanges changes = simulate(theta, {}, 200, [&](bool) { return normal(random); });
      for (std::size_t i = 0; i < theta.size(); ++i) {
        EXPECT_EQ(changes.cases()[i].change, i == 17 ? word : Change::same) << i;
      }
      EXPECT_GE(changes.cases()[17].confirming.size(), 11u) << "confirmed though 2⁻ⁿ is above half of 10⁻³";
    }
  }
}

// What the first observations show is not enough: fresh ones must show it again.
TEST(PairedChanges, ASuspicionIsRefutedByFreshObservations) {
  PairedChanges changes(1, {});
  for (int block = 0; block < 100 && !changes.open_cases().empty(); ++block) {
    changes.add(0, (changes.cases()[0].suspected == Change::unresolved ? 0.1 : 0.001) + 1e-5 * block);
    changes.look();
  }
  const statistics::CaseChange& c = changes.cases()[0];
  EXPECT_EQ(c.suspected, Change::slower);
  EXPECT_TRUE(c.refuted);
  EXPECT_EQ(c.change, Change::unresolved);
  EXPECT_LT(c.interval->high, std::log(1.02));
  EXPECT_EQ(&c.judged(), &c.confirming);
}

TEST(PairedChanges, WordsStandForTheInterval) {
  const auto after = [](double center, double spread) {
    PairedChanges changes(1, {});
    for (int block = 0; block < 972 && !changes.open_cases().empty(); ++block) {
      changes.add(0, center + spread * (block % 7 - 3) / 3);
      changes.look();
    }
    return changes.cases()[0].change;
  };
  EXPECT_EQ(after(0.0, 0.019), Change::same);
  EXPECT_EQ(after(0.015, 0.004), Change::same);
  EXPECT_EQ(after(0.025, 0.004), Change::slower);
  EXPECT_EQ(after(-0.025, 0.004), Change::faster);
  EXPECT_EQ(after(std::log(1.02), 0.004), Change::unresolved);
}

TEST(PairedChanges, RefuseWhatIsNoRatio) {
  EXPECT_THROW(PairedChanges(1, {.alpha = 0.25, .min_effect = 0.02}), std::invalid_argument);
  EXPECT_THROW(PairedChanges(1, {.alpha = 0, .min_effect = 0.02}), std::invalid_argument);
  EXPECT_THROW(PairedChanges(1, {.alpha = 1e-6, .min_effect = 0}), std::invalid_argument);
  PairedChanges changes(1, {});
  EXPECT_THROW(changes.add(0, std::numeric_limits<double>::infinity()), std::invalid_argument);
  EXPECT_THROW(changes.add(1, 0.0), std::invalid_argument);
  EXPECT_TRUE(PairedChanges(0, {}).open_cases().empty());
}

}  // namespace
}  // namespace sqrtn::verify
