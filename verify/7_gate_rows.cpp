#include <nlohmann/json.hpp>

#include "gate/google_benchmark.hpp"
#include "gate_programs.hpp"
#include "results/printed_json.hpp"
#include "verify.hpp"

/// Every kind of row that Google Benchmark 1.5 to 1.9 print, as src/json_reporter.cc of its tags writes them.
namespace sqrtn::verify {
namespace {

using gate::read_benchmark_output;
using nlohmann::json;

std::string output_of(const std::string& entries, const std::string& context = R"("num_cpus": 2)") {
  return "{\n  \"context\": {\n    " + context + "\n  },\n  \"benchmarks\": [\n" + entries + "\n  ]\n}\n";
}

std::string entry(const std::string& name, const std::string& fields) {
  return fmt::format("    {{\n      \"name\": \"{0}\",\n      \"run_name\": \"{0}\",\n      {1}\n    }}", name, fields);
}

/// A repetition of so many ns.
std::string repetition(const std::string& name, double time, const std::string& more = "") {
  return entry(name, fmt::format(R"("run_type": "iteration", "iterations": 1000, "real_time": {0}, "cpu_time": {0}, )"
                                 R"("time_unit": "ns"{1})",
                                 time, more));
}

const std::string fits =
    R"({"name": "Big_BigO", "run_name": "Big", "run_type": "aggregate", "aggregate_name": "BigO", "cpu_coefficient": 2.5, "real_coefficient": 2.5, "big_o": "N", "time_unit": "ns"},
    {"name": "Big_RMS", "run_name": "Big", "run_type": "aggregate", "aggregate_name": "RMS", "aggregate_unit": "percentage", "rms": 0.01})";

TEST(BenchmarkRows, FitsDeviationsAndPercentagesAreNoCases) {
  const std::string spread =
      R"({"name": "Big/8_cv", "run_name": "Big/8", "run_type": "aggregate", "aggregate_name": "median", "aggregate_unit": "percentage", "real_time": 0.02, "cpu_time": 0.02, "time_unit": "ns"},
      {"name": "Big/8_stddev", "run_name": "Big/8", "run_type": "aggregate", "aggregate_name": "stddev", "real_time": 7, "cpu_time": 7, "time_unit": "ns"})";
  const auto output = read_benchmark_output(output_of(repetition("Big/8", 100) + ",\n" + spread + ",\n" + fits));
  ASSERT_EQ(output.cases.size(), 1u);
  EXPECT_EQ(output.cases[0].name, "Big/8");
  ASSERT_EQ(output.cases[0].repetitions.size(), 1u);
  EXPECT_DOUBLE_EQ(output.cases[0].repetitions[0], 100e-9);
  EXPECT_NEAR(output.cases[0].loops_s, 1e-4, 1e-12);
  // A counter may be called so, and has a time beside it.
  EXPECT_EQ(read_benchmark_output(output_of(repetition("a", 1, R"(, "rms": 2)"))).cases.size(), 1u);
}

TEST(BenchmarkRows, WhatEndsItselfSaysWhy) {
  const auto output = read_benchmark_output(output_of(
      entry("a", R"("error_occurred": true, "error_message": "needs \"AVX-512\"", "iterations": 0, "real_time": 0)") +
      ",\n" + entry("b", R"("skipped": true, "skip_message": "no GPU", "iterations": 0, "real_time": 0)") + ",\n" +
      entry("c", R"("error_occurred": true, "error_message": "socket busy", "real_time": 0)") + ",\n" +
      repetition("c", 100)));
  ASSERT_EQ(output.cases.size(), 3u);
  EXPECT_EQ(output.cases[0].stopped, "error: needs \"AVX-512\"");
  EXPECT_EQ(output.cases[1].stopped, "skipped: no GPU");
  EXPECT_EQ(output.cases[2].stopped, "error: socket busy") << "in one repetition";
}

TEST(BenchmarkRows, AggregatesAreTakenWhereThereIsNothingElse) {
  const auto aggregate = [](const char* kind, double time) {
    return entry("a", fmt::format(R"("run_type": "aggregate", "aggregate_name": "{}", "aggregate_unit": "time", )"
                                  R"("real_time": {}, "cpu_time": 1, "time_unit": "us", "rate": 5)",
                                  kind, time));
  };
  const std::string all = aggregate("mean", 4) + ",\n" + aggregate("median", 3) + ",\n" + aggregate("stddev", 1);
  const auto both = read_benchmark_output(output_of(all)).cases.at(0);
  EXPECT_EQ(both.basis, gate::Basis::own_median);
  EXPECT_DOUBLE_EQ(both.value, 3e-6);
  EXPECT_TRUE(both.repetitions.empty());
  const auto mean = read_benchmark_output(output_of(aggregate("mean", 4))).cases.at(0);
  EXPECT_EQ(mean.basis, gate::Basis::own_mean);
  EXPECT_DOUBLE_EQ(mean.value, 4e-6);
  const auto repeated = read_benchmark_output(output_of(all + ",\n" + repetition("a", 7))).cases.at(0);
  EXPECT_EQ(repeated.basis, gate::Basis::repetitions);
  EXPECT_DOUBLE_EQ(repeated.value, 7e-9);
}

TEST(BenchmarkRows, NamesAreAsTheyStand) {
  const std::string name = R"(Insert<std::map<int, \"x\">, 10> äλ →/manual_time/threads:2)";
  const auto output = read_benchmark_output(
      output_of(repetition(name, 1, R"(, "bad": NaN, "worse": -Infinity, "label": "8, \"x\"", "threads": 2)")));
  EXPECT_EQ(output.cases.at(0).name, "Insert<std::map<int, \"x\">, 10> äλ →/manual_time/threads:2");
  EXPECT_EQ(output.cases.at(0).fault, "");
  EXPECT_TRUE(output.counters.empty()) << "no number, no counter";
  const std::string numbered = R"(, "family_index": 0, "per_family_instance_index": {})";
  const auto twice =
      read_benchmark_output(output_of(repetition("a", 1, fmt::format(fmt::runtime(numbered), 0)) + ",\n" +
                                      repetition("a", 3, fmt::format(fmt::runtime(numbered), 1))));
  EXPECT_TRUE(twice.cases.at(0).shared_name);
  EXPECT_FALSE(
      read_benchmark_output(output_of(repetition("a", 1) + ",\n" + repetition("a", 3))).cases.at(0).shared_name);
}

TEST(BenchmarkRows, ACounterIsReadInsteadOfATime) {
  const auto with = [](const char* counter) {
    return output_of(repetition("a", 100, fmt::format(R"(, "items_per_second": {})", counter)) + ",\n" +
                     repetition("b", 1));
  };
  const gate::Quantity items{.counter = "items_per_second", .more_is_better = true};
  const auto output = read_benchmark_output(with("2.5e+06"), items);
  EXPECT_EQ(output.cases.at(0).value, 2.5e6);
  EXPECT_TRUE(output.cases.at(1).lacks_counter);
  EXPECT_EQ(output.cases.at(1).stopped, "no counter 'items_per_second'");
  EXPECT_EQ(output.counters, std::set<std::string>{"items_per_second"});
  EXPECT_EQ(read_benchmark_output(with("0"), items).cases.at(0).fault, "items_per_second is 0, not above 0");
  EXPECT_EQ(read_benchmark_output(with("Infinity"), items).cases.at(0).fault, "items_per_second is not a number");
  // A program may give a counter the name of a field: the field comes first.
  EXPECT_DOUBLE_EQ(read_benchmark_output(output_of(repetition("a", 100, R"(, "real_time": 7)"))).cases.at(0).value,
                   100e-9);
}

// 1.5.4 to 1.7.0 leave out the comma before each custom field of the context.
TEST(BenchmarkRows, AMissingCommaInTheContextIsPut) {
  const auto output = read_benchmark_output(
      output_of(repetition("a", 1),
                "\"num_cpus\": 2,\n    \"library_build_type\": \"release\"\n    \"suite\": \"x\"\n    \"y\": \"z\""));
  EXPECT_EQ(output.context.at("library_build_type"), "release");
  EXPECT_EQ(output.context.at("suite"), "x");
  EXPECT_EQ(output.context.at("y"), "z");
  EXPECT_THROW(read_benchmark_output(output_of("{\"name\": \"a\"\n \"real_time\": 1}")), std::invalid_argument);
}

TEST(BenchmarkRows, LinesOfLogArePassedOver) {
  const std::string clean = output_of(repetition("a", 1) + ",\n" + repetition("b", 2));
  const auto names = [](const std::string& text) {
    std::string all;
    for (const auto& c : read_benchmark_output(text).cases) all += c.name;
    return all;
  };
  const auto with = [&](const std::string& before, const std::string& log) {
    std::string text = clean;
    return text.insert(text.find(before), log);
  };
  for (const std::string log : {"-- LOG(0): a value without a suffix\n", "[INFO] loading {x}\n", "done: \"x\", {}\n"}) {
    EXPECT_EQ(names(log + clean + log), "ab");
    EXPECT_EQ(names(with("  \"benchmarks\"", log)), "ab") << log;
    EXPECT_EQ(names(with("    {\n      \"name\": \"a\"", log)), "ab") << log;
    EXPECT_EQ(names(with("    {\n      \"name\": \"b\"", log)), "ab") << log;
    EXPECT_EQ(names(with(",\n    {\n      \"name\": \"b\"", log)), "ab") << "after the brace " << log;
    EXPECT_EQ(names(with("\n  ]\n}", log)), "ab") << log;
  }
  EXPECT_EQ(names(with(",\n    {\n      \"name\": \"b\"", "50 %")), "ab") << "the log took the comma";
  EXPECT_EQ(names(with("    {\n      \"name\": \"a\"", "50 %")), "ab") << "the log has no line end";
  std::string windows;
  for (const char c : "\xEF\xBB\xBFstarting\n" + clean) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(names(windows), "ab");
}

// What is no JSON is refused where it stands in the text that was printed.
TEST(BenchmarkRows, ARefusalNamesLineAndColumn) {
  const auto refusal = [](const std::string& text) {
    try {
      (void)read_benchmark_output(text);
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_TRUE(holds(refusal("log\nNaN\n{\n\"context\": {},\n\"benchmarks\": [\n{\"a\": NaN, \"b\" 5}]}"),
                    "its output: not JSON, line 6, column 16"));
  EXPECT_TRUE(holds(refusal(output_of(repetition("a", 1)).substr(0, 120)), "not JSON, line 9, column 15"));
  EXPECT_TRUE(holds(refusal("\xFF\xFE{"), "UTF-16"));
  EXPECT_TRUE(holds(refusal("{\"benchmarks\": [{\"name\": \"\xE4\"}]}"), "not JSON, line 1, column 28"));
  EXPECT_EQ(results::without_noise("x {\"c\": {\"a\": [NaN, inf, -Infinity]}} y"),
            R"(  {"c": {"a": ["-", "-", null     ]}}  )");
}

struct Rows {
  const char* name;
  std::string older, newer;
  const char* options;
  int code;
  std::vector<const char*> says;
};

void PrintTo(const Rows& r, std::ostream* stream) { *stream << r.name; }

class GateRowsTest : public testing::TestWithParam<Rows> {};

TEST_P(GateRowsTest, AreCountedAsTheyAre) {
  const Folder folder;
  const Rows& rows = GetParam();
  const Ended ended =
      gate_of(folder, printing(output_of(rows.older)), printing(output_of(rows.newer)) + "\n#", rows.options);
  EXPECT_EQ(ended.code, rows.code) << ended.out << ended.err;
  for (const char* says : rows.says) EXPECT_TRUE(holds(ended.out + ended.err, says));
}

const std::string a = repetition("a", 100) + ",\n";
const std::string b = repetition("b/with a long name", 100);
const std::string stopped = entry("b/with a long name", R"("error_occurred": true, "error_message": "no licence")");

const Rows rows[] = {
    {"complexity", a + b + ",\n" + fits, a + b + ",\n" + fits, "", 0, {"2 cases, 2 same"}},
    {"fails in both", a + stopped, a + stopped, "", 0, {"1 same, 1 skipped", "| error: no licence"}},
    {"fails in NEW", a + b, a + stopped, "", 1, {"**regression: 2 cases, 1 failing, 1 same", "NEW: error: no licence"}},
    {"fails in OLD", a + stopped, a + b, "", 0, {"1 same, 1 skipped", "OLD: error: no licence"}},
    {"fails in OLD, not in NEW", a + stopped, repetition("a", 100), "", 0, {"1 skipped", "NEW: not there"}},
    {"all fail", stopped, stopped, "", 4, {"incomplete"}},
    {"units", a + b, entry("a", R"("real_time": 0.1, "time_unit": "us")") + ",\n" + b, "", 0, {"2 same"}},
    {"more items",
     repetition("a", 100, R"(, "items_per_second": 1e6)"),
     repetition("a", 100, R"(, "items_per_second": 5e5)"),
     "--counter items_per_second",
     1,
     {"1 slower", "0.5 | [0.5, 0.5]", "`items_per_second`, of which more is better", "1e+06"}},
    {"less memory",
     repetition("a", 100, R"(, "bytes": 1000)"),
     repetition("a", 100, R"(, "bytes": 1500)"),
     "--counter bytes --better less",
     1,
     {"1 slower", "[1.5, 1.5]"}},
    {"more is better",
     repetition("a", 100, R"(, "hits": 1000)"),
     repetition("a", 100, R"(, "hits": 1500)"),
     "--counter hits --better more",
     0,
     {"1 faster", "[1.5, 1.5]"}},
    {"a counter that NEW has not",
     a + repetition("b", 1, R"(, "hits": 1000)"),
     a + repetition("b", 1),
     "--counter hits --better more",
     4,
     {"1 missing, 1 skipped", "NEW: no counter 'hits'"}},
    {"a counter that nobody has", a + b, a + b, "--counter hits_per_second", 2, {"no case has it"}},
    {"a mistyped counter",
     repetition("a", 1, R"(, "items_per_second": 1)"),
     repetition("a", 1, R"(, "items_per_second": 1)"),
     "--counter item_per_second",
     2,
     {"did you mean 'items_per_second'"}},
};
INSTANTIATE_TEST_SUITE_P(Of, GateRowsTest, testing::ValuesIn(rows));

// What a case of the blocks says too late is that case's loss alone.
TEST(GateCommand, ACaseThatFailsLaterIsUnreadable) {
  const Folder folder;
  const std::string later = "echo x >>count; if [ $(wc -l <count) -lt 4 ]; then " + printing(output_of(a + b)) +
                            "\nelse " + printing(output_of(a + stopped)) + "\nfi";
  const Ended ended = gate_of(folder, printing(output_of(a + b)), later, "");
  EXPECT_EQ(ended.code, 4) << ended.out << ended.err;
  EXPECT_TRUE(holds(ended.out, "1 unreadable, 1 same"));
  EXPECT_TRUE(holds(ended.out, "NEW: error: no licence, in launch"));
}

}  // namespace
}  // namespace sqrtn::verify
