#include <nlohmann/json.hpp>

#include "gate_programs.hpp"
#include "verify.hpp"

/// `sqrtn gate` on programs that print what they are told: its verdicts and what it writes.
namespace sqrtn::verify {
namespace {

using nlohmann::json;

struct ExpectedEnd {
  const char* older;
  const char* newer;
  const char* options;
  int code;
  const char* says;
};

void PrintTo(const ExpectedEnd& v, std::ostream* stream) {
  *stream << v.older << " -> " << v.newer << ' ' << v.options;
}

class GateVerdictTest : public testing::TestWithParam<ExpectedEnd> {};

TEST_P(GateVerdictTest, HasItsExitCode) {
  const ExpectedEnd& v = GetParam();
  const Folder folder;
  const Ended ended =
      gate_of(folder, printing(results(v.older)), printing(results(v.newer)) + "\n# not the same file", v.options);
  EXPECT_EQ(ended.code, v.code) << ended.out << ended.err;
  EXPECT_TRUE(holds(ended.out, v.says));
  EXPECT_EQ(ended.err, "");
}

constexpr ExpectedEnd verdicts[] = {
    {"a=100 b=200", "a=100 b=200", "", 0, "**no regression: 2 cases, 2 same;"},
    {"a=100 b=200", "a=100 b=201", "", 0, "2 same"},
    {"a=100 b=200", "a=100 b=210", "", 1, "**regression: 2 cases, 1 slower, 1 same;"},
    {"a=100 b=200", "a=100 b=210", "--min-effect 10%", 0, "2 same"},
    {"a=100 b=200", "a=100 b=210", "--min-effect 0.1 --cpu-time", 0, "2 same"},
    {"a=100 b=200", "a=90 b=200", "", 0, "1 faster, 1 same"},
    {"a=100 b=200", "a=100 b=210", "--budget 1ms", 3, "2 unresolved; 0 blocks"},
    {"a=100 b=200", "a=100 b=210", "--budget 1ms", 3,
     "**inconclusive: no slow-down, however large, could be found, so nothing was timed; to call a case slower takes "
     "12 blocks of two launches"},
    {"a=100 b=200", "a=100 b=210", "--budget 1ms --extend 1", 3, "and --budget 1.00 ms holds 0; give --budget "},
    {"a=100 b=200", "a=100", "", 4, "OLD has it, NEW has not"},
    {"a=100 b=200", "a=110", "", 1, "1 slower, 1 missing"},
    {"a=100", "a=100 b=200 c=300", "", 0, "2 cases of NEW are not in OLD, b for one"},
    {"a=100 b=200", "a=NaN b=200", "", 4, "NEW: real_time is not a number"},
    {"a=100 b=-Infinity", "a=100 b=200", "", 4, "OLD: real_time is not a number"},
    {"a=100 b=200", "a=100 b=0", "", 4, "NEW: real_time is 0, not a time"},
    {"a=100 b=200", "a=100 b=-1", "", 4, "1 unreadable, 1 same"},
};
INSTANTIATE_TEST_SUITE_P(Of, GateVerdictTest, testing::ValuesIn(verdicts));

TEST(GateCommand, TheSameFileIsNotTimed) {
  const Folder folder;
  write_program(folder, "old", "touch launched; exit 1");
  const Ended ended = shell(folder, "sqrtn gate ./old ./old");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "**identical: OLD and NEW are the same file; nothing was timed**"));
  EXPECT_FALSE(std::filesystem::exists(folder / "launched"));
}

// Two copies of a script, or of a program whose libraries lie beside it, may do different things.
TEST(GateCommand, CopiesThatReadWhatLiesBesideThemAreTimed) {
  const Folder folder;
  const Ended ended = gate_of(folder, "touch launched; exit 1", "touch launched; exit 1", "");
  EXPECT_EQ(ended.code, 4) << ended.err;
  EXPECT_TRUE(std::filesystem::exists(folder / "launched"));
}

TEST(GateCommand, AnEmptyOldIsNoPass) {
  const Folder folder;
  const Ended ended = gate_of(folder, printing(results("")), printing(results("a=100")), "");
  EXPECT_EQ(ended.code, 4) << ended.err;
  EXPECT_TRUE(holds(ended.out, "OLD has no case"));
}

// The words are published as they can be given again, each value once, but no folder of the user's.
TEST(GateCommand, PublishesTheCommandWithoutFolders) {
  const Folder folder;
  write_program(folder, "old", printing(results("a=100")));
  write_program(folder, "new", printing(results("a=101")) + "\n#");
  const Ended ended = shell(folder,
                            "sqrtn gate \"$PWD/old\" ./new --alpha 0.01 --budget 1s --json out.json -- "
                            "--benchmark_out=/home/somebody/x.json --benchmark_color=no");
  EXPECT_EQ(ended.code, 0) << ended.err;
  const auto command = json::parse(content_of(folder / "out.json"))["command"].get<std::vector<std::string>>();
  EXPECT_EQ(command,
            (std::vector<std::string>{"sqrtn", "gate", "old", "./new", "--alpha", "0.01", "--budget", "1s", "--json",
                                      "out.json", "--", "--benchmark_out=x.json", "--benchmark_color=no"}));
  EXPECT_EQ(content_of(folder / "out.json").find("somebody"), std::string::npos);
}

TEST(GateCommand, AnUnknownUnitIsNoTime) {
  const Folder folder;
  std::string odd = results("a=100");
  odd.replace(odd.find("\"ns\""), 4, "\"fortnight\"");
  const Ended ended = gate_of(folder, printing(odd), printing(results("a=100")), "");
  EXPECT_EQ(ended.code, 4) << ended.err;
  EXPECT_TRUE(holds(ended.out, "OLD: time_unit is 'fortnight'"));
}

// Lines around the JSON, aggregates only, other units: what strangers' programs print.
TEST(GateCommand, ReadsWhatProgramsReallyPrint) {
  const Folder folder;
  const std::string aggregates =
      R"({"name": "a_mean", "run_name": "a", "run_type": "aggregate", "aggregate_name": "mean", "real_time": 9e9, "time_unit": "us"},)"
      R"({"name": "a_median", "run_name": "a", "run_type": "aggregate", "aggregate_name": "median", "real_time": 0.1, "time_unit": "us"},)"
      R"({"name": "a_stddev", "run_name": "a", "run_type": "aggregate", "aggregate_name": "stddev", "real_time": NaN, "time_unit": "us"})";
  const Ended ended = gate_of(folder, "echo 'starting {';" + printing(results("a=100")) + "\necho done",
                              printing("{\n\"benchmarks\": [" + aggregates + "]}\n"), "");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "1 same"));
  EXPECT_TRUE(holds(ended.out, "| 100.0 ns | 100.0 ns |"));
}

TEST(GateCommand, WritesJsonJUnitAndSummary) {
  const Folder folder;
  const Ended ended = gate_of(folder, printing(results("a<&'x=100 b=200")), printing(results("a<&'x=150 b=200")),
                              "--json out.json --junit out.xml --summary out.md");
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_EQ(content_of(folder / "out.md"), ended.out);
  // A job's summary page is written by several steps.
  const Ended again = gate_of(folder, printing(results("a=100")), printing(results("a=100")), "--summary out.md");
  EXPECT_EQ(content_of(folder / "out.md"), ended.out + again.out);
  EXPECT_TRUE(holds(ended.out, "- faster: OLD (`./old`) in 1 cases, NEW (`./new`) in 0\n"));
  const json document = json::parse(content_of(folder / "out.json"));
  EXPECT_EQ(document["schema"], "sqrtn.gate/1");
  EXPECT_EQ(document["verdict"], "regression");
  EXPECT_EQ(document["cases"][0]["verdict"], "slower");
  EXPECT_NEAR(document["cases"][0]["ratio"].get<double>(), 1.5, 1e-12);
  EXPECT_EQ(document["old"]["name"], "./old");
  const std::string junit = content_of(folder / "out.xml");
  EXPECT_TRUE(holds(junit, R"(tests="2" failures="1" errors="0" skipped="0")"));
  EXPECT_TRUE(holds(junit, R"(name="a&lt;&amp;&#39;x")"));
  EXPECT_TRUE(holds(junit, "<failure message=\"slower, new/old in [1.5, 1.5]\"/>"));
}

// Names come from strangers: they reach the program again as they are, and readers as text.
TEST(GateCommand, ControlCharactersSpeakToNobody) {
  const Folder folder;
  const std::string odd = R"(a\u001b[31mb\u009b\nc)";
  const std::string log = "printf '%s\\n' \"$@\" >>log\n";
  const Ended ended = gate_of(folder, printing(results(odd + "=100")), log + printing(results(odd + "=150")),
                              "--json out.json --junit out.xml --summary out.md");
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_TRUE(holds(content_of(folder / "log"), "a\x1b\\[31mb\xc2\x9b\nc"));
  EXPECT_TRUE(holds(ended.out, "a?[31mb? c"));
  EXPECT_TRUE(holds(content_of(folder / "out.json"), "\"a?[31mb? c\""));
  EXPECT_TRUE(holds(content_of(folder / "out.xml"), "\"a?[31mb? c\""));
  const Ended crash = gate_of(folder, printing(results("a=100")), "printf 'x\\033[31m' >&2; exit 7", "");
  EXPECT_TRUE(holds(crash.err, "(it says: x?[31m)"));
}

// Another build of the library that times, or another machine, would be taken for a change of the program.
TEST(GateCommand, WhatWasTimedInAnotherWayIsNotCompared) {
  const auto with = [](const char* context) {
    std::string text = results("a=100");
    return printing(text.replace(text.find("\"executable\""), 0, context));
  };
  for (const auto& [older, newer, says] :
       {std::tuple{R"("library_build_type": "debug", )", R"("library_build_type": "release", )",
                   "same build of Google"},
        {R"("num_cpus": 4, )", R"("num_cpus": 64, )", "'64' for NEW; run both on one machine"}}) {
    const Folder folder;
    const Ended ended = gate_of(folder, with(older), with(newer), "--json out.json");
    EXPECT_EQ(ended.code, 5);
    EXPECT_TRUE(holds(ended.err, says));
    EXPECT_TRUE(holds(json::parse(content_of(folder / "out.json"))["error"].get<std::string>(), says));
    EXPECT_EQ(gate_of(folder, with(older), with("") + "\n#", "").code, 0) << "who says nothing is not refused";
  }
}

// The summary is a page of a CI's, on which a program's words are words.
TEST(GateCommand, ForeignTextIsOnlyTextInTheSummary) {
  const auto foreign = [](const std::string& word) {
    std::string text = results("a=100");
    text.replace(text.find("\"executable\""), 0, fmt::format(R"("library_build_type": "{}", )", word));
    return printing(text);
  };
  const Folder folder;
  EXPECT_EQ(gate_of(folder, foreign("<img src=x>"), foreign("`|\\n# [a](b)"), "--summary out.md").code, 5);
  const std::string refused = content_of(folder / "out.md");
  EXPECT_TRUE(holds(refused, "is '\\<img src=x>' for OLD and '\\`| # [a]\\(b)' for NEW")) << refused;
  const std::string name = "x`<b>|y\\n", longer = std::string(5'000, 'z');
  const std::string program = printing(results(name + "=100 " + longer + "=100"));
  EXPECT_EQ(gate_of(folder, program, program + "\n#", "--summary out.md --json out.json").code, 0);
  const std::string timed = content_of(folder / "out.md").substr(refused.size());
  EXPECT_TRUE(holds(timed, "| x\\`\\<b>\\|y  "));
  EXPECT_TRUE(holds(timed, "| zzz"));
  EXPECT_TRUE(holds(timed, "zzz…zzz"));
  EXPECT_LT(timed.size(), 3'000U);
  EXPECT_TRUE(holds(content_of(folder / "out.json"), longer));
}

TEST(GateCommand, ACrashReachesTheCi) {
  const Folder folder;
  EXPECT_EQ(gate_of(folder, printing(results("a=100")), "kill -SEGV $$", "--junit out.xml --json out.json").code, 4);
  EXPECT_TRUE(holds(content_of(folder / "out.xml"), "<error message=\"NEW &#39;./new&#39; killed by signal 11"));
  EXPECT_EQ(json::parse(content_of(folder / "out.json"))["verdict"], "incomplete");
}

// What ended the gate is published: what happened and the remedy, but no folder and no word of the program's.
TEST(GateCommand, AnErrorIsPublishedWithoutWhatTheProgramSaid) {
  const Folder folder;
  write_program(folder, "old", printing(results("a=100")));
  write_program(folder, "new", "echo secret >&2; exit 7");
  const Ended ended = shell(folder, "sqrtn gate ./old \"$PWD/new\" --json out.json");
  EXPECT_EQ(ended.code, 4);
  EXPECT_TRUE(holds(ended.err, "/new' exited with status 7 (it says: secret); run it alone"));
  EXPECT_EQ(json::parse(content_of(folder / "out.json"))["error"],
            "NEW 'new' exited with status 7; run it alone to see why");
}

// Arguments after -- and the filter reach both programs; later launches ask only for cases without a verdict.
TEST(GateCommand, PassesArgumentsOn) {
  const Folder folder;
  const std::string log = "echo \"$@\" >>log\n";
  const Ended ended =
      gate_of(folder, log + printing(results("a/1=100 b=200")), log + printing(results("a/1=150 b=200")),
              "--filter 'a|b' -- --benchmark_min_time=2 --own");
  EXPECT_EQ(ended.code, 1) << ended.err;
  const std::string lines = content_of(folder / "log");
  EXPECT_TRUE(holds(lines, "--benchmark_min_time=2 --own --benchmark_format=json --benchmark_filter=a|b\n"));
  EXPECT_TRUE(holds(lines, "--benchmark_filter=^(a/1)$\n"));
}

// The probabilities are over the order of the launches.
TEST(GateCommand, TheOrderIsDrawnAnew) {
  const Folder folder;
  const auto seed_of = [&](const std::string& options) {
    const Ended ended = gate_of(folder, printing(results("a=100")), printing(results("a=100")) + "\n#",
                                "--budget 1ms --json out.json " + options);
    EXPECT_EQ(ended.code, 3) << ended.err;
    return json::parse(content_of(folder / "out.json"))["seed"].get<std::uint64_t>();
  };
  EXPECT_NE(seed_of(""), seed_of(""));
  EXPECT_EQ(seed_of("--seed 7"), 7u);
}

}  // namespace
}  // namespace sqrtn::verify
