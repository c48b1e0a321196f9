#include "report/model_text.hpp"

#include <cmath>

#include "report/weights.hpp"
#include "results/format.hpp"
#include "sqrtn/laws/initialiser.hpp"

namespace sqrtn::report {
namespace {

/// What was drawn of a weight, in the table's words.
struct Drawn {
  std::string law, measured, off;
};

Drawn drawn_of(const init::EntriesPlan& plan, const init::EntriesDrawn& drawn) {
  const double law = plan.distribution.stddev(), measured = std::sqrt(*drawn.moments.variance());
  Drawn cells{significant(law, 6), significant(measured, 6), ""};
  // Of the sample's deviation, by the delta method; what was divided by its spectral norm follows another law.
  const double kurtosis = laws::kurtosis(plan.distribution.law);
  const double error = law * std::sqrt((kurtosis - 1) / 4 / static_cast<double>(drawn.moments.count()));
  if (!drawn.spectral_norm && drawn.moments.count() > 1) cells.off = fmt::format("{:+.1f}", (measured - law) / error);
  return cells;
}

Drawn drawn_of(const init::MatrixPlan& plan, const init::MatrixDrawn& drawn) {
  if (!drawn.orthonormality_error) return {fmt::format("gain {:.6g}", plan.gain), "", ""};
  return {fmt::format("gain {:.6g}", plan.gain), fmt::format("orthonormal to {:.2g}", *drawn.orthonormality_error), ""};
}

nlohmann::ordered_json json_of(const init::ConstantPlan& plan, const init::WeightOptions& options) {
  return {
      {"rule", options.rule}, {"shape", plan.shape}, {"dtype", sqrtn::to_string(plan.dtype)}, {"value", plan.value}};
}

}  // namespace

Table model_table(const std::vector<init::NamedWeight>& weights) {
  Table table{
      .title = "", .columns = {"weight", "shape", "rule", "by the law", "measured", "standard errors off"}, .rows = {}};
  for (const init::NamedWeight& weight : weights) {
    Drawn cells;
    if (const auto* entries = std::get_if<init::EntriesPlan>(&weight.plan)) {
      cells = drawn_of(*entries, std::get<init::EntriesDrawn>(weight.drawn));
    } else if (const auto* matrix = std::get_if<init::MatrixPlan>(&weight.plan)) {
      cells = drawn_of(*matrix, std::get<init::MatrixDrawn>(weight.drawn));
    } else {
      cells.law = significant(std::get<init::ConstantPlan>(weight.plan).value, 6);
    }
    table.rows.push_back({results::printable(weight.name), weight.options.shape, weight.options.rule, cells.law,
                          cells.measured, cells.off});
  }
  drop_empty_columns(table, 4);
  return table;
}

std::string model_text(const std::vector<init::NamedWeight>& weights) {
  std::size_t count = 0;
  for (const init::NamedWeight& weight : weights)
    count += std::visit([](const auto& plan) { return element_count(plan.shape); }, weight.plan);
  const init::WeightOptions& common = weights.front().options;
  return fmt::format("{}\n{} weights with {} values in {}, engine {}, seed {}; streams by name\n",
                     to_screen(model_table(weights)), weights.size(), count, common.dtype, common.engine, common.seed);
}

nlohmann::ordered_json model_json(const std::vector<init::NamedWeight>& weights) {
  nlohmann::ordered_json json{{"schema", "sqrtn.weights/1"}, {"weights", nlohmann::ordered_json::array()}};
  for (const init::NamedWeight& weight : weights) {
    nlohmann::ordered_json& row = json["weights"].emplace_back(nlohmann::ordered_json{{"name", weight.name}});
    if (const auto* entries = std::get_if<init::EntriesPlan>(&weight.plan)) {
      row.update(weight_json(*entries, std::get<init::EntriesDrawn>(weight.drawn)));
    } else if (const auto* matrix = std::get_if<init::MatrixPlan>(&weight.plan)) {
      row.update(weight_json(*matrix, std::get<init::MatrixDrawn>(weight.drawn)));
    } else {
      row.update(json_of(std::get<init::ConstantPlan>(weight.plan), weight.options));
    }
  }
  return json;
}

}  // namespace sqrtn::report
