#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "documents.hpp"
#include "mutation.hpp"
#include "outside.hpp"
#include "program.hpp"
#include "results/json_input.hpp"
#include "results/printed_json.hpp"
#include "results/read.hpp"

/// Documents that come back from outside are taken whole or refused by name.
namespace sqrtn::verify {
namespace {

using nlohmann::ordered_json;

std::string text_of(const results::Document& document) { return results::to_text(results::to_json(document)); }

/// What the reader says of `text`; empty if it takes it.
std::string complaint(const std::string& text) {
  return message_of<std::invalid_argument>([&text] { (void)results::parse_document(text, "r.json"); });
}

TEST(Read, GivesBackWhatWasWritten) {
  const std::string text = text_of(synthetic_document());
  EXPECT_EQ(text_of(results::parse_document(text, "r.json")), text);
  results::Document blank;
  blank.verdict = claims::Verdict::skipped;
  EXPECT_EQ(text_of(results::parse_document(text_of(blank), "r.json")), text_of(blank));
}

/// What both hold under one name is the same; the first version told the library of each record beside it.
void expect_same_values(const ordered_json& published, const ordered_json& again, const std::string& path) {
  if (published.is_object()) {
    for (const auto& [field, value] : published.items()) {
      if (field == "blas" && !again.contains(field)) continue;
      ASSERT_TRUE(again.contains(field)) << path << '/' << field;
      expect_same_values(value, again[field], path + '/' + field);
    }
  } else if (published.is_array()) {
    ASSERT_EQ(published.size(), again.size()) << path;
    for (std::size_t i = 0; i < published.size(); ++i) {
      expect_same_values(published[i], again[i], fmt::format("{}/{}", path, i));
    }
  } else {
    EXPECT_EQ(again, published) << path;
  }
}

TEST(Read, TakesEveryPublishedDocument) {
  const auto paths = published_documents();
  if (paths.empty()) GTEST_SKIP() << "no results in the checkout";
  for (const auto& path : paths) {
    const ordered_json published = ordered_json::parse(content_of(path));
    const std::string text = text_of(results::read_document(path));
    EXPECT_EQ(text_of(results::parse_document(text, "again")), text) << path;
    const ordered_json again = ordered_json::parse(text);
    for (const char* records : {"claims", "measurements", "properties", "reproduced", "propagation"}) {
      if (published.contains(records)) expect_same_values(published[records], again[records], path);
    }
  }
}

TEST(Read, ToleratesFieldsOfLaterMinorVersions) {
  ordered_json json = results::to_json(synthetic_document());
  json["schema"] = "sqrtn.results/2.7";
  json["later"] = {{"a", 1}};
  json["claims"][0]["later"] = {1, 2};
  EXPECT_EQ(text_of(results::parse_document(json.dump(), "r.json")), text_of(synthetic_document()));
}

struct Fault {
  const char* pointer;
  ordered_json value;
  const char* complaint;
};

TEST(Read, NamesTheFieldThatIsWrong) {
  const std::vector<Fault> faults{
      {"/schema", "sqrtn.results/3", "r.json: schema: expected \"sqrtn.results/2\" or /1, the results of"},
      {"/schema", nullptr, "r.json: schema: expected \"sqrtn.results/2\""},
      {"/claims/2/p_value", "x", "r.json: claims[2].p_value: expected a number between 0 and 1, got \"x\""},
      {"/claims/2/p_value", 1.5, "r.json: claims[2].p_value: expected a number between 0 and 1, got 1.5"},
      {"/claims/0/id", "", "r.json: claims[0].id: expected a string that is not empty, got \"\""},
      {"/claims/1/id", "generator/ars/uniform/f32/variance", "r.json: claims[1].id: expected an id that stands once"},
      {"/claims/0/verdict", "good", "r.json: claims[0].verdict: expected pass, fail, inconclusive or skipped"},
      {"/claims/0/n_samples", -1, "r.json: claims[0].n_samples: expected a whole number between 0 and 1844"},
      {"/claims/0/confidence_interval", {2, 1}, "claims[0].confidence_interval[0]: expected a number not above 1"},
      {"/claims/0/confidence_interval", {1}, "expected two numbers [low, high] or null, got an array of 1"},
      {"/claims/2/uses_blas", "x.so", "r.json: claims[2].uses_blas: expected true or false"},
      {"/measurements/0/threads", 1e10, "r.json: measurements[0].threads: expected a whole number between 0 and 214"},
      {"/measurements/0/threads", nullptr, "measurements[0].threads: expected a whole number"},
      {"/measurements/0/median_s", -1.0, "r.json: measurements[0].median_s: expected a number not below 0, got -1.0"},
      {"/measurements/1/note_kind", "odd",
       "measurements[1].note_kind: expected none, wrong answer, busy threads, idle"},
      {"/measurements/1", 7, "r.json: measurements[1]: expected an object, got 7"},
      {"/environment/smt", "no", "r.json: environment.smt: expected true or false, got \"no\""},
      {"/environment/libraries/fmt", 9, "r.json: environment.libraries.fmt: expected a string, got 9"},
      {"/environment/isa", {1}, "r.json: environment.isa[0]: expected a string, got 1"},
      {"/environment/caches/1/level", "L3", "r.json: environment.caches[1].level: expected a whole number"},
      {"/command", "sqrtn run", "r.json: command: expected an array, got \"sqrtn run\""},
      {"/properties/0/number", "x", "r.json: properties[0].number: expected a number, got \"x\""},
      {"/reproduced/0/verdict", "fine", "reproduced[0].verdict: expected \"agrees\", which follows from its p-values"},
      {"/propagation/0/layers/1/layer", 5, "r.json: propagation[0].layers[1].layer: expected 1, its place, got 5"},
      {"/propagation/0/depth", 99, "propagation[0].layers: expected the input and 99 layers, got an array of 7"},
      {"/propagation/0/layers/2/state", "zero", "propagation[0].layers[2].state: expected finite, as there is a"},
      {"/propagation/0/layers/5/state", "finite", "propagation[0].layers[5].state: expected zero or not finite"},
      {"/propagation/1/norm", "group", "r.json: propagation[1].norm: expected none, batch, layer, rms, got \"group\""},
      {"/propagation/2/layers/0/log_rms_interval", {1, 0}, "log_rms_interval[0]: expected a number not above 0"},
      {"/verdict", "pass", "r.json: verdict: expected \"fail\", which follows from the claims, got \"pass\""},
      {"/claims/0/source", std::string("\x1b[2J"), "r.json: a string holds the control character U+001B"},
      {"/claims/0/source", "\xc2\x9b", "r.json: a string holds the control character U+009B"},
      {"/claims/0/source", std::string(70'000, 'x'), "r.json: a string is longer than 65536 bytes"}};
  for (const Fault& fault : faults) {
    ordered_json json = results::to_json(synthetic_document());
    json[ordered_json::json_pointer(fault.pointer)] = fault.value;
    EXPECT_TRUE(holds(complaint(json.dump()), fault.complaint)) << fault.pointer;
  }
}

TEST(Read, RefusesWhatIsNotStrictJson) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "r.json: not JSON, line 1, column 1: "},
      {"{\n \"a\": NaN}", "r.json: not JSON, line 2, column 7: "},
      {R"({"a": 1e999})", "r.json: not JSON, line 1, column 11: the number 1e999 is out of range"},
      {"{\"a\": 1,\n \"b\": [-1e400]}",
       "r.json: not JSON, line 2, column 13: the number -1e400 is out of range; write the file again"},
      {"{\"a\": " + std::string(5'000, '9') + "e99999}", "r.json: not JSON, line 1, column "},
      {R"({"a": 1} x)", "r.json: not JSON, line 1, column 10: "},
      {"{\"a\": \"\xff\"}", "r.json: not JSON, "},
      {"{\"a\": \"\xe2\x82\"}", "r.json: not JSON, "},
      {R"({"a": 1, "a": 2})", "r.json: the field 'a' stands twice in one object"},
      {text_of(synthetic_document()).substr(0, 900), "r.json: not JSON, line "},
      {"7", "r.json: expected an object, got 7"},
      {"[]", "r.json: expected an object, got an array of 0"}};
  for (const auto& [text, expected] : cases) {
    EXPECT_TRUE(holds(complaint(text), expected)) << text;
    EXPECT_LT(complaint(text).size(), 400U);
    EXPECT_EQ(complaint(text).find('\n'), std::string::npos);
  }
}

TEST(Read, StopsAtItsLimits) {
  EXPECT_TRUE(holds(complaint(std::string(1'000'000, '[')), "nested deeper than 16 levels"));
  EXPECT_TRUE(holds(complaint("[0" + std::string(2'000'000, ' ')), "not JSON"));
  std::string many = "[0";
  for (int i = 0; i < 1'000'001; ++i) many += ",0";
  EXPECT_TRUE(holds(complaint(many), "more than 1000000 values"));
  ordered_json wide;
  for (int i = 0; i < 300; ++i) wide[fmt::format("f{}", i)] = i;
  EXPECT_TRUE(holds(complaint(wide.dump()), "an object has more than 256 fields"));
  EXPECT_TRUE(holds(complaint(ordered_json{{std::string(300, 'k'), 1}}.dump()), "name is longer than 200 bytes"));
  EXPECT_TRUE(holds(complaint(std::string((std::size_t{64} << 20) + 1, ' ')), "larger than 64 MiB"));
  EXPECT_TRUE(holds(complaint(ordered_json{{"a", std::string(70'000, 'x')}}.dump()), "longer than 65536 bytes"));
}

TEST(Read, RefusesALargeFileUnread) {
  const Folder folder;
  const std::string path = folder / "large.json";
  std::ofstream(path).put('{');
  std::filesystem::resize_file(path, 100'000'000'000);  // a hole: it takes no room
  const auto reading = [&path] { (void)results::read_document(path); };
  EXPECT_TRUE(holds(message_of<std::invalid_argument>(reading), "large.json: larger than 64 MiB"));
  EXPECT_TRUE(
      holds(message_of<std::invalid_argument>([] { (void)results::read_text("/dev/zero"); }), "no regular file"));
  EXPECT_TRUE(holds(message_of<std::system_error>([] { (void)results::read_document("/nowhere/r.json"); }),
                    "cannot read '/nowhere/r.json'"));
  EXPECT_TRUE(holds(message_of<std::system_error>([] { (void)results::read_document("/"); }), "cannot read '/'"));
}

// What the fuzz target begins with, without the fuzzer: one reader takes it, or all refuse it in one line.
TEST(Read, TheCorpusIsTakenOrRefused) {
  int taken = 0;
  for (const auto& path : fuzz_corpus()) {
    const auto refusals = refusals_of(content_of(path));
    taken += std::ranges::count(refusals, "");
    for (const std::string& refusal : refusals) {
      EXPECT_TRUE(refusal.empty() || refusal.starts_with("input") || refusal.starts_with("its output")) << refusal;
      EXPECT_EQ(refusal.find('\n'), std::string::npos) << path;
      EXPECT_LT(refusal.size(), 400u) << path;
    }
  }
  EXPECT_GE(taken, 11) << "results of two kinds, libraries, two outputs, a list, a history, machines and weights";
  const auto refusal = [](const char* file, std::size_t reader) {
    return refusals_of(content_of(fuzz_corpus().front().parent_path() / file))[reader];
  };
  EXPECT_TRUE(holds(refusal("accepted_wrong.json", 2), "input: accepted[0].sha256: expected a string or null, got 1"));
  EXPECT_TRUE(holds(refusal("history_wrong.jsonl", 3), "input, line 2: "));
  EXPECT_TRUE(holds(refusal("benchmark_wrong.json", 1), "an entry of 'benchmarks' has no name"));
}

TEST(Read, BenchmarksSurviveMutations) {
  const std::string original = content_of(fuzz_corpus().front().parent_path() / "benchmark_rows.json");
  std::mt19937_64 random(1);
  int taken = 0;
  for (int i = 0; i < 1'000; ++i) {
    const std::string text = mutated(original, random);
    const std::string refusal = refusal_of([&text] { return gate::read_benchmark_output(text); });
    taken += refusal.empty();
    ASSERT_EQ(results::without_noise(text).size(), text.size()) << i;
  }
  EXPECT_GE(taken, 100) << "few mutations are taken: what is taken is not tried";
}

TEST(Read, SurvivesMutations) {
  const std::string original = results::to_json(synthetic_document()).dump();
  std::mt19937_64 random(1);
  int taken = 0;
  for (int i = 0; i < 4'000; ++i) {
    const std::string text = mutated(original, random);
    try {
      const std::string again = text_of(results::parse_document(text, "r.json"));
      ASSERT_EQ(text_of(results::parse_document(again, "r.json")), again) << i;
      ++taken;
    } catch (const std::invalid_argument& error) {
      ASSERT_EQ(std::string_view(error.what()).substr(0, 8), "r.json: ") << i;
    }
  }
  EXPECT_GT(taken, 100);  // else the mutations test the parser alone
}

}  // namespace
}  // namespace sqrtn::verify
