#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "sqrtn/statistics/moments.hpp"

namespace sqrtn::verify {
namespace {

using statistics::Moments;

/// `first`, then `n_pairs` times `low` and `high`.
std::vector<double> alternating(double first, double low, double high, int n_pairs) {
  std::vector<double> data{first};
  for (int i = 0; i < n_pairs; ++i) data.insert(data.end(), {low, high});
  return data;
}

/// Michelson's speed of light in air of 1879, (km/s − 299,000), NIST StRD.
const std::vector<double> michelson = {
    850, 740, 900, 1070, 930, 850, 950, 980, 980, 880, 1000, 980, 930, 650, 760, 810, 1000, 1000, 960, 960,
    960, 940, 960, 940,  880, 800, 850, 880, 900, 840, 830,  790, 810, 880, 880, 830, 800,  790,  760, 800,
    880, 880, 880, 860,  720, 720, 620, 860, 970, 950, 880,  910, 850, 870, 840, 840, 850,  840,  840, 840,
    890, 810, 810, 820,  800, 770, 760, 740, 750, 760, 910,  920, 890, 860, 880, 720, 840,  850,  850, 780,
    890, 840, 780, 810,  760, 810, 790, 810, 820, 850, 870,  870, 810, 740, 810, 940, 950,  800,  810, 870};

/// Certified mean and standard deviation: NIST Statistical Reference Datasets, univariate.
/// `digits` are those that double-precision data can keep: the tenths of NumAcc3 and 4 are rounded.
struct Certified {
  const char* name;
  std::vector<double> data;
  double mean, stddev, digits;
};
const std::vector<Certified> certified = {
    {"NumAcc1", {10000001, 10000003, 10000002}, 10000002, 1, 15},
    {"NumAcc2", alternating(1.2, 1.1, 1.3, 500), 1.2, 0.1, 14},
    {"NumAcc3", alternating(1000000.2, 1000000.1, 1000000.3, 500), 1000000.2, 0.1, 9},
    {"NumAcc4", alternating(10000000.2, 10000000.1, 10000000.3, 500), 10000000.2, 0.1, 8},
    {"Michelson", michelson, 852.4, 79.0105478190518, 14},
};

double digits(double observed, double expected) { return -std::log10(std::fabs(observed - expected) / expected); }

using MeanAndDeviation = std::function<std::pair<double, double>(const std::vector<double>&)>;

testing::AssertionResult matches_certified(const MeanAndDeviation& estimate) {
  for (const Certified& row : certified) {
    const auto [mean, stddev] = estimate(row.data);
    if (!(digits(mean, row.mean) >= row.digits) || !(digits(stddev, row.stddev) >= row.digits)) {
      return testing::AssertionFailure() << row.name << ": mean " << mean << ", deviation " << stddev;
    }
  }
  return testing::AssertionSuccess();
}

TEST(Moments, ReproduceTheCertifiedDatasets) {
  EXPECT_TRUE(matches_certified([](const std::vector<double>& data) {
    const Moments moments = Moments::of<double>(data);
    return std::pair(*moments.mean(), std::sqrt(*moments.unbiased_variance()));
  }));
  EXPECT_TRUE(matches_certified([](const std::vector<double>& data) {
    Moments moments;
    for (const double x : data) moments.add(x);
    return std::pair(*moments.mean(), std::sqrt(*moments.unbiased_variance()));
  }));
}

TEST(Moments, CertifiedDatasetsCatchPlantedFaults) {
  EXPECT_FALSE(matches_certified([](const std::vector<double>& data) {
    double sum = 0, squares = 0;
    for (const double x : data) sum += x, squares += x * x;
    const double n = static_cast<double>(data.size());
    return std::pair(sum / n, std::sqrt((squares - sum * sum / n) / (n - 1)));
  })) << "one pass over raw squares";
  EXPECT_FALSE(matches_certified([](const std::vector<double>& data) {
    const Moments moments = Moments::of<double>(data);
    return std::pair(*moments.mean(), std::sqrt(*moments.variance()));
  })) << "n for n - 1";
  EXPECT_FALSE(matches_certified([](const std::vector<double>& data) {
    const Moments moments = Moments::of<double>(data);
    return std::pair(*moments.mean(), *moments.unbiased_variance());
  })) << "variance for the deviation";
}

/// −1 three times as often as +3: mean 0, variance 3, m₃ = 6, m₄ = 21, by hand.
std::vector<double> skewed(std::size_t n, double offset, bool sorted) {
  std::vector<double> data(n);
  for (std::size_t i = 0; i < n; ++i) data[i] = offset + ((sorted ? 4 * i < 3 * n : i % 4 != 3) ? -1 : 3);
  return data;
}

void expect_skewed(const Moments& moments, std::size_t n, double offset, double tolerance = 1e-14) {
  EXPECT_EQ(moments.count(), n);
  EXPECT_NEAR(*moments.mean(), offset, 1e-15 * offset + 1e-15);
  EXPECT_NEAR(*moments.variance(), 3, 3 * tolerance);
  EXPECT_NEAR(*moments.skewness(), 6 / std::pow(3, 1.5), 2.2 * tolerance);
  EXPECT_NEAR(*moments.kurtosis(), 21.0 / 9, 2.4 * tolerance);
  EXPECT_NEAR(moments.central_sum(4) / static_cast<double>(n), 21, 21 * tolerance);
  EXPECT_NEAR(*moments.mean_square(), offset * offset + 3, 1e-15 * offset * offset + 3 * tolerance);
}

TEST(Moments, PartsMergeToTheWhole) {
  constexpr std::size_t n = 100'000;
  for (const double offset : {0.0, 1e9}) {
    for (const bool sorted : {false, true}) {
      const std::vector<double> data = skewed(n, offset, sorted);
      expect_skewed(Moments::of<double>(data), n, offset);
      Moments one_by_one;
      for (const double x : data) one_by_one.add(x);
      expect_skewed(one_by_one, n, offset, 1e-11);  // a chain of n merges, not a tree
      for (const std::vector<std::size_t>& sizes : {std::vector<std::size_t>{1, 2, 4095, 4096, 4097, 8191},
                                                    std::vector<std::size_t>{50'000}, std::vector<std::size_t>{0}}) {
        Moments merged;
        std::size_t begin = 0;
        for (const std::size_t size : sizes) {
          merged.merge(Moments::of(std::span<const double>(data).subspan(begin, size)));
          begin += size;
        }
        merged.merge(Moments::of(std::span<const double>(data).subspan(begin)));
        expect_skewed(merged, n, offset);
      }
    }
  }
}

TEST(Moments, TakeFloatsAsTheyAre) {
  const std::vector<float> data{16777213, 16777215, 16777214};
  EXPECT_EQ(*Moments::of<float>(data).mean(), 16777214);
  EXPECT_EQ(*Moments::of<float>(data).unbiased_variance(), 1);
}

TEST(Moments, AreEmptyWhereTheyMeanNothing) {
  const Moments empty = Moments::of(std::span<const double>());
  EXPECT_FALSE(empty.mean() || empty.variance() || empty.unbiased_variance() || empty.skewness() || empty.kurtosis() ||
               empty.mean_square());
  EXPECT_EQ(empty.central_sum(2), 0);
  Moments one;
  one.add(7);
  one.merge(empty);
  Moments from_empty;
  from_empty.merge(one);
  for (const Moments& moments : {one, from_empty}) {
    EXPECT_EQ(moments.count(), 1u);
    EXPECT_EQ(*moments.mean(), 7);
    EXPECT_EQ(*moments.variance(), 0);
    EXPECT_FALSE(moments.unbiased_variance() || moments.skewness() || moments.kurtosis());
  }
  const std::vector<double> constant(10'001, 0.1);
  EXPECT_EQ(*Moments::of<double>(constant).mean(), 0.1);
  EXPECT_EQ(*Moments::of<double>(constant).variance(), 0);
  EXPECT_FALSE(Moments::of<double>(constant).kurtosis());
  EXPECT_THROW(static_cast<void>(empty.central_sum(1)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(empty.central_sum(5)), std::invalid_argument);
}

TEST(Moments, ShowWhatIsNotFinite) {
  for (const double poison : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    Moments alone;
    alone.add(poison);
    EXPECT_TRUE(std::isnan(*alone.variance()));
    std::vector<double> data(10'000, 1);
    data[5000] = poison;
    EXPECT_TRUE(std::isnan(*Moments::of<double>(data).variance()));
    Moments one_by_one;
    for (const double x : data) one_by_one.add(x);
    EXPECT_TRUE(std::isnan(*one_by_one.variance()));
  }
}

}  // namespace
}  // namespace sqrtn::verify
