#include <nlohmann/json.hpp>

#include "gate_programs.hpp"
#include "program.hpp"
#include "verify.hpp"

/// `sqrtn compare` and `report` on two files of Google Benchmark's JSON.
namespace sqrtn::verify {
namespace {

using nlohmann::ordered_json;

/// Repetitions of a case around a time in ns, as far apart as 1 %.
std::string repetitions(const std::string& name, double time, int n) {
  std::string text;
  for (int i = 0; i < n; ++i) text += fmt::format("{}={} ", name, time * (1 + 0.01 * i / n));
  return text;
}

Ended compare_files(const Folder& folder, const std::string& older, const std::string& newer,
                    const std::string& options = "") {
  std::ofstream(folder / "old.json") << "starting\n" << results(older);
  std::ofstream(folder / "new.json") << results(newer) << "done\n";
  return shell(folder, "sqrtn compare old.json new.json " + options);
}

const std::string before = repetitions("slower", 100, 5) + repetitions("same", 100, 5) + "gone=1";
const std::string after = repetitions("slower", 105, 5) + repetitions("same", 100.1, 5) + "fresh=1";

TEST(CompareBenchmarks, RatiosWithIntervalsOfTheRepetitions) {
  const Folder folder;
  const Ended shown = compare_files(folder, before, after);
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_TRUE(holds(shown.out, "*Unpaired: drift between the two is not excluded.*"));
  EXPECT_TRUE(holds(shown.out, " 99 % interval |"));
  EXPECT_TRUE(holds(shown.out, "of 2 times 0 faster, 1 slower, 1 unresolved"));
  const ordered_json json = ordered_json::parse(compare_files(folder, before, after, "--json -").out);
  EXPECT_EQ(json["unpaired"], true);
  EXPECT_EQ(json["interval_percent"], 99);
  EXPECT_EQ(json["measurements"][0]["change"], "slower");
  // 5 and 5 at 99 %: from the lowest new over the highest old to the reverse.
  const ordered_json& interval = json["measurements"][0]["confidence_interval"];
  EXPECT_NEAR(interval[0].get<double>(), 105 / (100 * 1.008), 1e-12);
  EXPECT_NEAR(interval[1].get<double>(), 105 * 1.008 / 100, 1e-12);
  EXPECT_EQ(json["appeared"][0], "fresh");
  EXPECT_EQ(json["disappeared"][0], "gone");
}

TEST(CompareBenchmarks, SlowerFailsOnlyWhereItIsAskedFor) {
  const Folder folder;
  EXPECT_EQ(compare_files(folder, before, after, "--fail-slower").code, 1);
  EXPECT_EQ(compare_files(folder, after, before, "--fail-slower").code, 0);
  const Ended few = compare_files(folder, "a=1 a=1 a=1 a=1", "a=2 a=2 a=2 a=2 a=2", "--fail-slower");
  EXPECT_EQ(few.code, 2);
  EXPECT_TRUE(holds(few.err, "'a' has too few repetitions for an interval; run both with --benchmark_repetitions=5"));
  const Ended shown = compare_files(folder, "a=1 a=1 a=1 a=1", "a=2 a=2 a=2 a=2 a=2");
  EXPECT_EQ(shown.code, 0);
  EXPECT_TRUE(holds(shown.out, "4 repetitions, 5 are needed"));
}

TEST(CompareBenchmarks, ACaseThatFailsInNewAloneTurnedWrong) {
  const Folder folder;
  std::ofstream(folder / "good.json") << results("a=1 b=2");
  std::string text = results("a=1 b=2");
  text.insert(text.find("\"real_time\""), R"("error_occurred": true, "error_message": "no licence", )");
  std::ofstream(folder / "bad.json") << text;
  const Ended ended = shell(folder, "sqrtn compare good.json bad.json");
  EXPECT_EQ(ended.code, 1);
  EXPECT_TRUE(holds(ended.out, "not ranked: error: no licence"));
  EXPECT_EQ(shell(folder, "sqrtn compare bad.json good.json").code, 0);
  EXPECT_EQ(shell(folder, "sqrtn compare bad.json bad.json").code, 0);
}

TEST(CompareBenchmarks, WhatMustNotBeComparedIsRefused) {
  const Folder folder;
  const auto with = [](const char* context) {
    std::string text = results(repetitions("a", 1, 5));
    return text.replace(text.find("\"executable\""), 0, context);
  };
  std::ofstream(folder / "old.json") << with(R"("num_cpus": 2, "host_name": "a", )");
  std::ofstream(folder / "new.json") << with(R"("num_cpus": 64, "host_name": "b", )");
  std::ofstream(folder / "utf16.json", std::ios::binary) << "\xFF\xFE" << std::string("{\0\"\0", 4) << "\"benchmarks\"";
  std::ofstream(folder / "cut.json") << with("").substr(0, 150);
  const Ended other = shell(folder, "sqrtn compare old.json new.json");
  EXPECT_EQ(other.code, 5);
  EXPECT_TRUE(holds(other.err, "num_cpus is '2' in the one and '64' in the other"));
  const Ended forced = shell(folder, "sqrtn compare old.json new.json --force");
  EXPECT_EQ(forced.code, 0);
  EXPECT_EQ(forced.out.find("host_name"), std::string::npos) << "no name of a host is shown";
  for (const auto& [file, says] : {std::pair{"utf16.json", "UTF-16"}, {"cut.json", "cut.json: not JSON, line 2"}}) {
    const Ended ended = shell(folder, fmt::format("sqrtn compare old.json {}", file));
    EXPECT_EQ(ended.code, 2) << file;
    EXPECT_TRUE(holds(ended.err, says));
  }
}

TEST(CompareBenchmarks, AReportShowsThem) {
  const Folder folder;
  std::ofstream(folder / "a.json") << results("BM_<b>x=100 BM_<b>x=110 y=5");
  const Ended ended = shell(folder, "sqrtn report a.json --output page");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "a.json: 2 cases of Google Benchmark\n"));
  EXPECT_TRUE(holds(content_of(folder / "page/report.html"), "BM_&lt;b&gt;x"));
}

}  // namespace
}  // namespace sqrtn::verify
