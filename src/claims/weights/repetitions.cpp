#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "claims/weights/equality.hpp"
#include "claims/weights/judge.hpp"

namespace sqrtn::claims::weights {
namespace {

constexpr std::size_t shortest_run = 32, longest_look = 4096;

/// Where an anchor stands.
struct Place {
  std::size_t tensor;
  std::uint64_t position;
};

/// How many values from both places on, and before them, have the same magnitudes; at most longest_look each way.
struct Run {
  std::size_t before = 0, length = 0;
};

Run run_at(const std::vector<StoredTensor>& tensors, const Place& a, const Place& b) {
  const StoredTensor &x = tensors[a.tensor], &y = tensors[b.tensor];
  const auto agree = [&](std::uint64_t i, std::uint64_t j) {
    double p = 0, q = 0;
    statistics::read_values(x, i, {&p, 1});
    statistics::read_values(y, j, {&q, 1});
    return p == q || p == -q;
  };
  Run run;
  while (run.before < longest_look && run.before < a.position && run.before < b.position &&
         agree(a.position - run.before - 1, b.position - run.before - 1)) {
    ++run.before;
  }
  std::size_t after = 0;
  while (after < longest_look && a.position + after < x.count() && b.position + after < y.count() &&
         agree(a.position + after, b.position + after)) {
    ++after;
  }
  run.length = run.before + after;
  return run;
}

class Repetitions {
 public:
  Repetitions(const std::vector<StoredTensor>& tensors, std::vector<Inspected>& inspected)
      : tensors_(tensors), inspected_(inspected) {}

  void find_equal() {
    std::map<std::pair<std::uint64_t, std::size_t>, std::size_t> first;
    for (std::size_t i = 0; i < inspected_.size(); ++i) {
      const Trace& trace = inspected_[i].trace;
      if (!trace.is_random || trace.count < shortest_run) continue;
      const auto [found, is_new] = first.try_emplace({trace.hash, trace.count}, i);
      if (!is_new) say_equal(found->second, i);
    }
  }

  /// Anchors of one hash, each with the first; what is wholly equal has been said.
  void find_shared() {
    std::map<std::uint64_t, Place> first;
    for (std::size_t i = 0; i < inspected_.size(); ++i) {
      if (!inspected_[i].trace.is_random) continue;
      for (const statistics::Anchor& anchor : inspected_[i].trace.anchors) {
        const Place here{i, anchor.position};
        const auto [found, is_new] = first.try_emplace(anchor.hash, here);
        if (!is_new) say_shared(found->second, here);
      }
    }
  }

 private:
  void say_equal(std::size_t a, std::size_t b) {
    const Likeness how = likeness(tensors_[a], tensors_[b]);
    // The hash has 64 bits and knows no order: what stands elsewhere is permuted.
    const std::string_view word = word_of(how == Likeness::none ? Likeness::permuted : how, likeness_words);
    add(b, {Kind::equal_tensors, fmt::format("repeats {}: {}", inspected_[a].judged.name, word), 0});
    equal_.insert({a, b});
  }

  void say_shared(const Place& a, const Place& b) {
    const bool same_tensor = a.tensor == b.tensor;
    if (said_.contains({a.tensor, b.tensor}) || equal_.contains({a.tensor, b.tensor})) return;
    const auto& findings = inspected_[b.tensor].judged.findings;
    // Rows that repeat have been said; so has a tensor that repeats an earlier one.
    const Kind known = same_tensor ? Kind::equal_lines : Kind::equal_tensors;
    if (std::ranges::find(findings, known, &Finding::kind) != findings.end()) return;
    const Run run = run_at(tensors_, a, b);
    if (run.length < shortest_run) return;
    said_.insert({a.tensor, b.tensor});
    add(b.tensor,
        {Kind::shared_stream,
         fmt::format("{}{} values from {} on are those of {} from {} on", run.length >= longest_look ? "at least " : "",
                     run.length, b.position - run.before,
                     same_tensor ? "the same tensor" : inspected_[a.tensor].judged.name, a.position - run.before),
         0});
  }

  void add(std::size_t tensor, Finding finding) {
    Judged& judged = inspected_[tensor].judged;
    judged.findings.push_back(std::move(finding));
    if (judged.assertion) judged.assertion->outcome = Outcome::fails;
  }

  const std::vector<StoredTensor>& tensors_;
  std::vector<Inspected>& inspected_;
  std::set<std::pair<std::size_t, std::size_t>> equal_, said_;
};

}  // namespace

void find_repetitions(const std::vector<StoredTensor>& tensors, std::vector<Inspected>& inspected) {
  Repetitions repetitions(tensors, inspected);
  repetitions.find_equal();
  repetitions.find_shared();
}

}  // namespace sqrtn::claims::weights
