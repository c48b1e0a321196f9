#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "experiment/notebooks/cells.hpp"
#include "sqrtn/laws/chain.hpp"

/// Notebook 000: a hundred layers of 512 units, new weights in each.
namespace sqrtn::experiment::notebooks {
namespace {

constexpr std::size_t width = 512, depth = 100;
constexpr std::size_t null_runs = 2000;

Chain chain_of(init::Law law, double variance, const char* activation) {
  Chain chain;
  chain.width = width;
  chain.depth = depth;
  chain.weights = {law, variance};
  chain.activation = &init::find_activation(activation);
  return chain;
}

std::string describe(const Chain& chain) {
  return fmt::format("x = {}, {} fresh {} × {} layers, {} weights of variance {}",
                     chain.activation->name == "identity" ? "W x" : fmt::format("{}(W x)", chain.activation->name),
                     chain.depth, chain.width, chain.width, to_string(chain.weights.law),
                     show_variance(chain.weights.variance));
}

std::vector<LayerState> run_one(const Chain& chain, const blas::Functions& blas, const NotebookSettings& settings,
                                const std::string& id) {
  return run_chains<float>(chain, blas, stream_for(settings, id), 1, 1)[0];
}

/// ln of the mean square of the output's entries, and of the square of their mean: given x before the
/// last layer the outputs are iid N(0, σ²‖x‖²).
laws::LogSum last_layer(double variance, double dof) {
  laws::LogSum law = laws::normal_input(width).add_chi_squared(width, depth - 1).add_chi_squared(dof);
  return law.add(depth * std::log(variance));
}

/// Linear and Gaussian: mean and centred deviation follow exact laws.
std::vector<Finding> linear(const std::string& id, double variance, const char* mean, const char* stddev,
                            const blas::Functions& blas, const NotebookSettings& settings) {
  const Chain chain = chain_of(init::Law::normal, variance, "identity");
  const LayerState end = run_one(chain, blas, settings, id).back();
  const std::string what = describe(chain);
  return {number(id + "/mean", what, "±√(Π σ²χ²(n))·|N(0,1)|/√n",
                 laws::symmetric_root(last_layer(variance, 1).add(-std::log(width))), mean, end.mean),
          number(id + "/std", what, "√(Π σ²χ²(n)·χ²(n−1)/(n−1))",
                 laws::root(last_layer(variance, width - 1).add(-std::log(width - 1))), stddev, end.stddev)};
}

/// Other activations or weights: the law of one row, simulated without matrices.
std::vector<Finding> nonlinear(const std::string& id, const Chain& chain, const char* mean, const char* stddev,
                               const blas::Functions& blas, const NotebookSettings& settings) {
  const LayerState end = run_one(chain, blas, settings, id).back();
  std::vector<double> means;
  statistics::Moments log_deviations;
  for (const auto& run : simulate_field(chain, stream_for(settings, id + "/null"), null_runs, 1)) {
    means.push_back(run.back().mean);
    log_deviations.add(std::log(run.back().stddev));
  }
  const std::string what = describe(chain);
  const char* law = chain.weights.law == init::Law::normal ? "given x, W x ~ N(0, σ²‖x‖²): exact"
                                                           : "given x, W x ~ N(0, σ²‖x‖²): to order 1/n";
  return {number(id + "/mean", what, law, laws::next_of(std::move(means)), mean, end.mean),
          number(id + "/std", what, law, laws::exponential(laws::next_normal(log_deviations)), stddev, end.stddev)};
}

std::vector<Finding> explosion(const std::string& id, const blas::Functions& blas, const NotebookSettings& settings) {
  const Chain chain = chain_of(init::Law::normal, 1, "identity");
  const LayerState end = run_one(chain, blas, settings, id).back();
  const double none = laws::first_overflow(width, depth, 1, false, laws::float_overflow).back();
  const std::string what = describe(chain), law = "an entry beyond 3.4e38: log₁₀ RMS grows 1.3546 a layer";
  return {event(id + "/mean", what, law, 1 - none, "nan", std::isnan(end.mean), show(end.mean)),
          event(id + "/std", what, law, 1 - none, "nan", std::isnan(end.stddev), show(end.stddev))};
}

std::vector<Finding> first_nan(const std::string& id, const blas::Functions& blas, const NotebookSettings& settings) {
  const Chain chain = chain_of(init::Law::normal, 1, "identity");
  const auto states = run_one(chain, blas, settings, id);
  std::size_t layer = 0;
  while (layer + 1 < states.size() && states[layer + 1].finite) ++layer;
  return {number(id + "/layer", describe(chain), "first layer with an entry beyond 3.4e38",
                 laws::counts(0, laws::first_overflow(width, depth, 1, false, laws::float_overflow),
                              "exact to 0.02 layers, as partial sums may overflow first"),
                 "27", static_cast<double>(layer))};
}

std::vector<Finding> collapse(const std::string& id, const blas::Functions& blas, const NotebookSettings& settings) {
  const Chain chain = chain_of(init::Law::normal, 1e-4, "identity");
  const LayerState end = run_one(chain, blas, settings, id).back();
  const double none = laws::first_vanishing(width, depth, 1e-4, false, laws::float_underflow).back();
  const std::string what = describe(chain), law = "all entries below 2⁻¹⁵⁰: the RMS falls by 0.2263 a layer";
  return {event(id + "/mean", what, law, 1 - none, "0.", end.mean == 0, show(end.mean)),
          event(id + "/std", what, law, 1 - none, "0.", end.stddev == 0, show(end.stddev))};
}

}  // namespace

void add_fresh_chains(Experiments& all) {
  using Run = std::vector<Finding> (*)(const std::string&, const blas::Functions&, const NotebookSettings&);
  const auto add = [&](const std::string& id, std::vector<std::string> quantities, double cost, Run run) {
    for (std::string& quantity : quantities) quantity = id + "/" + quantity;
    all.push_back({std::move(quantities), cost,
                   [id, run](const auto& blas, const auto& settings) { return run(id, blas, settings); }});
  };
  add("000/in02", {"mean", "std"}, 0.03, explosion);
  add("000/in03", {"layer"}, 0.03, first_nan);
  add("000/in04", {"mean", "std"}, 0.05, collapse);
  add("000/in11", {"mean", "std"}, 0.03, [](const std::string& id, const auto& blas, const auto& settings) {
    return linear(id, 1.0 / width, "0.0508", "0.5467", blas, settings);
  });
  add("000/in13", {"mean", "std"}, 2, [](const std::string& id, const auto& blas, const auto& settings) {
    const Chain chain = chain_of(init::Law::normal, 1.0 / width, "tanh");
    return nonlinear(id, chain, "0.0004", "0.0535", blas, settings);
  });
  add("000/in14", {"mean", "std"}, 2, [](const std::string& id, const auto& blas, const auto& settings) {
    const Chain chain = chain_of(init::Law::uniform, 1.0 / width / 3, "tanh");
    return nonlinear(id, chain, "2.1927e-26", "9.6142e-25", blas, settings);
  });
  add("000/in15", {"mean", "std"}, 2, [](const std::string& id, const auto& blas, const auto& settings) {
    const Chain chain = chain_of(init::Law::uniform, 1.0 / width, "tanh");
    return nonlinear(id, chain, "0.0018", "0.0651", blas, settings);
  });
  add("000/in20", {"mean", "std"}, 0.5, [](const std::string& id, const auto& blas, const auto& settings) {
    const Chain chain = chain_of(init::Law::normal, 2.0 / width, "relu");
    return nonlinear(id, chain, "0.3962", "0.5374", blas, settings);
  });
  add("000/in21", {"mean", "std"}, 0.5, [](const std::string& id, const auto& blas, const auto& settings) {
    const Chain chain = chain_of(init::Law::uniform, 1.0 / width, "relu");
    return nonlinear(id, chain, "3.4718e-16", "4.9262e-16", blas, settings);
  });
}

}  // namespace sqrtn::experiment::notebooks
