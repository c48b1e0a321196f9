#include "report/library_speeds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/format.hpp"

namespace sqrtn::report {
namespace {

std::string setting_of(const Measurement& row) {
  return fmt::format("{}, {} thread{}", row.dtype, row.threads, row.threads == 1 ? "" : "s");
}

/// The product without type and threads.
std::string product_of(const Measurement& row) { return row.subject + ' ' + row.shape; }

bool has_rate(const LibrarySpeed& speed) { return speed.row.rate.has_value() && *speed.row.rate > 0; }

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

std::string ratio_text(const LibrarySpeed& speed) {
  if (!speed.ratio) return "–";
  return significant(speed.ratio, 3) + (speed.ratio_interval ? ' ' + compact(speed.ratio_interval, 3) : "");
}

/// The rate with its share of the ceiling, or why there is none.
std::string rate_text(const LibrarySpeed& speed) {
  if (!has_rate(speed)) return speed.row.note.empty() ? "–" : speed.row.note.text;
  std::string text = significant(speed.row.rate, 3);
  if (speed.row.percent_of_ceiling) text += fmt::format(" ({:.0f} %)", *speed.row.percent_of_ceiling);
  return speed.row.note.empty() ? text : text + ", " + speed.row.note.text;
}

}  // namespace

SpeedIndex::SpeedIndex(const Libraries& report) : report_(report), speeds_(report.backends.size()) {
  Names settings(settings_), products(products_);
  for (std::size_t i = 0; i < speeds_.size(); ++i) {
    ranked_.push_back(verdict_of(report.backends[i]) == claims::Verdict::pass);
    for (const LibrarySpeed& speed : report.backends[i].speeds) {
      const std::size_t setting = settings.place_of(setting_of(speed.row));
      const std::size_t product = products.place_of(product_of(speed.row));
      speeds_[i].emplace(std::pair(setting, product), &speed);
      offered_.resize(settings_.size());
      offered_[setting].insert(product);
    }
  }
  for (std::size_t setting = 0; setting < settings_.size(); ++setting) best_.push_back(best_rates(setting));
}

const LibrarySpeed* SpeedIndex::find(std::size_t backend, std::size_t setting, std::size_t product) const {
  const auto found = speeds_[backend].find({setting, product});
  return found == speeds_[backend].end() ? nullptr : found->second;
}

bool SpeedIndex::offers(std::size_t backend, std::size_t setting) const {
  const auto found = speeds_[backend].lower_bound({setting, 0});
  return found != speeds_[backend].end() && found->first.first == setting;
}

std::map<std::size_t, double> SpeedIndex::best_rates(std::size_t setting) const {
  std::vector<std::size_t> ranked;
  for (std::size_t i = 0; i < speeds_.size(); ++i) {
    if (ranked_[i] && offers(i, setting)) ranked.push_back(i);
  }
  std::map<std::size_t, double> best;
  for (const std::size_t product : offered_[setting]) {
    double highest = 0;
    const bool everyone = std::ranges::all_of(ranked, [&](std::size_t i) {
      const LibrarySpeed* speed = find(i, setting, product);
      if (speed == nullptr || !has_rate(*speed)) return false;
      highest = std::max(highest, *speed->row.rate);
      return true;
    });
    if (everyone && highest > 0) best[product] = highest;
  }
  return best;
}

std::string SpeedIndex::relative_to_best(std::size_t backend, std::size_t setting) const {
  if (!ranked_[backend] || best_[setting].empty()) return "–";
  double sum = 0;
  for (const auto& [product, rate] : best_[setting]) {
    const LibrarySpeed* speed = find(backend, setting, product);
    if (speed == nullptr || !has_rate(*speed)) return "–";
    sum += std::log(*speed->row.rate / rate);
  }
  return fmt::format("{:.2f}", std::exp(sum / static_cast<double>(best_[setting].size())));
}

Table SpeedIndex::table(std::size_t setting, bool ratios) const {
  Table table{.title = settings_[setting], .columns = {"product"}, .rows = {}};
  std::vector<std::size_t> timed;
  for (std::size_t i = 0; i < speeds_.size(); ++i) {
    const Library& backend = report_.backends[i];
    if (backend.speeds.empty()) continue;
    timed.push_back(i);
    table.columns.push_back(backend.name + (verdict_of(backend) == claims::Verdict::fail ? " (failed)" : ""));
  }
  for (const std::size_t product : offered_[setting]) {
    std::vector<std::string> cells{products_[product]};
    for (const std::size_t i : timed) {
      const LibrarySpeed* speed = find(i, setting, product);
      cells.push_back(speed == nullptr ? "–" : ratios ? ratio_text(*speed) : rate_text(*speed));
    }
    const bool empty = std::all_of(cells.begin() + 1, cells.end(), [](const std::string& cell) { return cell == "–"; });
    if (!empty) table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace sqrtn::report
