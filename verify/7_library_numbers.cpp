#include <fmt/format.h>

#include <array>
#include <map>
#include <set>

#include "documents.hpp"
#include "page_numbers.hpp"
#include "program.hpp"
#include "report/page.hpp"
#include "results/read.hpp"

/// What the page shows of every BLAS is what backends.json holds: verdicts, accuracy, rates and ratios.
namespace sqrtn::verify {
namespace {

using Rows = std::map<std::string, std::vector<PageRow>>;

/// The next row of that name, each taken once.
PageRow next_row(Rows& rows, const std::string& name) {
  std::vector<PageRow>& left = rows[name];
  if (left.empty()) {
    ADD_FAILURE() << "no row is left of " << name;
    return PageRow(40);
  }
  const PageRow row = left.front();
  left.erase(left.begin());
  return row;
}

std::string setting_of(const ordered_json& row) {
  return fmt::format("{}, {}", row["dtype"].get<std::string>(), row["threads"].get<int>());
}

std::string product_of(const ordered_json& row) {
  return fmt::format("{} {}", row["subject"].get<std::string>(), row["shape"].get<std::string>());
}

/// In order of first appearance over all libraries.
std::vector<std::string> names_of(const ordered_json& json, auto name_of) {
  std::vector<std::string> names;
  for (const auto& backend : json["backends"]) {
    for (const auto& row : backend["measurements"]) {
      if (std::ranges::find(names, name_of(row)) == names.end()) names.push_back(name_of(row));
    }
  }
  return names;
}

/// The measurement of a library; null if there is none.
ordered_json find(const ordered_json& backend, const std::string& setting, const std::string& product) {
  for (const auto& row : backend["measurements"]) {
    if (setting_of(row) == setting && product_of(row) == product) return row;
  }
  return {};
}

bool has_rate(const ordered_json& row) { return !row.is_null() && !row["rate"].is_null() && row["rate"] > 0; }

/// What is ranked together: the rows of one setting, those of one routine or, if it is empty, of all.
struct Scope {
  std::string setting, routine;

  [[nodiscard]] bool has(const ordered_json& row) const {
    return setting_of(row) == setting && (routine.empty() || row["subject"] == routine);
  }
};

bool is_right(const ordered_json& backend, const std::string& routine, const std::string& dtype) {
  bool judged = false;
  for (const auto& claim : backend["claims"]) {
    const std::string id = claim["id"], rest = fmt::format("/{}/", dtype);
    const bool meant = id.starts_with("products/" + routine + rest) || id.starts_with("products/all" + rest);
    if (!meant || claim["class"] != "values") continue;
    if (claim["verdict"] == "fail" || claim["verdict"] == "inconclusive") return false;
    judged = judged || claim["verdict"] == "pass";
  }
  return judged && std::ranges::none_of(backend["measurements"], [&](const ordered_json& row) {
           return row["note_kind"] == "wrong answer" && row["subject"] == routine && row["dtype"] == dtype;
         });
}

bool is_ranked(const ordered_json& backend, const Scope& scope) {
  bool timed = false, right = true;
  for (const auto& row : backend["measurements"]) {
    if (!scope.has(row)) continue;
    timed = timed || has_rate(row);
    right = right && is_right(backend, row["subject"], row["dtype"]);
  }
  return timed && right;
}

/// By round, the logarithm of the rate over the products of the scope, as the document tells it.
std::vector<double> rounds(const ordered_json& backend, const Scope& scope);

double middle(std::vector<double> values);

/// By library, the geometric mean of its rates over the products that all who are ranked have, the median over the
/// rounds where those of all are told; 0 if it is not ranked.
std::vector<double> mean_rates(const ordered_json& json, const Scope& scope) {
  std::vector<std::map<std::string, double>> rates;  // of those that are ranked, by product
  for (const auto& backend : json["backends"]) {
    auto& own = rates.emplace_back();
    for (const auto& row : is_ranked(backend, scope) ? backend["measurements"] : ordered_json::array()) {
      if (scope.has(row) && has_rate(row)) own[product_of(row)] = row["rate"];
    }
  }
  std::vector<double> means;
  for (const auto& own : rates) {
    double sum = 0;
    int n = 0;
    for (const auto& [product, rate] : own) {
      const bool everyone = std::ranges::all_of(
          rates, [&product = product](const auto& other) { return other.empty() || other.contains(product); });
      if (!everyone) continue;
      sum += std::log(rate);
      ++n;
    }
    means.push_back(n > 0 ? std::exp(sum / n) : 0);
  }
  std::vector<double> by_rounds = means;
  for (std::size_t i = 0; i < means.size(); ++i) {
    const std::vector<double> told = rounds(json["backends"][i], scope);
    if (means[i] == 0) continue;
    if (told.empty()) return means;
    by_rounds[i] = std::exp(middle(told));
  }
  return by_rounds;
}

std::vector<double> rounds(const ordered_json& backend, const Scope& scope) {
  std::vector<double> sums;
  double weights = 0;
  if (!backend.contains("standings")) return sums;
  for (const auto& standing : backend["standings"]) {
    ordered_json row = standing;
    row["subject"] = standing["routine"];
    if (!scope.has(row)) continue;
    const double weight = standing["products"];
    sums.resize(standing["rates"].size());
    weights += weight;
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += weight * std::log(standing["rates"][i].get<double>());
  }
  for (double& sum : sums) sum /= weights;
  return sums;
}

double middle(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/// By library, the speed as a multiple of that of the fastest: paired by round where the document tells the rounds.
std::vector<std::string> of_best(const ordered_json& json, const Scope& scope, const std::vector<double>& means) {
  const auto best = static_cast<std::size_t>(std::ranges::max_element(means) - means.begin());
  const std::vector<double> others = rounds(json["backends"][best], scope);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < means.size(); ++i) {
    const std::vector<double> mine = rounds(json["backends"][i], scope);
    const bool paired = !mine.empty() && mine.size() == others.size();
    std::vector<double> ratios;
    if (!paired) ratios.push_back(means[i] / means[best]);
    for (std::size_t round = 0; paired && round < mine.size(); ++round) {
      ratios.push_back(std::exp(mine[round] - others[round]));
    }
    texts.push_back(means[i] > 0 ? fmt::format("{:.2f}", middle(ratios)) : "–");
  }
  return texts;
}

/// "97.1 µs".
void expect_time(const std::string& text, const ordered_json& time_s, const std::string& what) {
  const std::map<std::string, double> units{{"s", 1}, {"ms", 1e-3}, {"µs", 1e-6}, {"ns", 1e-9}};
  const double unit = time_s.is_null() ? 1 : units.at(text.substr(text.find(' ') + 1));
  expect_number(text, time_s.is_null() ? time_s : ordered_json(time_s.get<double>() / unit), 3, what);
}

std::string word_of(const ordered_json& backend) {
  return backend["word"].is_null() ? "–" : backend["word"].get<std::string>();
}

/// "wrong in 3 of 70", of the routines.
std::string word_with_extent(const ordered_json& backend) {
  const std::map<std::string, std::string> words{
      {"values", "wrong"}, {"memory", "unsafe"}, {"process", "unsafe"}, {"exceptions", "differs"}};
  std::set<std::string> judged, broken;
  for (const auto& claim : backend["claims"]) {
    const std::string id = claim["id"], rest = id.substr(id.find('/') + 1), routine = rest.substr(0, rest.find('/'));
    if (claim["verdict"] == "skipped") continue;
    if (routine != "all") judged.insert(routine);
    if (claim["verdict"] == "fail" && words.at(claim["class"]) == word_of(backend)) broken.insert(routine);
  }
  if (broken.empty() || broken.contains("all") || broken.size() == judged.size()) return word_of(backend);
  return fmt::format("{} in {} of {}", word_of(backend), broken.size(), judged.size());
}

void expect_answers(Rows& rows, const ordered_json& json) {
  std::vector<std::vector<std::string>> speeds;
  for (const std::string& setting : names_of(json, setting_of)) {
    const Scope scope{setting, ""};
    speeds.push_back(of_best(json, scope, mean_rates(json, scope)));
  }
  for (std::size_t i = 0; i < json["backends"].size(); ++i) {
    const ordered_json& backend = json["backends"][i];
    const std::string name = backend["name"];
    const PageRow row = next_row(rows, escaped(name));
    EXPECT_EQ(row[1].text, word_with_extent(backend)) << name;
    for (std::size_t setting = 0; setting < speeds.size(); ++setting) {
      EXPECT_EQ(row.at(2 + setting).text, speeds[setting][i]) << name << ' ' << setting;
    }
  }
}

void expect_counts(const PageRow& row, const ordered_json& backend) {
  const std::string name = backend["name"];
  const auto n = [&](const char* verdict) {
    return std::ranges::count_if(backend["claims"], [&](const auto& c) { return c["verdict"] == verdict; });
  };
  EXPECT_EQ(row[1].text, word_of(backend)) << name;
  EXPECT_EQ(row[2].text, fmt::to_string(backend["claims"].size())) << name;
  EXPECT_EQ(row[3].text, fmt::to_string(n("fail"))) << name;
  EXPECT_EQ(row[4].text, fmt::to_string(n("inconclusive"))) << name;
  const auto& identity = backend["identity"];
  std::string names = "cblas";  // earlier documents tell the interface alone, the first ones nothing
  for (const char* field : {"interface", "naming"}) {
    if (identity.contains(field) && identity[field].is_string()) names = identity[field];
  }
  EXPECT_EQ(row[7].text, fmt::format("{}, {} bits", names, identity["integer_bits"].dump())) << name;
  expect_time(row[8].text, backend["first_call_s"], name);
  EXPECT_EQ(row[9].text, backend["slow_rounds"].dump()) << name;
}

/// "0.98 (3)": the speed, and the place that no one who is ranked and faster takes.
void expect_ranks(Rows& rows, const ordered_json& json) {
  for (const std::string& setting : names_of(json, setting_of)) {
    std::vector<std::string> routines;
    for (const auto& backend : json["backends"]) {
      for (const auto& row : backend["measurements"]) {
        const std::string routine = row["subject"];
        if (setting_of(row) == setting && std::ranges::find(routines, routine) == routines.end()) {
          routines.push_back(routine);
        }
      }
    }
    for (const std::string& routine : routines) {
      const Scope scope{setting, routine};
      const PageRow row =
          next_row(rows, fmt::format("{} {} thread{}", routine, setting, setting.ends_with(" 1") ? "" : "s"));
      const std::vector<double> means = mean_rates(json, scope);
      const std::vector<std::string> speeds = of_best(json, scope, means);
      std::size_t column = 1;
      for (std::size_t i = 0; i < means.size(); ++i) {
        if (json["backends"][i]["measurements"].empty()) continue;
        const std::string text = row.at(column++).text;
        const auto place = 1 + std::ranges::count_if(means, [&](double other) { return other > means[i]; });
        const bool as_ranked = text == fmt::format("{} ({})", speeds[i], place);
        EXPECT_TRUE(means[i] > 0 ? as_ranked : text == "–" || text == "wrong")
            << routine << ' ' << setting << ' ' << text;
      }
    }
  }
}

/// Libraries that export the same share a row.
void expect_coverage(Rows& rows, const ordered_json& json) {
  std::vector<std::pair<std::string, ordered_json>> shared;
  for (const auto& backend : json["backends"]) {
    const ordered_json& identity = backend["identity"];
    if (identity.is_null() || identity["routines"] == 0) continue;
    const ordered_json told{identity["routines"], identity["not_judged"]};
    const auto found = std::ranges::find(shared, told, &std::pair<std::string, ordered_json>::second);
    if (found == shared.end()) {
      shared.emplace_back(escaped(backend["name"]), told);
    } else {
      found->first += ", " + escaped(backend["name"]);
    }
  }
  for (const auto& [name, told] : shared) EXPECT_EQ(next_row(rows, name).at(1).text, told[0].dump()) << name;
}

/// The letter of its bits and the error bound, of two types; invariance as words.
void expect_orders(Rows& rows, const ordered_json& json) {
  std::array<std::vector<std::string>, 2> answers;
  for (const auto& backend : json["backends"]) {
    if (!backend.contains("orders")) continue;
    const std::string name = escaped(backend["name"]);
    const PageRow row = next_row(rows, name);
    for (std::size_t type = 0; type < backend["orders"].size(); ++type) {
      const ordered_json& order = backend["orders"][type];
      const auto known = std::ranges::find(answers.at(type), order["answer"].get<std::string>());
      EXPECT_EQ(row.at(4 * type + 1).text[0], 'A' + (known - answers.at(type).begin())) << name;
      if (known == answers.at(type).end()) answers.at(type).push_back(order["answer"]);
      expect_number(row.at(4 * type + 4).text, order["classes"][0]["error_bound"], 3, name);
    }
  }
}

void expect_accuracy(Rows& rows, const ordered_json& backend, const std::string& dtype, const std::string& name) {
  std::map<std::string, ordered_json> properties;
  for (const auto& property : backend["properties"]) properties[property["id"]] = property;
  for (const char* kind : {"normal", "positive", "cancelling", "scaled"}) {
    const PageRow row = next_row(rows, name);
    std::size_t column = 4;
    for (const char* figure : {"to_256/constant", "to_256/exponent", "to_256/lambda", "from_256/constant",
                               "from_256/exponent", "from_256/lambda"}) {
      const std::string id = fmt::format("products/gemm/{}/rounding/{}/{}", dtype, kind, figure);
      const std::string& text = row[column++].text;
      const auto found = properties.find(id);
      if (found == properties.end()) {
        EXPECT_EQ(text, "–") << name << id;
        continue;
      }
      expect_number(text, found->second["number"], 3, name + id);
      if (found->second["confidence_interval"].is_null()) continue;
      expect_interval(text.substr(text.find('[')), found->second["confidence_interval"], name + id, 3);
    }
    const ordered_json grade = properties[fmt::format("products/gemm/{}/grade", dtype)];
    if (kind == std::string("normal")) {
      EXPECT_EQ(row[1].text, escaped(grade["value"])) << name;
    }
  }
}

/// "12.3 (45 %)" or why there is no rate.
void expect_library_rate(const std::string& text, const ordered_json& row, const std::string& what) {
  if (!has_rate(row)) {
    EXPECT_EQ(text, row.is_null() || row["note"].is_null() ? "–" : escaped(row["note"])) << what;
    return;
  }
  expect_number(text, row["rate"], 3, what);
  const ordered_json& percent = row["percent_of_ceiling"];
  EXPECT_EQ(percent.is_null(), text.find(" (") == std::string::npos) << what;
  if (!percent.is_null()) {
    EXPECT_NEAR(std::stod(text.substr(text.find('(') + 1)), percent.get<double>(), 0.501) << what;
  }
}

void expect_ratio(const std::string& text, const ordered_json& row, const std::string& what) {
  if (row.is_null() || row["ratio"].is_null()) {
    EXPECT_EQ(text, "–") << what;
    return;
  }
  expect_number(text, row["ratio"], 3, what);
  EXPECT_EQ(row["ratio_interval"].is_null(), text.find('[') == std::string::npos) << what;
  if (!row["ratio_interval"].is_null()) {
    expect_interval(text.substr(text.find('[')), row["ratio_interval"], what, 3);
  }
}

bool is_shown(const ordered_json& row, bool ratios) {
  if (row.is_null()) return false;
  return ratios ? !row["ratio"].is_null() : has_rate(row) || !row["note"].is_null();
}

void expect_speeds(Rows& rows, const ordered_json& json, bool ratios) {
  for (const std::string& setting : names_of(json, setting_of)) {
    for (const std::string& product : names_of(json, product_of)) {
      std::vector<ordered_json> found;
      for (const auto& backend : json["backends"]) {
        if (!backend["measurements"].empty()) found.push_back(find(backend, setting, product));
      }
      if (std::ranges::none_of(found, [ratios](const ordered_json& row) { return is_shown(row, ratios); })) continue;
      const PageRow row = next_row(rows, product);
      ASSERT_EQ(row.size(), found.size() + 1) << product;
      for (std::size_t i = 0; i < found.size(); ++i) {
        (ratios ? expect_ratio : expect_library_rate)(row[i + 1].text, found[i], setting + ' ' + product);
      }
    }
  }
}

/// Every number of the sections on libraries, and no row beside.
void expect_libraries(const results::Libraries& report) {
  const ordered_json json = results::to_json(report);
  Rows rows = rows_of(report::to_html({}, {}, {&report, 1}));
  expect_answers(rows, json);
  expect_ranks(rows, json);
  for (const auto& backend : json["backends"]) {
    if (!backend["identity"].is_null()) expect_counts(next_row(rows, escaped(backend["name"])), backend);
  }
  expect_coverage(rows, json);
  expect_orders(rows, json);
  for (const char* dtype : {"f32", "f64"}) {
    for (const auto& backend : json["backends"]) {
      if (!backend["properties"].empty()) expect_accuracy(rows, backend, dtype, escaped(backend["name"]));
    }
  }
  expect_speeds(rows, json, false);
  expect_speeds(rows, json, true);
  for (const auto& [name, left] : rows) EXPECT_TRUE(left.empty()) << name;
}

TEST(LibraryNumbers, OfThePageAreTheJsons) {
  expect_libraries(synthetic_libraries());
  for (const auto& path : published_libraries()) {
    expect_libraries(std::get<results::Libraries>(results::read_any(path)));
  }
}

}  // namespace
}  // namespace sqrtn::verify
