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

std::vector<Finding> run(const Average& row, const blas::Functions& blas, const NotebookSettings& settings) {
  const std::size_t repetitions = std::max(row.repetitions, settings.repetitions), n = row.n;
  const double count = static_cast<double>(repetitions), variance = row.variance;
  const LayerExperiment layer{n, n, {init::Law::normal, variance}, Direction::forward, row.rectified};
  const LayerSums sums = run_layer<float>(layer, blas, stream_for(settings, row.cell), repetitions, 1);

  const char* basis = "central limit theorem";
  const std::string what =
      fmt::format("{} × y = {}W x{}, {} × {}, Var W = {}", repetitions, row.rectified ? "max(0, " : "",
                  row.rectified ? ")" : "", n, n, show_variance(variance));
  const laws::Prediction mean =
      row.rectified ? laws::normal(laws::rectified_mean(n, variance),
                                   std::sqrt(laws::rectified_mean_variance(n, n, variance) / count), basis)
                    : laws::normal(0, std::sqrt(laws::linear_mean_variance(n, n, variance) / count), basis);
  const laws::Prediction square =
      row.rectified ? laws::normal(laws::rectified_mean_square(n, variance),
                                   std::sqrt(laws::rectified_mean_square_variance(n, n, variance) / count), basis)
                    : laws::normal(laws::linear_mean_square(n, variance),
                                   std::sqrt(laws::linear_mean_square_variance(n, n, variance) / count), basis);
  const double mean_square = *sums.mean_square.mean();
  const std::string id = row.cell;
  return {
      number(id + "/mean", what, row.rectified ? "E y = σE‖x‖/√(2π)" : "E y = 0", mean, row.mean, *sums.mean.mean()),
      number(id + (row.root ? "/rms" : "/mean_square"), what,
             row.root ? (row.rectified ? "√(nσ²/2)" : "σ√n") : (row.rectified ? "nσ²/2" : "nσ²"),
             row.root ? laws::square_root(square) : square, row.square,
             row.root ? std::sqrt(mean_square) : mean_square)};
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
