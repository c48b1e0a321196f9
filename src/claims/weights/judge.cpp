#include "claims/weights/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sqrtn/laws/initialiser.hpp"
#include "sqrtn/statistics/design.hpp"

namespace sqrtn::claims::weights {
namespace {

using statistics::Summary;

/// Without the zeros, of which there are more than any law has: what the rest is.
Summary without_zeros(Summary s) {
  std::size_t left = s.n_zero;
  for (statistics::Cell& cell : s.cells) {
    if ((cell.pattern & 0x7fffu) != 0) continue;
    const std::size_t taken = std::min<std::size_t>(left, cell.count);
    cell.count -= taken;
    left -= taken;
  }
  std::erase_if(s.cells, [](const statistics::Cell& cell) { return cell.count == 0; });
  s.count -= s.n_zero;
  s.n_zero = 0;
  return s;
}

/// The standard error of m₄/m₂² by the delta method is √(V/n); 24 for the normal law.
double kurtosis_variance(init::Law law) {
  const double m4 = laws::standardised_moment(law, 4), m6 = laws::standardised_moment(law, 6),
               m8 = laws::standardised_moment(law, 8);
  return m8 - m4 * m4 - 4 * m4 * (m6 - m4) + 4 * m4 * m4 * (m4 - 1);
}

bool has(const std::vector<Finding>& findings, Kind kind) {
  return std::ranges::find(findings, kind, &Finding::kind) != findings.end();
}

/// Within the rounding of the gain, and of the sums that it was found by. A constant's gain may be left open.
bool has_gain(const FoundStructure& found, const std::optional<double>& gain, Dtype dtype) {
  if (found.structure == Structure::zeros || (found.structure == Structure::constant && !gain)) return true;
  const double rounding = unit_roundoff(dtype) + 0x1p-20;
  return std::abs(found.gain / gain.value_or(1) - 1) <= rounding;
}

/// One tensor on its way.
class Judging {
 public:
  Judging(const StoredTensor& tensor, const Summary& summary, double alpha)
      : tensor_(tensor), summary_(summary), alpha_(alpha / 8) {
    judged_.name = tensor.name;
    judged_.dtype = tensor.dtype;
    judged_.shape = tensor.shape;
    judged_.count = summary.count;
    judged_.effect = statistics::resolvable_variance_effect(summary.count, 3, {std::min(alpha_, 1e-9), 1e-6});
  }

  Judged run(const Expected* expected) {
    judged_.findings = find_trouble(tensor_, summary_, alpha_);
    judged_.structure = find_structure(tensor_, summary_, alpha_);
    if (summary_.n_finite() > 0) describe();
    if (judged_.structure.structure != Structure::none) {
      judged_.word = Word::structured;
      std::erase_if(judged_.findings,
                    [](const Finding& f) { return f.kind == Kind::zeros || f.kind == Kind::few_digits; });
    } else if (summary_.n_finite() > summary_.n_zero) {
      judge_values();
    }
    if (expected != nullptr) assert_rule(*expected);
    return std::move(judged_);
  }

 private:
  void describe() {
    const Sample sample(summary_, tensor_.dtype);
    judged_.mean = sample.mean();
    judged_.stddev = sample.root_mean_square();
    judged_.kurtosis = sample.kurtosis();
  }

  void judge_values() {
    const bool with_zeros = has(judged_.findings, Kind::zeros);
    const Sample sample(with_zeros ? without_zeros(summary_) : summary_, tensor_.dtype);
    for (const LawFit& law : fit_laws(sample, alpha_)) {
      if (law.holds()) {
        judged_.laws.push_back({law, {}});
      } else {
        judged_.rejected.push_back(law);
      }
    }
    if (judged_.laws.empty()) find_other_origin(sample);
    describe_departure(sample);
    if (!with_zeros) judge_lines();
    find_rules();
    set_word();
  }

  void find_other_origin(const Sample& sample) {
    if (std::optional<Finding> wrong = find_wrong_type(tensor_, alpha_)) {
      std::erase_if(judged_.findings, [](const Finding& f) { return f.kind == Kind::uninitialised; });
      judged_.findings.push_back(std::move(*wrong));
      return;
    }
    if (sample.size() < 16) return;
    for (const init::Law law : {init::Law::uniform, init::Law::normal}) {
      const LocatedFit fit = fit_located(sample, law, alpha_);
      if (!fit.holds || judged_.located) continue;
      judged_.located = fit;
      if (law == init::Law::uniform && fit.low.contains(0) && fit.high.contains(1) && sample.maximum() >= 1) {
        judged_.findings.push_back(
            {Kind::excluded_end, fmt::format("a uniform law on [0, 1) that returned {}", sample.maximum()), 0});
      }
    }
  }

  void describe_departure(const Sample& sample) {
    const init::Law law = judged_.laws.empty() ? init::Law::normal : judged_.laws.front().law.law;
    const double kappa = laws::kurtosis(law), n = static_cast<double>(sample.size());
    judged_.kurtosis_errors = (sample.kurtosis() - kappa) / std::sqrt(kurtosis_variance(law) / n);
    judged_.row_errors = norm_errors(summary_.rows, summary_.row_length, kappa);
    judged_.column_errors = norm_errors(summary_.columns, summary_.rows.size(), kappa);
  }

  void add(std::vector<Finding> findings) { std::ranges::move(findings, std::back_inserter(judged_.findings)); }

  void judge_lines() {
    add(find_equal_lines(tensor_, summary_, alpha_));
    // Repeated lines depend on each other, which has been said.
    if (judged_.laws.size() != 1 || has(judged_.findings, Kind::equal_lines)) return;
    judge_dependence(judged_.laws.front().law);
  }

  void judge_dependence(const LawFit& law) {
    add(find_dependent_lines(summary_, law, alpha_));
    if (auto outlier = find_spectral_outlier(tensor_, summary_, law, alpha_)) judged_.findings.push_back(*outlier);
  }

  void find_rules() {
    if (judged_.laws.empty()) return;
    const std::vector<Candidate> all = candidates(tensor_.shape);
    std::size_t matches = 0;
    for (Fitting& fitting : judged_.laws) {
      fitting.matches = matching(all, fitting.law.law, fitting.law.stddev);
      matches += fitting.matches.size();
    }
    if (matches == 0 && judged_.laws.size() == 1) judged_.ratio = nearest_rule(judged_.laws.front().law, tensor_.shape);
  }

  void set_word() {
    for (const Kind kind : {Kind::nan, Kind::infinite, Kind::uninitialised, Kind::wrong_type}) {
      if (has(judged_.findings, kind)) judged_.word = Word::broken;
    }
    if (judged_.word == Word::broken) return;
    if (judged_.laws.empty()) {
      judged_.word = judged_.located ? Word::located : Word::no_draw;
    } else if (has(judged_.findings, Kind::dependent_lines) || has(judged_.findings, Kind::spectrum)) {
      // Its values as a heap have the law, its rows or columns are no draws: what training begins with.
      judged_.word = Word::no_draw;
      judged_.ratio.reset();
    } else if (judged_.laws.size() > 1 || judged_.laws.front().matches.size() > 1) {
      judged_.word = Word::undecided;
    } else {
      judged_.word = judged_.laws.front().matches.empty() ? Word::no_rule : Word::draw;
    }
  }

  void assert_rule(const Expected& expected) {
    Assertion assertion{expected.text, Outcome::holds, Test::none, 1, {}};
    if (expected.structure != Structure::none) {
      // Of a small matrix of a short type chance might do the same: that is no reason to doubt who says what it is.
      const FoundStructure found =
          judged_.structure.structure == Structure::none ? find_structure(tensor_, summary_, 1) : judged_.structure;
      const bool same_gain = has_gain(found, expected.options.gain, tensor_.dtype);
      if (found.structure != expected.structure || !same_gain) assertion.outcome = Outcome::fails;
    } else {
      assert_law(expected, assertion);
    }
    if (judged_.is_wrong()) assertion.outcome = Outcome::fails;
    judged_.assertion = std::move(assertion);
  }

  void assert_law(const Expected& expected, Assertion& assertion) {
    const init::Distribution law = expected.law(tensor_.shape);
    if (summary_.n_finite() == 0 || judged_.structure.structure != Structure::none) {
      assertion.outcome = Outcome::fails;
      return;
    }
    const Sample sample(summary_, tensor_.dtype);
    const LawFit known = fit(sample, law.law, alpha_, law.stddev());
    assertion.failed = known.failed;
    assertion.p_value = known.p_value;
    if (!known.holds()) {
      assertion.outcome = Outcome::fails;
      const auto same = std::ranges::find(judged_.laws, law.law, [](const Fitting& f) { return f.law.law; });
      if (same != judged_.laws.end()) {
        assertion.ratio =
            ratio_to(expected.text, law.stddev(), same->law, tensor_.shape, expected.layer, expected.groups);
      }
      return;
    }
    if (judged_.laws.size() != 1) judge_dependence(known);
    if (judged_.effect >= 1) assertion.outcome = Outcome::inconclusive;
  }

  const StoredTensor& tensor_;
  const Summary& summary_;
  double alpha_;
  Judged judged_;
};

}  // namespace

bool Judged::is_wrong() const {
  const bool is_drawn =
      word == Word::draw || word == Word::undecided || word == Word::no_rule || word == Word::located || assertion;
  return std::ranges::any_of(findings, [&](const Finding& finding) {
    switch (weight_of(finding.kind)) {
      case Weight::always:
        return true;
      case Weight::of_draws:
        return is_drawn;
      case Weight::of_assertions:
        return assertion.has_value();
    }
    return false;
  });
}

Inspected inspect(const StoredTensor& tensor, const Expected* expected, double alpha, unsigned threads,
                  const std::function<void(std::size_t values)>& progress) {
  Summary summary = statistics::summarise(tensor, threads, progress);
  Inspected result{Judging(tensor, summary, alpha).run(expected), {}};
  const bool is_random = result.judged.structure.structure == Structure::none;
  result.trace = {summary.hash, summary.count, is_random, std::move(summary.anchors)};
  return result;
}

}  // namespace sqrtn::claims::weights
