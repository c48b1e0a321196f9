#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "csv.hpp"
#include "program.hpp"

/// What a run leaves behind, as scripts read it.
namespace sqrtn::verify {
namespace {

using nlohmann::ordered_json;

/// Field names and the types each may have: s string, n number, i integer, p pair of numbers, o object,
/// a array, b boolean, 0 null.
using Schema = std::vector<std::pair<std::string, std::string>>;
const Schema top{{"schema", "s"}, {"environment", "o"},  {"command", "a"}, {"seed", "i"},
                 {"claims", "a"}, {"measurements", "a"}, {"word", "s0"},   {"verdict", "s"}};
const Schema claim{{"id", "s"},
                   {"statement", "s"},
                   {"source", "s"},
                   {"class", "s"},
                   {"uses_blas", "b"},
                   {"engine", "s0"},
                   {"alpha", "n0"},
                   {"power", "n0"},
                   {"effect_size", "n0"},
                   {"n_samples", "i0"},
                   {"statistic", "n0"},
                   {"p_value", "n0"},
                   {"confidence_interval", "p0"},
                   {"observed", "n0"},
                   {"expected", "n0"},
                   {"verdict", "s"},
                   {"reason", "s0"},
                   {"at_random", "b"},
                   {"program", "s0"},
                   {"accepted", "s0"},
                   {"time_s", "n0"}};
const Schema measurement{{"id", "s"},
                         {"group", "s"},
                         {"subject", "s"},
                         {"shape", "s"},
                         {"dtype", "s"},
                         {"threads", "i"},
                         {"blas", "s0"},
                         {"median_s", "n"},
                         {"confidence_interval_s", "p0"},
                         {"min_s", "n"},
                         {"rounds", "i"},
                         {"rate", "n0"},
                         {"rate_unit", "s0"},
                         {"ceiling", "n0"},
                         {"ceiling_id", "s0"},
                         {"percent_of_ceiling", "n0"},
                         {"note", "s0"},
                         {"note_kind", "s0"}};

bool has_type(const ordered_json& value, char type) {
  switch (type) {
    case 's':
      return value.is_string();
    case 'n':
      return value.is_number();
    case 'i':
      return value.is_number_integer();
    case 'p':
      return value.is_array() && value.size() == 2;
    case 'o':
      return value.is_object();
    case 'b':
      return value.is_boolean();
    case 'a':
      return value.is_array();
    default:
      return value.is_null();
  }
}

void expect_schema(const ordered_json& object, const Schema& schema) {
  ASSERT_EQ(object.size(), schema.size()) << object;
  std::size_t at = 0;
  for (const auto& [field, value] : object.items()) {
    const auto& [name, types] = schema[at++];
    EXPECT_EQ(field, name);
    EXPECT_TRUE(std::ranges::any_of(types, [&value = value](char type) { return has_type(value, type); }))
        << name << ' ' << value;
  }
}

std::vector<std::string> column(const std::vector<std::vector<std::string>>& rows, const std::string& name) {
  const auto at = std::ranges::find(rows.front(), name) - rows.front().begin();
  std::vector<std::string> values;
  for (std::size_t i = 1; i < rows.size(); ++i) values.push_back(rows[i].at(static_cast<std::size_t>(at)));
  return values;
}

void expect_csv(const std::string& text, const ordered_json& records) {
  const auto rows = parse_csv(text);
  std::vector<std::string> ids;
  for (const auto& record : records) ids.push_back(record["id"]);
  EXPECT_EQ(column(rows, "id"), ids);
  for (const auto& row : rows) EXPECT_EQ(row.size(), rows.front().size());
}

TEST(Report, ARunLeavesWhatTheSchemaSays) {
  const Folder folder;
  const Ended ended = shell(folder,
                            "sqrtn run --quick --seed 18446744073709551615 --output out/new --json all.json "
                            "--filter '^(generator/philox/(splitting|bits)|products/gemm/(f32/exact|64x64x64/f32))'");
  ASSERT_EQ(ended.code, 0) << ended.err << ended.out;
  EXPECT_TRUE(holds(ended.out, "\nsqrtn itself: pass: ")) << ended.out;
  const std::string text = content_of(folder / "out/new/results.json");
  EXPECT_EQ(content_of(folder / "all.json"), text);
  const ordered_json json = ordered_json::parse(text);
  expect_schema(json, top);
  EXPECT_EQ(json["schema"], "sqrtn.results/2");
  EXPECT_EQ(json["command"][0], "sqrtn");
  EXPECT_EQ(json["environment"]["backend"]["sha256"].get<std::string>().size(), 64U);
  EXPECT_FALSE(json["claims"].empty());
  EXPECT_FALSE(json["measurements"].empty());
  for (const auto& record : json["claims"]) expect_schema(record, claim);
  for (const auto& record : json["measurements"]) expect_schema(record, measurement);
  expect_csv(content_of(folder / "out/new/claims.csv"), json["claims"]);
  expect_csv(content_of(folder / "out/new/measurements.csv"), json["measurements"]);
}

// The picture of deep chains needs every layer.
TEST(Report, ARunThatChecksChainsRecordsThemLayerByLayer) {
  const Folder folder;
  ASSERT_EQ(shell(folder, "sqrtn run --quick --blas openblas --output out --filter '^chains/dead'").code, 0);
  const ordered_json json = ordered_json::parse(content_of(folder / "out/results.json"));
  std::vector<std::pair<std::string, std::string>> fates;
  for (const auto& chain : json["propagation"]) {
    fates.emplace_back(chain["init"], chain["fate"]);
    EXPECT_EQ(chain["layers"].size(), 101U);
  }
  const std::vector<std::pair<std::string, std::string>> expected{
      {"normal", "explodes"}, {"glorot_uniform", "vanishes"}, {"he_normal", "holds"}};
  EXPECT_EQ(fates, expected);
  EXPECT_TRUE(holds(content_of(folder / "out/report.html"), "<section id=chains"));
  EXPECT_TRUE(holds(content_of(folder / "out/report.md"), "### Deep chains"));
}

TEST(Report, HoldsNothingPrivate) {
  const Folder folder;
  const std::string output = folder / "private_place";
  ASSERT_EQ(shell(folder, "sqrtn run --quick --filter '^generator/philox/(splitting|bits)' --output " + output).code,
            0);
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  for (const char* name : {"results.json", "report.html", "report.md", "claims.csv", "measurements.csv"}) {
    const std::string text = content_of(output + "/" + name);
    EXPECT_FALSE(holds(text, std::filesystem::path(output).parent_path().string())) << name;
    EXPECT_FALSE(holds(text, program_folder().string())) << name;
    // A short name could be a word of the report.
    if (std::string_view(host.data()).size() > 6) {
      EXPECT_FALSE(holds(text, host.data())) << name;
    }
  }
}

TEST(Report, ThreadsChangeNoFigure) {
  const Folder folder;
  const std::string drawn = "'^(generator|initialisers|layers|network|chains)'";  // products take no number of threads
  const auto claims_with = [&](const std::string& threads) {
    ordered_json json = ordered_json::parse(
        shell(folder, "sqrtn verify --effect-scale 10 --filter " + drawn + " --json - --threads " + threads).out);
    for (auto& record : json["claims"]) record.erase("time_s");
    return json["claims"];
  };
  EXPECT_EQ(claims_with("1"), claims_with("3"));
}

}  // namespace
}  // namespace sqrtn::verify
