#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sqrtn/blas/functions.hpp"
#include "sqrtn/statistics/hypothesis.hpp"

/// The experiments of the five source notebooks, each printed number beside its law.
namespace sqrtn::experiment {

/// One printed number, what its law says of it, and our own value of it.
struct Finding {
  std::string id;                 ///< "000/in5/rms": notebook, cell, quantity
  std::string experiment;         ///< "10,000 times y = W x, 512 × 512, N(0,1)"
  std::string law;                ///< "√(E S = nσ²), Var S = …", with what it rests on
  std::string basis;              ///< "exact", "central limit theorem", "1000 simulated runs"
  std::string published;          ///< as printed; empty: the notebook left it open
  std::string expected;           ///< the law's median, or the probability of the event
  statistics::Interval interval;  ///< the law's central 99 %, for the notebook's repetitions
  std::string value;              ///< ours
  double p_published = 1;         ///< two-sided, of the nearest number that prints like the published one; 1 if open
  double p_value = 1;             ///< of ours; never below what a simulated law can tell
  std::string note;               ///< what else there is to say, in words

  /// Below 1e-3: among a hundred and some printed numbers one such is seldom chance.
  [[nodiscard]] bool published_improbable() const { return p_published < 1e-3; }
  /// The error rate of every claim, 1e-9: ours contradicts the law. A simulated law cannot say so.
  [[nodiscard]] bool contradicted() const { return p_value < 1e-9; }
};

/// "agrees", "published value improbable", "ours contradicts the law", or both of the last.
std::string verdict(const Finding& finding);

struct NotebookSettings {
  std::uint64_t seed = 1;
  unsigned threads = 0;         ///< 0: all available; changes no bit
  std::size_t repetitions = 0;  ///< at least so many in every averaged experiment; 0: the notebook's
};

/// A cell, or several that share their draws.
struct NotebookExperiment {
  std::vector<std::string> ids;  ///< of its findings
  double cost = 1;               ///< seconds on one core, about; long ones start first
  std::function<std::vector<Finding>(const blas::Functions&, const NotebookSettings&)> run;
};

/// In the order of the notebooks.
std::vector<NotebookExperiment> notebook_experiments();

/// Runs the experiments side by side on the threads of the settings; `done` hears the share that has
/// ended. The library should be set to one thread. Findings in the order of the notebooks.
std::vector<Finding> reproduce(const std::vector<NotebookExperiment>& experiments, const blas::Functions& blas,
                               const NotebookSettings& settings, const std::function<void(double)>& done = {});

}  // namespace sqrtn::experiment
