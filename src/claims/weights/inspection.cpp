#include "claims/weights/inspection.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <unordered_map>

#include "sqrtn/support/parallel.hpp"

namespace sqrtn::claims::weights {
namespace {

constexpr std::size_t large = std::size_t{1} << 22;  // values; a smaller tensor is one thread's work

const Expected* rule_of(const std::string& name, const std::vector<ExpectedOf>& rules) {
  const auto found = std::ranges::find_if(rules, [&](const ExpectedOf& rule) { return rule.pattern.finds(name); });
  return found == rules.end() ? nullptr : &found->rule;
}

/// A rule that needs fans is for weights: said with the tensor's name.
void check_rule(const StoredTensor& tensor, const Expected* rule) {
  if (rule == nullptr || rule->structure != Structure::none) return;
  try {
    (void)rule->law(tensor.shape);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(
        fmt::format("the tensor '{:.60}' cannot follow {}: {}; leave it out with --filter, or give "
                    "it a rule of its own with --rules",
                    tensor.name, rule->text, error.what()));
  }
}

Change change_of(const StoredTensor& before, const StoredTensor& after) {
  constexpr std::size_t block = 4096;
  std::vector<double> a(block), b(block);
  double differing = 0, squares_a = 0, squares_b = 0, squares = 0;
  const std::size_t count = after.count();
  for (std::size_t at = 0; at < count; at += block) {
    const std::size_t size = std::min(block, count - at);
    statistics::read_values(before, at, std::span(a).first(size));
    statistics::read_values(after, at, std::span(b).first(size));
    for (std::size_t i = 0; i < size; ++i) {
      differing += a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]));
      squares_a += a[i] * a[i];
      squares_b += b[i] * b[i];
      squares += (b[i] - a[i]) * (b[i] - a[i]);
    }
  }
  const double n = static_cast<double>(count), deviation = std::sqrt(squares_a / n);
  Change change{after.name, true, differing / n, std::sqrt(squares / squares_a), 0};
  // A deviation of n normal draws has the standard error σ/√(2n); of a difference √2 of that.
  change.deviation_errors = (std::sqrt(squares_b / n) - deviation) / (deviation / std::sqrt(n));
  return change;
}

}  // namespace

std::size_t Inspection::count(Word word) const {
  return static_cast<std::size_t>(std::ranges::count(tensors, word, &Judged::word));
}

std::size_t Inspection::n_wrong() const {
  return static_cast<std::size_t>(std::ranges::count_if(tensors, [](const Judged& judged) {
    return judged.is_wrong() || (judged.assertion && judged.assertion->outcome == Outcome::fails);
  }));
}

std::size_t Inspection::n_asserted() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(tensors, [](const Judged& j) { return j.assertion.has_value(); }));
}

std::size_t Inspection::n_inconclusive() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      tensors, [](const Judged& j) { return j.assertion && j.assertion->outcome == Outcome::inconclusive; }));
}

Inspection inspect_all(TensorSet set, const InspectionSettings& settings) {
  const std::vector<StoredTensor>& tensors = set.tensors;
  const std::size_t all = std::accumulate(tensors.begin(), tensors.end(), std::size_t{0},
                                          [](std::size_t sum, const StoredTensor& t) { return sum + t.count(); });
  const double alpha = settings.alpha / static_cast<double>(std::max<std::size_t>(tensors.size(), 1));
  std::vector<Inspected> inspected(tensors.size());
  std::mutex guard;
  std::size_t done = 0;
  const auto progress = [&](std::size_t values) {
    if (!settings.progress) return;
    const std::lock_guard lock(guard);
    settings.progress(done += values, all);
  };
  const auto judge = [&](std::size_t i, unsigned threads) {
    const Expected* rule = rule_of(tensors[i].name, settings.rules);
    check_rule(tensors[i], rule);
    inspected[i] = inspect(tensors[i], rule, alpha, threads, progress);
  };
  std::vector<std::size_t> small;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].count() < large) small.push_back(i);
  }
  parallel_for(small.size(), settings.threads, [&](std::size_t k) { judge(small[k], 1); });
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].count() >= large) judge(i, settings.threads);
  }
  find_repetitions(tensors, inspected);
  Inspection inspection{{}, std::move(set.skipped)};
  for (Inspected& one : inspected) inspection.tensors.push_back(std::move(one.judged));
  return inspection;
}

std::size_t add_pictures(const TensorSet& set, const Filter& filter, unsigned threads, Inspection& inspection) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < set.tensors.size(); ++i) {
    if (!filter.finds(set.tensors[i].name) || ++found > most_pictures) continue;
    Judged& judged = inspection.tensors.at(i);
    const statistics::Summary summary = statistics::summarise(set.tensors[i], threads);
    judged.picture = picture_of(set.tensors[i], summary, believed_law(judged));
  }
  return found;
}

std::vector<Change> find_changes(const TensorSet& before, const TensorSet& after) {
  std::unordered_map<std::string_view, const StoredTensor*> by_name;
  for (const StoredTensor& tensor : before.tensors) by_name.emplace(tensor.name, &tensor);
  std::vector<Change> changes;
  for (const StoredTensor& tensor : after.tensors) {
    const auto found = by_name.find(tensor.name);
    const bool comparable =
        found != by_name.end() && found->second->shape == tensor.shape && found->second->reversed == tensor.reversed;
    changes.push_back(comparable ? change_of(*found->second, tensor) : Change{tensor.name, false, 0, 0, 0});
  }
  return changes;
}

}  // namespace sqrtn::claims::weights
