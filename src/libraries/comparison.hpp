#pragma once

#include <string>
#include <vector>

#include "bench.hpp"
#include "libraries/judge.hpp"
#include "libraries/timing.hpp"
#include "report/libraries.hpp"

/// Several libraries judged and timed side by side, each in children of its own.
namespace sqrtn::libraries {

struct ComparisonOptions {
  claims::Settings settings;
  std::string filter;                              ///< of the measurements
  std::vector<bench::AskedProduct> products = {};  ///< of one's own, timed in place of those that are built in
};

class Comparison {
 public:
  /// The first of them is the default: it is judged by all claims that use a BLAS, the others by those about
  /// products, and ratios refer to it.
  Comparison(const std::vector<Candidate>& backends, ComparisonOptions options);

  void judge(const std::vector<claims::Claim>& claims);
  /// All measurements, by the default library; empty if it did not survive them.
  std::vector<results::Measurement> measure_default();
  /// Deep chains of three initialisers, one that explodes, one that vanishes and one that holds, by the default
  /// library.
  std::vector<results::ChainRecord> propagate_default();
  /// Rounds over all libraries that answered; none for one library alone.
  void time();

  [[nodiscard]] const Judged& default_judged() const;
  /// `document`: whose ceilings and provenance the report takes.
  [[nodiscard]] results::Libraries report(const results::Document& document) const;

 private:
  class Tally;
  /// In which each adds, of one gemm.
  void read_orders();
  void judge_library(std::size_t library, const std::vector<claims::Claim>& claims, bool properties, Tally& tally);
  /// What the default library answered; what went wrong is an incident of it, "… in `what`".
  Answer ask_default(std::vector<std::string> words, double limit_s, const std::string& what);

  const std::vector<Candidate>& backends_;
  ComparisonOptions options_;
  std::vector<Judged> judged_;
  TimedRounds timed_;
  std::vector<results::LibraryOrder> orders_;
};

/// A third party's defect is a finding of a run, not its failure: the claims about products count only if it is
/// `strict`, and those that go through them (layers, networks, chains) only if the products are right.
/// Returns: pass, fail or inconclusive.
claims::Verdict verdict_of_run(std::vector<claims::Result> results, const results::Libraries& libraries, bool strict);

}  // namespace sqrtn::libraries
