#include <fmt/format.h>

#include <numbers>

#include "documents.hpp"
#include "page_numbers.hpp"
#include "page_pictures.hpp"
#include "program.hpp"
#include "report/page.hpp"
#include "results/read.hpp"
#include "support/output.hpp"

/// What the page of a run shows is what its document holds: claims, measurements, findings, deep chains and pictures.
namespace sqrtn::verify {
namespace {

void expect_claim(const PageRow& row, const ordered_json& json) {
  const std::string id = json["id"];
  ASSERT_EQ(row.size(), 10U) << id;
  EXPECT_EQ(row[1].text.substr(0, row[1].text.find(':')), json["verdict"].get<std::string>());
  expect_number(row[3].text, json["observed"], 5, id);
  expect_number(row[4].text, json["expected"], 5, id);
  expect_interval(row[5].text, json["confidence_interval"], id);
  expect_number(row[6].text, json["p_value"], 2, id);
  expect_exact(row[7], json["n_samples"], id);
  const ordered_json& effect = json["effect_size"];
  expect_number(row[8].text, effect.is_null() ? effect : ordered_json(100 * effect.get<double>()), 3, id);
  expect_exact(row[9], json["time_s"], id);
  if (!row[2].value.empty()) {
    const double observed = json["observed"], expected = json["expected"];
    const double deviation = (observed - expected) / (expected == 0 ? 1 : std::fabs(expected));
    EXPECT_NEAR(std::stod(row[2].value), deviation, 0.006 * std::fabs(deviation)) << id;
  }
}

void expect_measurement(const PageRow& row, const ordered_json& json) {
  const std::string id = json["id"];
  ASSERT_GE(row.size(), 8U) << id;
  EXPECT_EQ(row[1].text, json["shape"].get<std::string>());
  expect_exact(row[2], json["median_s"], id);
  const ordered_json& interval = json["confidence_interval_s"];
  expect_exact(row[3], interval.is_null() ? interval : interval[0], id);
  expect_exact(row[4], json["min_s"], id);
  EXPECT_EQ(row[5].text, json["rounds"].dump());
  expect_exact(row[6], json["rate"], id);
  expect_number(row[6].text, json["rate"], 4, id);
  expect_exact(row[7], json["percent_of_ceiling"], id);
}

/// log₁₀ of what the JSON holds as a natural logarithm; null where there is none.
ordered_json log10_of(const ordered_json& ln) {
  if (ln.is_array()) return {log10_of(ln[0]), log10_of(ln[1])};
  return ln.is_null() ? ln : ordered_json(ln.get<double>() / std::numbers::ln10);
}

/// "25.1 %".
void expect_share(const std::string& text, const ordered_json& json, const std::string& what) {
  expect_number(text, json.is_null() ? json : ordered_json(100 * json.get<double>()), 3, what);
}

void expect_chain(const std::map<std::string, std::vector<PageRow>>& rows, const ordered_json& chain) {
  const std::string name = escaped(chain["init"]) + ": 6 layers of 512, relu, f32";
  for (const auto& layer : chain["layers"]) {
    const PageRow& row = rows.at(fmt::format("{}, layer {}", name, layer["layer"].get<int>())).front();
    const ordered_json& measured = layer["log_rms_measured"];
    expect_number(row[2].text, log10_of(layer["log_rms_mean"]), 5, name);
    expect_interval(row[3].text, log10_of(layer["log_rms_interval"]), name);
    if (measured.is_null()) {
      EXPECT_EQ(row[4].text, layer["state"].get<std::string>());
    } else {
      expect_number(row[4].text, log10_of(measured), 5, name);
    }
    expect_share(row[5].text, layer["zeros"], name);
    expect_share(row[6].text, layer["flat"], name);
    expect_number(row[7].text, layer["slope"], 4, name);
  }
  const PageRow& row = rows.at(name).front();
  const ordered_json& end = chain["layers"].back();
  EXPECT_EQ(row[1].text, chain["fate"].get<std::string>());
  EXPECT_EQ(row[2].text, chain["fate_layer"].dump());
  expect_number(row[3].text, log10_of(end["log_rms_mean"]), 5, name);
  expect_interval(row[4].text, log10_of(end["log_rms_interval"]), name);
  EXPECT_EQ(row[6].text, chain["runs"].dump());
  expect_number(row[7].text, chain["weight_stddev"], 4, name);
  expect_number(row[8].text, chain["holding_stddev"], 4, name);
}

TEST(PageNumbers, OfDeepChainsAreTheJsons) {
  const ordered_json json = results::to_json(synthetic_document());
  const std::string page = report::to_html({synthetic_document()}, {});
  const auto rows = rows_of(page);
  const Picture picture = pictures_of(page).at("log₁₀ RMS, 6 layers of 512, relu, f32");
  std::size_t computed = 0;
  for (const auto& chain : json["propagation"]) {
    expect_chain(rows, chain);
    for (const auto& layer : chain["layers"]) {
      const std::string name = fmt::format("{}, layer {}", escaped(chain["init"]), layer["layer"].get<int>());
      const auto mark = picture.find(name);
      EXPECT_EQ(mark == picture.end(), layer["log_rms_measured"].is_null()) << name;
      if (mark == picture.end()) continue;
      ++computed;
      const std::string& label = mark->second.label;
      expect_number(after(label, "log₁₀ RMS "), log10_of(layer["log_rms_measured"]), 5, label);
      expect_number(after(label, "law "), log10_of(layer["log_rms_mean"]), 5, label);
      expect_interval(after(label, "99 % of runs "), log10_of(layer["log_rms_interval"]), label);
    }
  }
  EXPECT_EQ(computed, picture.size());
  EXPECT_TRUE(
      holds(page, "normal &lt;u&gt; explodes at layer 4 and is not finite from layer 4 on. glorot_uniform vanishes"));
  EXPECT_TRUE(holds(page, "<title>largest f32: 3.403e+38</title>"));
}

/// A mark of a chart of rates; `name`: what its label begins with.
void expect_rate(const Picture& picture, const std::string& name, const ordered_json& row) {
  const std::string& label = picture.at(name).label;
  const double rate = row["rate"], work = rate * row["median_s"].get<double>();
  expect_number(after(label, name + ": "), row["rate"], 4, label);
  const ordered_json& interval = row["confidence_interval_s"];
  if (!interval.is_null()) {
    expect_interval(after(label, "interval "), {work / interval[1].get<double>(), work / interval[0].get<double>()},
                    label, 4);
  }
  const ordered_json& percent = row["percent_of_ceiling"];
  EXPECT_EQ(percent.is_null(), label.find(" of the ceiling") == std::string::npos) << label;
  if (!percent.is_null()) {
    const std::size_t at = label.rfind(", ");
    EXPECT_NEAR(std::stod(label.substr(at + 2)), percent.get<double>(), 0.0501) << label;
  }
}

/// The rates of one picture as lengths in it: `length(mark) = scale × rate`.
void expect_lengths(const Picture& picture, const std::vector<std::pair<std::string, double>>& rates, auto length) {
  const auto longest = std::ranges::max(rates, {}, &std::pair<std::string, double>::second);
  const double scale = length(picture.at(longest.first)) / longest.second;
  for (const auto& [name, rate] : rates) EXPECT_NEAR(length(picture.at(name)), scale * rate, 0.12) << name;
}

/// Documents and their pages: the synthetic one, and each that is published.
std::vector<std::pair<ordered_json, std::string>> documents_and_pages() {
  std::vector<std::pair<ordered_json, std::string>> pages{
      {results::to_json(synthetic_document()), report::to_html({synthetic_document()}, {})}};
  for (const auto& path : published_documents()) {
    pages.emplace_back(ordered_json::parse(content_of(path)), report::to_html({results::read_document(path)}, {}));
  }
  return pages;
}

TEST(PageNumbers, OfPicturesAreTheJsons) {
  std::size_t marks = 0;
  for (const auto& [json, page] : documents_and_pages()) {
    const auto pictures = pictures_of(page);
    std::map<std::string, std::vector<std::pair<std::string, double>>> drawn;
    for (const auto& row : json["measurements"]) {
      const bool init = row["group"] == "init";
      if ((!init && row["group"] != "products") || row["rate"].is_null()) continue;
      const std::string subject = row["subject"], shape = row["shape"], unit = row["rate_unit"];
      if (!init && shape.find_first_not_of("0123456789x") != std::string::npos) continue;
      const int threads = row["threads"];
      const std::string panel = fmt::format("{} {}, {} thread{}, {}", init ? shape : subject,
                                            row["dtype"].get<std::string>(), threads, threads == 1 ? "" : "s", unit);
      expect_rate(pictures.at(panel), init ? subject : shape, row);
      drawn[panel].emplace_back(init ? subject : shape, row["rate"]);
      ++marks;
    }
    for (const auto& [panel, rates] : drawn) {
      const bool init = panel.find("samples") != std::string::npos;
      expect_lengths(pictures.at(panel), rates,
                     [init](const Mark& mark) { return init ? mark.x - 208 : 220 - mark.y; });
    }
  }
  EXPECT_GT(marks, 150U);  // of one machine
}

TEST(PageNumbers, OfARunAreTheJsons) {
  for (const auto& [json, page] : documents_and_pages()) {
    const auto rows = rows_of(page);
    ASSERT_FALSE(json["claims"].empty() && json["measurements"].empty() && !json.contains("reproduced"));
    for (const auto& claim : json["claims"]) expect_claim(rows.at(escaped(claim["id"])).front(), claim);
    for (const auto& row : json["measurements"]) expect_measurement(rows.at(escaped(row["id"])).front(), row);
    if (!json.contains("reproduced")) continue;
    for (const auto& finding : json["reproduced"]) {
      const PageRow& row = rows.at(escaped(finding["id"])).front();
      EXPECT_EQ(row[3].text, finding["published"].is_null() ? "" : finding["published"].get<std::string>());
      EXPECT_EQ(row[4].text, finding["value"].get<std::string>());
      expect_number(row[8].text, finding["p_value"], 2, finding["id"]);
    }
  }
}

}  // namespace
}  // namespace sqrtn::verify
