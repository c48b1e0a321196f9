#include "results/compare.hpp"
#include "results/strict_json.hpp"

namespace sqrtn::results {
namespace {

Json differences_json(const std::vector<Difference>& differences) {
  Json json = Json::array();
  for (const auto& [field, before, after] : differences) {
    json.push_back({{"field", field}, {"old", before}, {"new", after}});
  }
  return json;
}

Json claims_json(const std::vector<ClaimChange>& changes) {
  Json json = Json::array();
  for (const ClaimChange& change : changes) {
    json.push_back({{"id", change.id},
                    {"old", change.before ? Json(claims::to_string(*change.before)) : Json(nullptr)},
                    {"new", change.after ? Json(claims::to_string(*change.after)) : Json(nullptr)},
                    {"class", claims::class_words[static_cast<std::size_t>(change.claim_class)]},
                    {"turned_wrong", change.turned_wrong()},
                    {"new_failure", change.is_new_failure()},
                    {"reason", text(change.reason)}});
  }
  return json;
}

Json ratio_json(const TimeRatio& row) {
  const auto& interval = row.confidence_interval;
  return {{"id", row.id},
          {"group", row.group},
          {"old_median_s", number(row.before_s)},
          {"new_median_s", number(row.after_s)},
          {"ratio", number(row.ratio)},
          {"confidence_interval", results::interval(interval)},
          {"change", to_string(row.change)},
          {"turned_wrong", row.turned_wrong},
          {"note", text(row.note)}};
}

}  // namespace

Json to_json(const Comparison& comparison) {
  Json json;
  json["schema"] = "sqrtn.compare/1";
  json["comparable"] = comparison.machine.empty();
  json["machine_differences"] = differences_json(comparison.machine);
  json["differences"] = differences_json(comparison.other);
  json["unpaired"] = true;
  json["interval_percent"] = comparison.interval_percent;
  json["same_claims"] = comparison.same_claims;
  json["claims"] = claims_json(comparison.claims);
  json["properties"] = differences_json(comparison.properties);
  json["orders_in_both"] = comparison.orders_in_both;
  json["orders"] = order_changes_json(comparison.orders)["orders"];
  json["measurements"] = Json::array();
  for (const TimeRatio& row : comparison.ratios) json["measurements"].push_back(ratio_json(row));
  json["geometric_means"] = Json::array();
  for (const MeanRatio& mean : comparison.means) {
    json["geometric_means"].push_back({{"group", mean.group}, {"n", mean.n}, {"ratio", number(mean.ratio)}});
  }
  json["appeared"] = comparison.appeared;
  json["disappeared"] = comparison.disappeared;
  return json;
}

}  // namespace sqrtn::results
