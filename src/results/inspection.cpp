#include "results/inspection.hpp"

#include <cmath>

#include "results/json_input.hpp"
#include "support/words.hpp"

namespace sqrtn::results {
namespace {

using namespace claims::weights;

constexpr JsonLimits limits{.values = 4'000'000};
constexpr std::size_t most_axes = 64;

double number_or_nan(const JsonInput& json) {
  return json.number_or_none().value_or(std::numeric_limits<double>::quiet_NaN());
}

statistics::Interval interval_of(const JsonInput& json) {
  const auto interval = json.interval_or_none();
  if (!interval) json.refuse("two numbers [low, high]");
  return *interval;
}

statistics::Interval finite_interval(const JsonInput& json, double least) {
  const auto interval = json.interval_or_none(least);
  if (!interval || !std::isfinite(interval->low) || !std::isfinite(interval->high)) json.refuse("two numbers");
  return *interval;
}

template <class Enum>
Enum word_at(const JsonInput& json, std::span<const std::string_view> words) {
  const auto found = std::ranges::find(words, json.text());
  if (found == words.end()) json.refuse(fmt::format("one of: {}", fmt::join(words, ", ")));
  return static_cast<Enum>(found - words.begin());
}

init::Law law_at(const JsonInput& json) {
  for (const init::Law law : {init::Law::normal, init::Law::uniform, init::Law::truncated_normal}) {
    if (json.text() == init::to_string(law)) return law;
  }
  json.refuse("normal, uniform or truncated_normal");
}

std::vector<std::string> texts_of(const JsonInput& json) {
  std::vector<std::string> texts;
  for (const JsonInput& text : json.elements()) texts.push_back(text.text());
  return texts;
}

Ratio read_ratio(const JsonInput& json) {
  return {json["rule"].text(), number_or_nan(json["estimate"]), interval_of(json["interval"]),
          texts_of(json["factors"])};
}

std::optional<Ratio> ratio_or_none(const JsonInput& json) {
  return json.is_null() ? std::nullopt : std::optional(read_ratio(json));
}

Fitting read_law(const JsonInput& json) {
  Fitting fitting;
  fitting.law.law = law_at(json["law"]);
  fitting.law.estimate = number_or_nan(json["stddev"]);
  fitting.law.stddev = interval_of(json["stddev_interval"]);
  fitting.law.p_value = number_or_nan(json["p_value"]);
  for (const JsonInput& match : json["rules"].elements()) {
    fitting.matches.push_back({number_or_nan(match["stddev"]), texts_of(match["names"])});
    if (fitting.matches.back().names.empty()) match["names"].refuse("a name or more");
  }
  return fitting;
}

LawFit read_rejected(const JsonInput& json) {
  LawFit law;
  law.law = law_at(json["law"]);
  law.failed = word_at<Test>(json["failed"], test_words);
  law.p_value = number_or_nan(json["p_value"]);
  return law;
}

LocatedFit read_located(const JsonInput& json) {
  LocatedFit fit;
  fit.holds = true;
  fit.law = law_at(json["law"]);
  if (fit.law == init::Law::uniform) {
    fit.low = interval_of(json["low_interval"]);
    fit.high = interval_of(json["high_interval"]);
  } else {
    fit.centre = interval_of(json["mean_interval"]);
    fit.stddev = interval_of(json["stddev_interval"]);
  }
  return fit;
}

FoundStructure read_structure(const JsonInput& json) {
  if (json.is_null()) return {};
  return {word_at<Structure>(json["name"], structure_words), number_or_nan(json["gain"]), number_or_nan(json["error"])};
}

Assertion read_assertion(const JsonInput& json) {
  Assertion assertion;
  assertion.rule = json["rule"].text();
  assertion.outcome = word_at<Outcome>(json["outcome"], outcome_words);
  if (!json["failed"].is_null()) assertion.failed = word_at<Test>(json["failed"], test_words);
  assertion.p_value = number_or_nan(json["p_value"]);
  assertion.ratio = ratio_or_none(json["ratio"]);
  return assertion;
}

std::vector<Bin> read_bins(const JsonInput& json) {
  const std::vector<JsonInput> elements = json.elements();
  if (elements.empty() || elements.size() > most_bins) json.refuse(fmt::format("1 to {} bins", most_bins));
  std::vector<Bin> bins;
  for (const JsonInput& element : elements) {
    const double low = element["low"].number(), high = element["high"].number();
    if (!(low < high) || (!bins.empty() && low != bins.back().high))
      element.refuse("a bin that begins where the last ends");
    const auto band = finite_interval(element["band"], 0);
    bins.push_back(
        {low, high, element["count"].integer<std::uint64_t>(), element["expected"].number(0), band.low, band.high});
  }
  return bins;
}

Spectrum read_spectrum(const JsonInput& json) {
  const auto edges = finite_interval(json["edges"], 0);
  Spectrum spectrum{
      json["rows"].integer<std::size_t>(), json["columns"].integer<std::size_t>(), edges.low, edges.high, {}};
  const std::size_t all = std::min(spectrum.rows, spectrum.columns);
  const std::vector<JsonInput> values = json["singular_values"].elements();
  if (values.size() > most_ranked) json["singular_values"].refuse(fmt::format("at most {}", most_ranked));
  for (const JsonInput& one : values) {
    const RankedValue ranked{one["rank"].integer<std::size_t>(), one["value"].number(0), one["law"].number(0)};
    const std::size_t last = spectrum.values.empty() ? 0 : spectrum.values.back().rank;
    if (ranked.rank <= last || ranked.rank > all) one["rank"].refuse(fmt::format("ranks that rise, up to {}", all));
    spectrum.values.push_back(ranked);
  }
  return spectrum;
}

Picture read_picture(const JsonInput& json) {
  Picture picture{json["law"].text_or_empty(),
                  read_bins(json["bins"]),
                  json["below"].integer<std::uint64_t>(),
                  json["above"].integer<std::uint64_t>(),
                  {}};
  if (!json["spectrum"].is_null()) picture.spectrum = read_spectrum(json["spectrum"]);
  return picture;
}

/// What is told of a tensor by its word must be there.
bool bears_out(const Judged& judged) {
  switch (judged.word) {
    case Word::draw:
      return judged.laws.size() == 1 && judged.laws.front().matches.size() == 1;
    case Word::no_rule:
      return judged.laws.size() == 1 && judged.laws.front().matches.empty();
    case Word::undecided:
      return judged.laws.size() > 1 || (judged.laws.size() == 1 && judged.laws.front().matches.size() > 1);
    case Word::located:
      return judged.located.has_value();
    case Word::structured:
      return judged.structure.structure != Structure::none;
    case Word::no_draw:
    case Word::broken:
      return true;
  }
  return false;
}

void read_numbers(const JsonInput& json, Judged& judged) {
  judged.mean = number_or_nan(json["mean"]);
  judged.stddev = number_or_nan(json["root_mean_square"]);
  judged.kurtosis = number_or_nan(json["kurtosis"]);
  judged.effect = number_or_nan(json["resolved_variance_effect"]);
  const JsonInput errors = json["standard_errors"];
  judged.kurtosis_errors = number_or_nan(errors["kurtosis"]);
  judged.row_errors = number_or_nan(errors["row_norms"]);
  judged.column_errors = number_or_nan(errors["column_norms"]);
}

Judged read_tensor(const JsonInput& json) {
  Judged judged;
  judged.name = json["name"].text();
  for (const JsonInput& side : json["shape"].elements()) judged.shape.push_back(side.integer<std::size_t>());
  if (judged.shape.size() > most_axes) json["shape"].refuse(fmt::format("at most {} axes", most_axes));
  judged.dtype = word_at<Dtype>(json["dtype"], dtype_words);
  judged.count = json["n_samples"].integer<std::size_t>();
  judged.word = word_at<Word>(json["word"], word_words);
  read_numbers(json, judged);
  judged.structure = read_structure(json["structure"]);
  for (const JsonInput& law : json["laws"].elements()) judged.laws.push_back(read_law(law));
  for (const JsonInput& law : json["rejected_laws"].elements()) judged.rejected.push_back(read_rejected(law));
  if (!json["located"].is_null()) judged.located = read_located(json["located"]);
  judged.ratio = ratio_or_none(json["ratio"]);
  for (const JsonInput& finding : json["findings"].elements()) {
    judged.findings.push_back(
        {word_at<Kind>(finding["kind"], kind_words), finding["text"].text(), number_or_nan(finding["p_value"])});
  }
  if (!json["assertion"].is_null()) judged.assertion = read_assertion(json["assertion"]);
  if (!json["picture"].is_null()) judged.picture = read_picture(json["picture"]);
  if (!bears_out(judged)) json["word"].refuse("a word that the tensor's laws bear out");
  if (json["wrong"].flag() != judged.is_wrong()) json["wrong"].refuse("what follows from the findings");
  return judged;
}

Change read_change(const JsonInput& json) {
  return {json["name"].text(), json["comparable"].flag(), number_or_nan(json["share"]), number_or_nan(json["relative"]),
          number_or_nan(json["stddev_standard_errors"])};
}

}  // namespace

InspectionDocument parse_inspection(std::string_view text, const std::string& name) {
  const nlohmann::ordered_json parsed = parse_json(text, name, limits);
  const JsonInput json(parsed, name);
  if (json["schema"].text() != "sqrtn.inspection/1")
    json["schema"].refuse("\"sqrtn.inspection/1\", as `sqrtn inspect --json` writes it");
  InspectionDocument document;
  std::size_t pictures = 0;
  for (const JsonInput& tensor : json["tensors"].elements()) {
    document.inspection.tensors.push_back(read_tensor(tensor));
    pictures += document.inspection.tensors.back().picture.has_value();
  }
  if (pictures > most_pictures) json["tensors"].refuse(fmt::format("at most {} pictures", most_pictures));
  for (const JsonInput& skipped : json["skipped"].elements()) {
    document.inspection.skipped.push_back({skipped["name"].text(), skipped["why"].text()});
  }
  if (json["changes"].is_null()) return document;
  for (const JsonInput& change : json["changes"].elements()) document.changes.push_back(read_change(change));
  return document;
}

}  // namespace sqrtn::results
