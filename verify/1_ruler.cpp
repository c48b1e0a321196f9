#include <gtest/gtest.h>

#include <boost/math/statistics/z_test.hpp>
#include <cmath>
#include <functional>
#include <vector>

#include "sqrtn/statistics/hypothesis.hpp"

/// p-values against tables that this project did not make. Where no other source is named, a row was
/// computed with mpmath at 50 digits, by summing or integrating the density rather than by the
/// incomplete functions that the tests use.
namespace sqrtn::verify {
namespace {

using statistics::Moments;

constexpr double alpha = 1e-9;

/// Relative, as the header of hypothesis.hpp promises.
double tolerance(double p, double n) { return p < 1e-30 ? 1e-5 : n < 1e8 ? 1e-12 : 1e-9; }

template <class Row>
using PValue = std::function<double(const Row&)>;

/// Whether p_value gives the table's p in every row.
template <class Row>
testing::AssertionResult matches(const std::vector<Row>& table, const PValue<Row>& p_value) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double p = p_value(table[i]);
    if (!(std::fabs(p - table[i].p) <= tolerance(table[i].p, table[i].n) * table[i].p)) {
      return testing::AssertionFailure() << "row " << i << ": " << p << " is not " << table[i].p;
    }
  }
  return testing::AssertionSuccess();
}

// z = ½, −6, 6.5, 12, 37; 6.5 is abs. p = erfc(|z|/√2).
struct MeanRow {
  double mean, expected, stddev, n, p;
};
const std::vector<MeanRow> mean_rows = {
    {0.5, 0, 1, 1, 0.61707507745197379},
    {-2, 1, 3, 36, 1.9731752900753963e-9},
    {10.8125, 10, 0.5, 16, 8.0320011677182356e-11},
    {0.1875, 0, 0.25, 256, 3.5529642241553580e-33},
    {37, 0, 1, 1, 1.1451142445049154e-299},
};

double mean_p_value(const MeanRow& row, double stddev) {
  return statistics::normal_mean_test(row.mean, row.expected, stddev, static_cast<std::size_t>(row.n), alpha)->p_value;
}

TEST(Ruler, NormalMean) {
  EXPECT_TRUE(matches<MeanRow>(mean_rows, [](const MeanRow& row) { return mean_p_value(row, row.stddev); }));
}

TEST(Ruler, NormalMeanCatchesPlantedFaults) {
  EXPECT_FALSE(matches<MeanRow>(mean_rows, [](const MeanRow& row) {
    return mean_p_value(row, row.stddev * row.stddev);
  })) << "variance for the deviation";
  EXPECT_FALSE(matches<MeanRow>(mean_rows, [](const MeanRow& row) { return mean_p_value(row, row.stddev) / 2; }))
      << "one side for two";
  EXPECT_FALSE(matches<MeanRow>(mean_rows, [](const MeanRow& row) {
    const double u = std::fabs(row.mean - row.expected) / row.stddev * std::sqrt(row.n);
    return 2 * (1 - std::erfc(-u / std::sqrt(2)) / 2);
  })) << "1 - cdf for the upper tail";
  EXPECT_FALSE(matches<MeanRow>(mean_rows, [](const MeanRow& row) {
    return boost::math::statistics::one_sample_z_test(row.mean, row.stddev * row.stddev, row.n, row.expected).second;
  })) << "Boost's own z test, so the ruler does not rest on it";
}

// The same z = 6.5 as a mean square 4·(1 + 6.5·√((κ − 1)/n)), √((κ − 1)/n) = 1/64.
struct MeanSquareRow {
  double mean_square, variance, kurtosis, n, p;
};
const std::vector<MeanSquareRow> mean_square_rows = {
    {4.40625, 4, 3, 8192, 8.0320011677182356e-11},
    {4.40625, 4, 1.5, 2048, 8.0320011677182356e-11},
    {0.90625, 1, 9, 32768, 1.9731752900753963e-9},
};

TEST(Ruler, SecondMoment) {
  const auto p_value = [](const MeanSquareRow& row, double kurtosis) {
    return statistics::second_moment_test(row.mean_square, row.variance, kurtosis, static_cast<std::size_t>(row.n),
                                          alpha)
        ->p_value;
  };
  EXPECT_TRUE(matches<MeanSquareRow>(mean_square_rows, [&](const auto& row) { return p_value(row, row.kurtosis); }));
  EXPECT_FALSE(matches<MeanSquareRow>(mean_square_rows, [&](const auto& row) { return p_value(row, 3); }))
      << "planted fault: the normal's kurtosis for every law";
}

struct StudentRow {
  double t, n, p;
};
const std::vector<StudentRow> student_rows = {
    {1e6, 2, 6.3661977236736914e-7},    {31.6, 3, 9.9994025367994705e-4},  {113, 6, 1.0293126331922192e-9},
    {8.7, 31, 1.0552051701445748e-9},   {40, 31, 1.3726045194406403e-27},  {6.1, 1000, 1.5145464576169354e-9},
    {6.5, 1e6, 8.0357543390573665e-11}, {20, 1e6, 5.7330872667708294e-89},
};

/// n draws of mean a = t·s/√n and deviation s: a ± 1 in turn, and once a if n is odd.
Moments sample_with(const StudentRow& row) {
  const bool odd = std::fmod(row.n, 2) == 1;
  const double a = row.t / std::sqrt(odd ? row.n : row.n - 1);
  Moments sample, pair;
  if (odd) sample.add(a);
  pair.add(a - 1);
  pair.add(a + 1);
  for (std::size_t pairs = static_cast<std::size_t>(row.n) / 2; pairs > 0; pairs /= 2) {
    if (pairs % 2 == 1) sample.merge(pair);
    pair.merge(pair);
  }
  return sample;
}

TEST(Ruler, StudentMean) {
  const auto p_value = [](const StudentRow& row) {
    return statistics::student_mean_test(sample_with(row), 0, alpha)->p_value;
  };
  EXPECT_TRUE(matches<StudentRow>(student_rows, p_value));
  EXPECT_FALSE(matches<StudentRow>(student_rows, [&](const StudentRow& row) {
    return p_value({row.t * std::sqrt(row.n / (row.n - 1)), row.n, row.p});
  })) << "planted fault: n for n - 1 in the deviation";
  EXPECT_FALSE(matches<StudentRow>(student_rows, [&](const StudentRow& row) {
    return std::erfc(row.t / std::sqrt(2));
  })) << "planted fault: the normal's tail";
  // NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.2.1: wafer contamination.
  Moments wafers;
  for (const double x : {50, 48, 44, 56, 61, 52, 53, 55, 67, 51}) wafers.add(x);
  EXPECT_NEAR(statistics::student_mean_test(wafers, 50, alpha)->statistic, 1.782, 0.0005);
}

struct ChiSquaredRow {
  double sum, n, p;
};
const std::vector<ChiSquaredRow> chi_squared_rows = {
    {1e-20, 1, 1.5957691216057307e-10},
    {43, 1, 1.0947972956010335e-10},
    {50, 3, 1.5978358489902942e-10},
    {0.01, 3, 5.3033011731121966e-4},
    {400, 10, 1.8826583982366952e-79},
    {200, 511, 2.2720219181143092e-38},
    {900, 511, 1.4082308195844921e-23},
    {9080, 10000, 1.9253822669395811e-11},
    {10919, 10000, 2.7198533101229231e-10},
    {14000, 10000, 3.1684387895652144e-140},
    {990807, 1e6, 7.0313076190243349e-11},
    {1014142, 1e6, 2.4317188788739790e-23},
    {99908076, 1e8, 7.9283352571708539e-11},
    {100200000, 1e8, 2.3858703978945074e-45},
    {9999080761, 1e10, 8.0215554653114453e-11},
    {10000919239, 1e10, 8.0423195792770751e-11},
    {10004242641, 1e10, 1.1144230193443172e-197},
};

TEST(Ruler, ChiSquared) {
  const auto p_value = [](double sum, double dof) { return statistics::chi_squared_test(sum, dof, alpha)->p_value; };
  EXPECT_TRUE(matches<ChiSquaredRow>(chi_squared_rows, [&](const auto& row) { return p_value(row.sum, row.n); }));
  EXPECT_FALSE(matches<ChiSquaredRow>(chi_squared_rows, [&](const auto& row) { return p_value(row.sum, row.n + 1); }))
      << "planted fault: n for n - 1 degrees of freedom";
  EXPECT_FALSE(matches<ChiSquaredRow>(chi_squared_rows, [&](const auto& row) { return p_value(row.sum, row.n) / 2; }))
      << "planted fault: one side for two";
}

struct CountRow {
  double count, n, probability, p;
};
const std::vector<CountRow> binomial_rows = {
    {9, 10, 0.5, 0.021484375},             // 22/1024
    {0, 20, 0.3, 0.00159584532595224002},  // 2·0.7²⁰
    {3, 12, 0.25, 1},
    {4, 12, 0.25, 0.70244276523590088},
    {180, 1000, 0.25, 1.4992366618158304e-7},
    {602, 1000, 0.5, 1.1848561753259906e-10},
    {397, 1000, 0.5, 7.7602939790721594e-11},
    {496750, 1e6, 0.5, 8.0843660837061429e-11},
    {2, 1e6, 0.00005, 5.0128239928762939e-19},
    {3000, 1e6, 0.0027, 1.4028692576036578e-8},
    {50032500, 1e8, 0.5, 8.0373300797555698e-11},
    {50100000, 1e8, 0.5, 5.5175654859330416e-89},
};

TEST(Ruler, Binomial) {
  const auto p_value = [](const CountRow& row) {
    return statistics::binomial_test(static_cast<std::size_t>(row.count), static_cast<std::size_t>(row.n),
                                     row.probability, alpha)
        ->p_value;
  };
  EXPECT_TRUE(matches<CountRow>(binomial_rows, p_value));
  EXPECT_FALSE(matches<CountRow>(binomial_rows, [&](const CountRow& row) {
    const double deviation = std::sqrt(row.n * row.probability * (1 - row.probability));
    return std::erfc(std::fabs(row.count - row.n * row.probability) / deviation / std::sqrt(2));
  })) << "planted fault: the normal's tail";
}

struct PoissonRow {
  double n, expected, p;
};
const std::vector<PoissonRow> poisson_rows = {
    {0, 3, 0.099574136735727886},
    {0, 25, 2.7775887729928042e-11},
    {5, 0.5, 3.4423125991168156e-4},
    {3, 40, 9.7777289303621018e-14},
    {200, 100, 1.8686300145976781e-18},
    {1000, 800, 1.1002839552358456e-11},
    {2000000, 1990000, 1.4142189523505451e-12},
    {40, 1, 9.2428916807598256e-49},
};

TEST(Ruler, Poisson) {
  const auto p_value = [](double count, double expected) {
    return statistics::poisson_test(static_cast<std::size_t>(count), expected, alpha).p_value;
  };
  EXPECT_TRUE(matches<PoissonRow>(poisson_rows, [&](const auto& row) { return p_value(row.n, row.expected); }));
  EXPECT_FALSE(matches<PoissonRow>(poisson_rows, [&](const auto& row) {
    return row.n < row.expected ? p_value(row.n, row.expected) : p_value(row.n + 1, row.expected);
  })) << "planted fault: P(X > k) for P(X >= k)";
}

// One over the largest: x = 1 − 2⁻¹³ and 1 − 2⁻³⁶, p from xⁿ by hand.
struct BetaRow {
  double x, n, b, p;
};
const std::vector<BetaRow> beta_rows = {
    {0.5, 20, 1, 0x1p-19},
    {1 - 0x1p-13, 1e6, 1, 1.9201310180171113e-53},
    {1 - 0x1p-36, 1000, 1, 2.9103830245187226e-8},
    {0.25, 0.5, 63.5, 3.2214739946426399e-9},
    {0x1p-66, 0.5, 63.5, 2.0894267917000613e-9},
};

TEST(Ruler, BetaScale) {
  const auto p_value = [](const BetaRow& row, double x) {
    return statistics::beta_scale_test(4 * x, 4, row.n, row.b, alpha).p_value;
  };
  EXPECT_TRUE(matches<BetaRow>(beta_rows, [&](const BetaRow& row) { return p_value(row, row.x); }));
  EXPECT_FALSE(matches<BetaRow>(beta_rows, [&](const BetaRow& row) { return p_value(row, row.x * row.x); }))
      << "planted fault: the variance's bound for the deviation's";
}

}  // namespace
}  // namespace sqrtn::verify
