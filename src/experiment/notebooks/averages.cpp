#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "experiment/notebooks/cells.hpp"
#include "sqrtn/laws/linear.hpp"
#include "sqrtn/laws/rectified.hpp"

/// The loops that average one layer over many draws.
namespace sqrtn::experiment::notebooks {
namespace {

/// y = W x, W and x fresh each time, and what the cell printed of it.
struct Average {
  const char* cell;
  std::size_t n;    ///< fan_in = fan_out
  double variance;  ///< of the Gaussian weights
  bool rectified;
  std::size_t repetitions;
  const char* mean;    ///< published mean of y
  const char* square;  ///< published mean square of y, or its root
  bool root;
};

const Average averages[] = {
    {"000/in05", 512, 1, false, 10'000, "-0.013727493983134628", "22.643891870461175", true},
    {"000/in07", 1, 1, false, 10'000, "-0.013396202174478936", "1.0040449287803521", true},
    {"000/in08", 1, 1.0 / 512, false, 10'000, "-0.00015903993283615138", "0.0019520228149370736", false},
    {"000/in10", 512, 1.0 / 512, false, 10'000, "-0.0004002824828145094", "1.0005287594472172", true},
    {"000/in17", 512, 1, true, 10'000, "9.040104362583161", "16.02591488882887", true},
    {"000/in19", 512, 2.0 / 512, true, 10'000, "0.564910521799326", "1.0013181406520248", true},
    {"001/in159", 512, 1, false, 100, "-0.03923895612359047", "506.34834381103514", false},
    {"001/in160", 512, 1.0 / 512, false, 100, "0.0024990265956148505", "1.0058455669879913", false},
    {"001/in161", 512, 2.0 / 512, true, 100, "0.5725732117891311", "1.0228411120176315", false},
    {"003/cell17", 512, 1, false, 100, "0.01184942677617073", "516.7942666625977", false},
    {"003/cell18", 1, 1, false, 10'000, "0.013266791818584533", "0.9896199178691623", false},
    {"003/cell19", 1, 1, true, 10'000, "0.313308998029304", "0.4902977162997965", false},
    {"003/cell20", 512, 1, true, 100, "9.005213165283203", "257.3701454162598", false},
    {"003/cell21", 512, 2.0 / 512, true, 100, "0.5643280637264252", "1.0055165421962737", false},
};

/// The laws of the averages over so many repetitions.
struct Laws {
  laws::Prediction mean, square;
};

Laws laws_of(const Average& row, std::size_t repetitions) {
  const double count = static_cast<double>(repetitions), variance = row.variance;
  const std::size_t n = row.n;
  // The square of a single product has a heavy tail (skewness 8.8): beyond 6σ up to 50 times the normal's.
  const char* basis = n == 1 ? "central limit theorem, far tails within a factor 50" : "central limit theorem";
  laws::Prediction square =
      row.rectified ? laws::normal(laws::rectified_mean_square(n, variance),
                                   std::sqrt(laws::rectified_mean_square_variance(n, n, variance) / count), basis)
                    : laws::normal(laws::linear_mean_square(n, variance),
                                   std::sqrt(laws::linear_mean_square_variance(n, n, variance) / count), basis);
  if (row.root) square = laws::square_root(std::move(square));
  if (!row.rectified) {
    return {laws::normal(0, std::sqrt(laws::linear_mean_variance(n, n, variance) / count), basis), std::move(square)};
  }
  return {laws::normal(laws::rectified_mean(n, variance),
                       std::sqrt(laws::rectified_mean_variance(n, n, variance) / count), basis),
          std::move(square)};
}

std::vector<Finding> run(const Average& row, const blas::Functions& blas, const NotebookSettings& settings) {
  const std::size_t repetitions = std::max(row.repetitions, settings.repetitions);
  const LayerExperiment layer{row.n, row.n, {init::Law::normal, row.variance}, Direction::forward, row.rectified};
  const LayerSums sums = run_layer<float>(layer, blas, stream_for(settings, row.cell), repetitions, 1);
  const Laws published = laws_of(row, row.repetitions), ours = laws_of(row, repetitions);
  const double mean = *sums.mean.mean(), mean_square = *sums.mean_square.mean();
  const double square = row.root ? std::sqrt(mean_square) : mean_square;
  const std::string more = repetitions > row.repetitions ? fmt::format(" (ours {})", repetitions) : "";
  const std::string what =
      fmt::format("{}{} × y = {}, {} × {}, Var W = {}", row.repetitions, more, row.rectified ? "max(0, W x)" : "W x",
                  row.n, row.n, show_variance(row.variance));
  const std::string id = row.cell;
  const char* law = row.root ? (row.rectified ? "√(nσ²/2)" : "σ√n") : (row.rectified ? "nσ²/2" : "nσ²");
  std::vector<Finding> findings{
      number(id + "/mean", what, row.rectified ? "E y = σE‖x‖/√(2π)" : "E y = 0", published.mean, row.mean, mean),
      number(id + (row.root ? "/rms" : "/mean_square"), what, law, published.square, row.square, square)};
  findings[0].p_value = ours.mean.p_value(mean);
  findings[1].p_value = ours.square.p_value(square);
  return findings;
}

}  // namespace

void add_averages(Experiments& all) {
  for (const Average& row : averages) {
    const std::string id = row.cell;
    all.push_back(
        {{id + "/mean", id + (row.root ? "/rms" : "/mean_square")},
         3e-10 * static_cast<double>(row.repetitions * row.n * row.n) * 4,
         [&row](const blas::Functions& blas, const NotebookSettings& settings) { return run(row, blas, settings); }});
  }
}

}  // namespace sqrtn::experiment::notebooks
