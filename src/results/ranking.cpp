#include "results/ranking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "claims/area.hpp"
#include "sqrtn/statistics/median.hpp"

namespace sqrtn::results {
namespace {

bool has_rate(const LibrarySpeed& speed) { return speed.row.rate.has_value() && *speed.row.rate > 0; }

bool is_in(const Measurement& row, const Scope& scope) {
  return row.dtype == scope.dtype && row.threads == scope.threads &&
         (scope.routine.empty() || row.subject == scope.routine);
}

/// Names in order of first appearance, and where each stands.
class Names {
 public:
  explicit Names(std::vector<std::string>& names) : names_(names) {}
  std::size_t place_of(std::string name) {
    const auto [found, is_new] = places_.emplace(std::move(name), names_.size());
    if (is_new) names_.push_back(found->first);
    return found->second;
  }

 private:
  std::vector<std::string>& names_;
  std::map<std::string, std::size_t> places_;
};

/// By round, the logarithm of the mean rate over the products of the scope; not finite where a round has none. Empty if
/// the document does not tell it.
std::vector<double> rounds_of(const Library& library, const Scope& scope) {
  std::vector<double> sums;
  double n_products = 0;
  for (const Standing& standing : library.standings) {
    const bool within = standing.dtype == scope.dtype && standing.threads == scope.threads &&
                        (scope.routine.empty() || standing.routine == scope.routine);
    if (!within) continue;
    const auto weight = static_cast<double>(standing.n_products);
    n_products += weight;
    if (sums.empty()) sums.assign(standing.rates.size(), 0);
    if (sums.size() != standing.rates.size()) return {};
    for (std::size_t round = 0; round < sums.size(); ++round) sums[round] += weight * std::log(standing.rates[round]);
  }
  for (double& sum : sums) sum /= n_products;
  return sums;
}

std::optional<double> finite_median(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  return statistics::median(values);
}

}  // namespace

std::string to_string(const Scope& scope) {
  return fmt::format("{}{}{}, {} thread{}", scope.routine, scope.routine.empty() ? "" : " ", scope.dtype, scope.threads,
                     scope.threads == 1 ? "" : "s");
}

bool is_ranked(const Library& library, const std::string& routine, const std::string& dtype) {
  bool judged = false;
  for (const auto& [claim, outcome] : library.claims) {
    const bool concerned = claims::concerns(claim.id, routine, dtype);
    if (!concerned || claim.claim_class != claims::ClaimClass::values) continue;
    if (outcome.verdict == claims::Verdict::fail || outcome.verdict == claims::Verdict::inconclusive) return false;
    judged = judged || outcome.verdict == claims::Verdict::pass;
  }
  return judged && std::ranges::none_of(library.speeds, [&](const LibrarySpeed& speed) {
           return speed.row.note.kind == NoteKind::wrong_answer && speed.row.subject == routine &&
                  speed.row.dtype == dtype;
         });
}

Ranking::Ranking(const Libraries& libraries) : libraries_(libraries), speeds_(libraries.backends.size()) {
  std::vector<std::string> names;
  Names settings(names), products(products_);
  for (std::size_t i = 0; i < speeds_.size(); ++i) {
    for (const LibrarySpeed& speed : libraries.backends[i].speeds) {
      const Scope setting{.routine = "", .dtype = speed.row.dtype, .threads = speed.row.threads};
      const std::size_t place = settings.place_of(to_string(setting));
      if (place == settings_.size()) settings_.push_back(setting);
      const std::size_t product = products.place_of(speed.row.subject + ' ' + speed.row.shape);
      speeds_[i].emplace(std::pair(place, product), &speed);
      offered_.resize(settings_.size());
      offered_[place].insert(product);
    }
  }
  for (const Scope& setting : settings_) {
    means_[to_string(setting)] = mean_rates(setting);
    for (const Scope& routine : routines_of(setting)) means_[to_string(routine)] = mean_rates(routine);
  }
}

const std::map<std::size_t, double>& Ranking::means_in(const Scope& scope) const {
  static const std::map<std::size_t, double> none;
  const auto found = means_.find(to_string(scope));
  return found == means_.end() ? none : found->second;
}

std::vector<Scope> Ranking::routines_of(const Scope& setting) const {
  std::vector<Scope> routines;
  for (const Library& library : libraries_.backends) {
    for (const LibrarySpeed& speed : library.speeds) {
      if (!is_in(speed.row, setting)) continue;
      const Scope scope{.routine = speed.row.subject, .dtype = setting.dtype, .threads = setting.threads};
      if (std::ranges::find(routines, scope) == routines.end()) routines.push_back(scope);
    }
  }
  return routines;
}

const LibrarySpeed* Ranking::find(std::size_t library, std::size_t setting, std::size_t product) const {
  const auto found = speeds_[library].find({setting, product});
  return found == speeds_[library].end() ? nullptr : found->second;
}

std::optional<std::size_t> Ranking::place_of(const Scope& scope) const {
  const auto found = std::ranges::find(settings_, Scope{.routine = "", .dtype = scope.dtype, .threads = scope.threads});
  if (found == settings_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - settings_.begin());
}

bool Ranking::is_ranked_in(std::size_t library, const Scope& scope) const {
  const Library& entry = libraries_.backends[library];
  std::set<std::string> routines;
  bool timed = false;
  for (const LibrarySpeed& speed : entry.speeds) {
    if (!is_in(speed.row, scope)) continue;
    routines.insert(speed.row.subject);
    timed = timed || has_rate(speed);
  }
  return timed && std::ranges::all_of(
                      routines, [&](const std::string& routine) { return is_ranked(entry, routine, scope.dtype); });
}

std::optional<claims::Word> Ranking::word_in(std::size_t library, const Scope& scope) const {
  const Library& entry = libraries_.backends[library];
  std::set<std::string> routines, of_others, of_these;
  bool wrong_answer = false;
  for (const LibrarySpeed& speed : entry.speeds) {
    if (!is_in(speed.row, scope)) continue;
    routines.insert(speed.row.subject);
    wrong_answer = wrong_answer || speed.row.note.kind == NoteKind::wrong_answer;
  }
  std::vector<claims::Result> concerned;
  for (const claims::Result& result : entry.claims) {
    const bool concerns = std::ranges::any_of(
        routines, [&](const std::string& routine) { return claims::concerns(result.claim.id, routine, scope.dtype); });
    (concerns ? of_these : of_others).insert(claims::group_of(result.claim.id));
    if (concerns) concerned.push_back(result);
  }
  std::vector<Incident> incidents = entry.incidents;
  std::erase_if(incidents, [&](const Incident& incident) {
    return of_others.contains(incident.place) && !of_these.contains(incident.place);
  });
  return word_of(concerned, incidents, wrong_answer);
}

std::map<std::size_t, double> Ranking::mean_rates(const Scope& scope) const {
  std::map<std::size_t, double> means;
  const std::optional<std::size_t> setting = place_of(scope);
  for (std::size_t i = 0; setting && i < speeds_.size(); ++i) {
    if (is_ranked_in(i, scope)) means.emplace(i, 0);
  }
  double n_products = 0;
  for (const std::size_t product : setting ? offered_[*setting] : std::set<std::size_t>{}) {
    const bool everyone = std::ranges::all_of(means, [&](const auto& mean) {
      const LibrarySpeed* speed = find(mean.first, *setting, product);
      return speed != nullptr && is_in(speed->row, scope) && has_rate(*speed);
    });
    if (!everyone) continue;
    ++n_products;
    for (auto& [library, sum] : means) sum += std::log(*find(library, *setting, product)->row.rate);
  }
  if (n_products == 0) return {};
  std::map<std::size_t, double> by_rounds;
  for (auto& [library, sum] : means) {
    sum /= n_products;
    if (const auto median = finite_median(rounds_of(libraries_.backends[library], scope))) by_rounds[library] = *median;
  }
  return by_rounds.size() == means.size() ? by_rounds : means;
}

std::optional<Relative> Ranking::relative(std::size_t library, std::size_t other, const Scope& scope) const {
  const std::map<std::size_t, double>& means = means_in(scope);
  if (!means.contains(library) || !means.contains(other)) return std::nullopt;
  const std::vector<double> own = rounds_of(libraries_.backends[library], scope);
  const std::vector<double> others = rounds_of(libraries_.backends[other], scope);
  std::vector<double> ratios;
  for (std::size_t round = 0; round < std::min(own.size(), others.size()); ++round) {
    if (const double ratio = std::exp(own[round] - others[round]); std::isfinite(ratio)) ratios.push_back(ratio);
  }
  if (const std::optional<double> median = statistics::median(ratios)) {
    return Relative{*median, statistics::median_confidence_interval(ratios)};
  }
  return Relative{std::exp(means.at(library) - means.at(other)), std::nullopt};
}

std::vector<std::size_t> Ranking::order_of(const Scope& scope, bool usable) const {
  const std::map<std::size_t, double>& means = means_in(scope);
  std::vector<std::size_t> order;
  for (const auto& [library, mean] : means) {
    if (!usable || word_in(library, scope).value_or(claims::Word::wrong) <= claims::Word::differs)
      order.push_back(library);
  }
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t library) { return means.at(library); });
  return order;
}

std::optional<Relative> Ranking::relative_to_best(std::size_t library, const Scope& scope) const {
  const std::vector<std::size_t> order = order_of(scope);
  return order.empty() ? std::nullopt : relative(library, order.front(), scope);
}

}  // namespace sqrtn::results
