#include <cmath>

#include "results/format.hpp"
#include "results/inspection.hpp"
#include "results/strict_json.hpp"

namespace sqrtn::results {
namespace {

using namespace claims::weights;

Json bounds(const claims::weights::Interval& interval) {
  return Json::array({number(interval.low), number(interval.high)});
}

Json ratio_json(const Ratio& ratio) {
  return {{"rule", ratio.rule},
          {"estimate", number(ratio.estimate)},
          {"interval", bounds(ratio.interval)},
          {"factors", ratio.factors}};
}

Json law_json(const Fitting& fitting) {
  Json json = {{"law", init::to_string(fitting.law.law)},
               {"stddev", number(fitting.law.estimate)},
               {"stddev_interval", bounds(fitting.law.stddev)},
               {"p_value", number(fitting.law.p_value)},
               {"rules", Json::array()}};
  for (const Match& match : fitting.matches) {
    json["rules"].push_back({{"stddev", number(match.stddev)}, {"names", match.names}});
  }
  return json;
}

Json located_json(const LocatedFit& fit) {
  Json json = {{"law", init::to_string(fit.law)}};
  if (fit.law == init::Law::uniform) {
    json["low_interval"] = bounds(fit.low);
    json["high_interval"] = bounds(fit.high);
  } else {
    json["mean_interval"] = bounds(fit.centre);
    json["stddev_interval"] = bounds(fit.stddev);
  }
  return json;
}

Json structure_json(const FoundStructure& found) {
  if (found.structure == Structure::none) return nullptr;
  return {{"name", word_of(found.structure, structure_words)},
          {"gain", number(found.gain)},
          {"error", number(found.error)}};
}

Json assertion_json(const Assertion& assertion) {
  return {{"rule", assertion.rule},
          {"outcome", word_of(assertion.outcome, outcome_words)},
          {"failed", assertion.failed == Test::none ? Json() : Json(word_of(assertion.failed, test_words))},
          {"p_value", number(assertion.p_value)},
          {"ratio", assertion.ratio ? ratio_json(*assertion.ratio) : Json()}};
}

Json picture_json(const Picture& picture) {
  Json json = {{"law", text(picture.law)},
               {"below", picture.below},
               {"above", picture.above},
               {"bins", Json::array()},
               {"spectrum", nullptr}};
  for (const Bin& bin : picture.bins) {
    json["bins"].push_back({{"low", number(bin.low)},
                            {"high", number(bin.high)},
                            {"count", bin.count},
                            {"expected", number(bin.expected)},
                            {"band", bounds({bin.least, bin.most})}});
  }
  if (!picture.spectrum) return json;
  const Spectrum& spectrum = *picture.spectrum;
  json["spectrum"] = {{"rows", spectrum.rows},
                      {"columns", spectrum.columns},
                      {"edges", bounds({spectrum.low_edge, spectrum.high_edge})},
                      {"singular_values", Json::array()}};
  for (const RankedValue& one : spectrum.values) {
    json["spectrum"]["singular_values"].push_back(
        {{"rank", one.rank}, {"value", number(one.value)}, {"law", number(one.law)}});
  }
  return json;
}

Json tensor_json(const Judged& judged) {
  Json json = {{"name", printable(judged.name)},
               {"shape", judged.shape},
               {"dtype", to_string(judged.dtype)},
               {"n_samples", judged.count},
               {"word", word_of(judged.word, word_words)},
               {"mean", number(judged.mean)},
               {"root_mean_square", number(judged.stddev)},
               {"kurtosis", number(judged.kurtosis)},
               {"standard_errors",
                {{"kurtosis", number(judged.kurtosis_errors)},
                 {"row_norms", number(judged.row_errors)},
                 {"column_norms", number(judged.column_errors)}}},
               {"resolved_variance_effect", number(judged.effect)},
               {"structure", structure_json(judged.structure)},
               {"laws", Json::array()},
               {"rejected_laws", Json::array()},
               {"located", judged.located ? located_json(*judged.located) : Json()},
               {"ratio", judged.ratio ? ratio_json(*judged.ratio) : Json()},
               {"wrong", judged.is_wrong()},
               {"findings", Json::array()},
               {"assertion", judged.assertion ? assertion_json(*judged.assertion) : Json()}};
  for (const Fitting& fitting : judged.laws) json["laws"].push_back(law_json(fitting));
  for (const LawFit& law : judged.rejected) {
    json["rejected_laws"].push_back({{"law", init::to_string(law.law)},
                                     {"failed", word_of(law.failed, test_words)},
                                     {"p_value", number(law.p_value)}});
  }
  for (const Finding& finding : judged.findings) {
    json["findings"].push_back({{"kind", word_of(finding.kind, kind_words)},
                                {"text", printable(finding.text)},
                                {"p_value", number(finding.p_value)}});
  }
  if (judged.picture) json["picture"] = picture_json(*judged.picture);
  return json;
}

}  // namespace

nlohmann::ordered_json to_json(const InspectionDocument& document) {
  const auto& [inspection, changes] = document;
  Json json = {{"schema", "sqrtn.inspection/1"}, {"tensors", Json::array()}, {"skipped", Json::array()}};
  for (const Judged& judged : inspection.tensors) json["tensors"].push_back(tensor_json(judged));
  for (const SkippedTensor& skipped : inspection.skipped) {
    json["skipped"].push_back({{"name", printable(skipped.name)}, {"why", printable(skipped.why)}});
  }
  if (changes.empty()) return json;
  json["changes"] = Json::array();
  for (const Change& change : changes) {
    json["changes"].push_back({{"name", printable(change.name)},
                               {"comparable", change.comparable},
                               {"share", number(change.share)},
                               {"relative", number(change.relative)},
                               {"stddev_standard_errors", number(change.deviation_errors)}});
  }
  return json;
}

}  // namespace sqrtn::results
