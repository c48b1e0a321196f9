#include <nlohmann/json.hpp>

#include "documents.hpp"
#include "gate/suites.hpp"
#include "gate/xml.hpp"
#include "gate/xml_characters.hpp"
#include "history/history.hpp"
#include "mutation.hpp"
#include "outside.hpp"
#include "program.hpp"
#include "verify.hpp"

/// What nanobench, hyperfine and Catch2 wrote, as `compare`, `report` and `history add` take it. The files of the
/// corpus were written by nanobench 4.3 or newer, hyperfine 1.15.0 and Catch2 2.13.10.
namespace sqrtn::verify {
namespace {

std::string corpus(const char* file) { return content_of(fuzz_corpus().front().parent_path() / file); }

std::string refusal(const std::string& text) {
  return message_of<std::invalid_argument>([&] { (void)gate::read_suite_output(text, "s"); });
}

std::string xml_refusal(const std::string& text) {
  return message_of<std::invalid_argument>(
      [&] { gate::read_xml(text, "x", {.begin = [](const gate::XmlElement&) {}, .end = [] {}}); });
}

/// An output of hyperfine with one command.
std::string hyperfine(const std::string& times, const std::string& more = "") {
  return R"({"results": [{"command": "a", "mean": 9, "median": 8, "times": [)" + times + "]" + more + "}]}";
}

TEST(Suites, NanobenchsEpochsAreRepetitions) {
  const gate::BenchmarkOutput output = gate::read_suite_output(corpus("nanobench.json"), "n");
  EXPECT_EQ(output.tool, gate::Tool::nanobench);
  ASSERT_EQ(output.cases.size(), 1u);
  const gate::BenchmarkCase& c = output.cases[0];
  EXPECT_EQ(c.name, "sums/add");
  EXPECT_EQ(c.repetitions.size(), 6u);
  // Seconds of an iteration, not of a byte, of which each has four; the file's own median agrees.
  const double own = nlohmann::json::parse(corpus("nanobench.json"))["results"][0]["median(elapsed)"];
  EXPECT_NEAR(c.value, own, 1e-12 * own);
  const gate::BenchmarkOutput alone = gate::read_suite_output(
      R"_({"results":[{"title":"benchmark","name":"x","complexityN":64,"median(elapsed)":2,"measurements":[]}]})_",
      "n");
  EXPECT_EQ(alone.cases[0].name, "x/64");
  EXPECT_EQ(alone.cases[0].value, 2);
  EXPECT_EQ(alone.cases[0].basis, gate::Basis::own_median);
  EXPECT_TRUE(alone.cases[0].repetitions.empty());
}

TEST(Suites, HyperfinesTimesAreRepetitions) {
  const gate::BenchmarkOutput output = gate::read_suite_output(corpus("hyperfine.json"), "h");
  EXPECT_EQ(output.tool, gate::Tool::hyperfine);
  ASSERT_EQ(output.cases.size(), 2u);
  EXPECT_EQ(output.cases[0].name, "sleep 0.01");
  EXPECT_EQ(output.cases[0].repetitions.size(), 6u);
  const double own = nlohmann::json::parse(corpus("hyperfine.json"))["results"][0]["median"];
  EXPECT_NEAR(output.cases[0].value, own, 1e-12 * own);
  const auto first = [](const std::string& text) { return gate::read_suite_output(text, "h").cases[0]; };
  EXPECT_EQ(first(hyperfine("")).value, 8);
  EXPECT_EQ(first(hyperfine("")).basis, gate::Basis::own_median);
  EXPECT_EQ(first(hyperfine("1, 2", R"(, "exit_codes": [0, 3])")).stopped, "error: exit code 3 in 1 of 2 runs");
  EXPECT_EQ(first(hyperfine("1, 2", R"(, "exit_codes": [null, 0])")).stopped,
            "error: ended by a signal in 1 of 2 runs");
  EXPECT_EQ(first(hyperfine("1, 2", R"(, "exit_codes": [0, 0])")).value, 1.5);
  EXPECT_EQ(first(hyperfine("1, 0")).fault, "a time is 0, not a time");
}

TEST(Suites, ParametersTellCommandsApart) {
  const std::string text =
      R"({"results": [{"command": "a", "times": [1], "parameters": {"n": "1"}},)"
      R"({"command": "a", "times": [2], "parameters": {"n": "2"}}, {"command": "b", "times": [3], "parameters": {"n": "1"}},)"
      R"({"command": "c", "times": [1]}, {"command": "c", "times": [3]}]})";
  const gate::BenchmarkOutput output = gate::read_suite_output(text, "h");
  ASSERT_EQ(output.cases.size(), 4u);
  EXPECT_EQ(output.cases[0].name, "a n=1");
  EXPECT_EQ(output.cases[1].name, "a n=2");
  EXPECT_EQ(output.cases[2].name, "b");
  EXPECT_FALSE(output.cases[2].shared_name);
  EXPECT_TRUE(output.cases[3].shared_name);
  EXPECT_EQ(output.cases[3].value, 2);
}

TEST(Suites, OfCatch2ThereIsTheMeanAlone) {
  const gate::BenchmarkOutput output = gate::read_suite_output(corpus("catch2.xml"), "c");
  EXPECT_EQ(output.tool, gate::Tool::catch2);
  ASSERT_EQ(output.cases.size(), 3u);
  EXPECT_EQ(output.cases[0].name, "sums/accumulate <double> & \"n = 1000\"");
  EXPECT_NEAR(output.cases[0].value, 890.992e-9, 1e-21);
  EXPECT_EQ(output.cases[0].basis, gate::Basis::own_mean);
  EXPECT_TRUE(output.cases[0].repetitions.empty());
  EXPECT_EQ(output.cases[1].name, "sums/inner/half");
  EXPECT_EQ(output.cases[2].stopped, "error: no <licence>");
  const std::string third =
      R"(<Catch2TestRun name="t" xml-format-version="3"><TestCase name="a"><BenchmarkResults name="b">)"
      R"(<mean value="nan"/></BenchmarkResults></TestCase></Catch2TestRun>)";
  EXPECT_EQ(gate::read_suite_output(third, "c").cases[0].fault, "the mean is nan, not a time");
}

TEST(Suites, WhatIsNoneOfTheseIsRefusedWithItsPlace) {
  const std::pair<std::string, const char*> bad[] = {
      {R"({"results": 3})", "s: results: expected an array, got 3"},
      {R"({"results": [{"a": 1}]})", "s: results[0]: expected a 'command', as hyperfine writes it"},
      {"{\"results\": [\n{\"title\": \"a \"b\"\"}]}",
       "s: not JSON, line 2, column 15: "},  // quotes, as nanobench leaves
      {hyperfine(R"("x")"), "s: results[0].times[0]: expected a number, got \"x\""},
      {R"({"results": [{"command": ""}]})", "s: a benchmark of hyperfine has no name of 1 to 65536 bytes"},
      {R"({"results": [{"command": "a", "median": 1}, 7]})", "s: results[1]: expected an object, got 7"},
      {"<testsuites/>", "s is no XML of Catch2's: its outermost element is 'testsuites'"},
      {R"(<Catch><BenchmarkResults name="a"><mean value="1,5"/></BenchmarkResults></Catch>)",
       "s: the mean of 'a' is '1,5', not a number"},
      {"<Catch><BenchmarkResults/></Catch>", "s: a BenchmarkResults of Catch2's has no name"}};
  for (const auto& [text, says] : bad) EXPECT_TRUE(holds(refusal(text), says)) << text;
}

TEST(Xml, IsRefusedWithItsPlace) {
  const std::pair<std::string, const char*> bad[] = {
      {"", "x: not XML, line 1, column 1: it has no element"},
      {"<a>\n <b>\n</a>", "x: not XML, line 3, column 1: </a> ends <b>"},
      {"<a>", "the text ends within <a>"},
      {"</a>", "</a> ends nothing"},
      {"<a/><b/>", "column 5: there is a second outermost element"},
      {"<a/>x", "column 5: there is text outside the outermost element"},
      {"x<a/>", "there is text outside"},
      {"<a b=\"1\" b='2'/>", "column 10: the attribute 'b' stands twice"},
      {"<a b=1/>", "expected a value in quotes"},
      {"<a b=\"1\"c='2'/>", "expected a blank, '>' or '/>'"},
      {"<a b=\"<\"/>", "a value holds '<'"},
      {"<a b=\"x", "column 6: a value does not end"},
      {"<a b=\"\x01\"/>", "a control character"},
      {"<a b", "expected '='"},
      {"<1/>", "expected a name"},
      {"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "column 1: document types and marked sections are not read"},
      {"<a>&b;</a>", "column 4: '&b;' is neither an entity of XML's own nor a character"},
      {"<a b='&#0;'/>", "'&#0;' is neither"},
      {"<a b='&#xD800;'/>", "'&#xD800;' is neither"},
      {"<a>& </a>", "'&' begins no reference"},
      {"<?xml version='1.0' encoding='UTF-16'?><a/>", "its encoding is not UTF-8"},
      {"<a><?php ?></a>", "processing instructions are not read"},
      {"<a><!-- -- --></a>", "expected '>'"},
      {"<a><!-- ", "a comment does not end"},
      {"<a>\n\xff</a>", "line 2, column 1: a byte that is no UTF-8"}};
  for (const auto& [text, says] : bad) EXPECT_TRUE(holds(xml_refusal(text), says)) << text;
}

TEST(Xml, StopsAtItsLimits) {
  std::string deep, wide = "<a", many = "<a>";
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  for (int i = 0; i < 65; ++i) wide += fmt::format(" b{}=''", i);
  for (int i = 0; i < 1'000'000; ++i) many += "<b/>";
  EXPECT_TRUE(holds(xml_refusal(deep), "column 193: nested deeper than 64 levels"));
  EXPECT_TRUE(holds(xml_refusal(wide + "/>"), "an element has more than 64 attributes"));
  EXPECT_TRUE(holds(xml_refusal(many + "</a>"), "it has more than 1000000 elements"));
  EXPECT_TRUE(holds(xml_refusal("<a b='" + std::string(70'000, 'c') + "'/>"), "a value is longer than 65536 bytes"));
  EXPECT_TRUE(holds(xml_refusal("<" + std::string(201, 'c') + "/>"), "a name is longer than 200 bytes"));
  EXPECT_TRUE(holds(xml_refusal(std::string((std::size_t{64} << 20) + 1, ' ')), "x: larger than 64 MiB"));
}

TEST(Xml, ReadsReferencesAndPassesOverTheRest) {
  std::vector<std::string> seen;
  int open = 0;
  gate::read_xml(
      "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<!-- <no/> --><a b='&lt;&#38;&#x20AC;&#x1F600;\t>' >"
      "text &gt; <c  d = \"'\"/></a >\n",
      "x",
      {.begin = [&](const gate::XmlElement& e) { ++open, seen.push_back(e.name + *e.find(e.name == "a" ? "b" : "d")); },
       .end = [&] { --open; }});
  EXPECT_EQ(seen, (std::vector<std::string>{"a<&\xE2\x82\xAC\xF0\x9F\x98\x80 >", "c'"}));
  EXPECT_EQ(open, 0);
}

// Table 3-7 of the Unicode standard: what begins each row, one below and one above.
TEST(Xml, TellsWhatIsUtf8) {
  for (const char* good : {"\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(gate::utf8_until(good), std::string(good).size()) << good;
  }
  for (const char* bad : {"\x80", "\xC1\xBF", "\xC2", "\xC2\x7F", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82"}) {
    EXPECT_EQ(gate::utf8_until(bad), 0u) << bad;
  }
}

TEST(Suites, SurviveMutations) {
  for (const char* file : {"nanobench.json", "hyperfine.json", "catch2.xml"}) {
    const std::string original = corpus(file);
    std::mt19937_64 random(1);
    int taken = 0;
    for (int i = 0; i < 1'000; ++i) {
      const std::string text = mutated(original, random);
      const std::string refused = refusal_of([&text] { return gate::read_suite_output(text, "s"); });
      EXPECT_TRUE(refused.empty() || refused.starts_with("s: ") || refused.starts_with("s is")) << refused;
      taken += refused.empty();
    }
    EXPECT_GE(taken, 50) << file;
  }
}

TEST(Suites, AreComparedOneProgramsWithItsOwn) {
  const Folder folder;
  std::ofstream(folder / "old.json") << hyperfine("1, 1.01, 1.02, 1.03, 1.04");
  std::ofstream(folder / "new.json") << hyperfine("2, 2.01, 2.02, 2.03, 2.04");
  std::ofstream(folder / "c.xml") << corpus("catch2.xml");
  const Ended slower = shell(folder, "sqrtn compare old.json new.json --fail-slower");
  EXPECT_EQ(slower.code, 1) << slower.err;
  EXPECT_TRUE(holds(slower.out, "of 1 times 0 faster, 1 slower"));
  const Ended few = shell(folder, "sqrtn compare c.xml c.xml --fail-slower");
  EXPECT_EQ(few.code, 2);
  EXPECT_TRUE(holds(few.err, "Catch2 writes none"));
  const Ended shown = shell(folder, "sqrtn compare c.xml c.xml");
  EXPECT_EQ(shown.code, 0);
  EXPECT_TRUE(holds(shown.out, "aggregates only: the program's mean; 0 repetitions, 5 are needed"));
  const Ended two = shell(folder, "sqrtn compare old.json c.xml");
  EXPECT_EQ(two.code, 2);
  EXPECT_TRUE(holds(two.err, "the older is output of hyperfine, the newer of Catch2"));
  EXPECT_TRUE(holds(shell(folder, "sqrtn report c.xml --output page").out, "c.xml: 3 cases of Catch2"));
}

TEST(Suites, AreAddedToAHistory) {
  const Folder folder;
  std::ofstream(folder / "c.xml") << corpus("catch2.xml");
  std::ofstream(folder / "h.json") << hyperfine("1, 2, 3");
  const std::string add = " --to h.jsonl --commit c ";
  const Ended nameless = shell(folder, "sqrtn history add c.xml" + add);
  EXPECT_EQ(nameless.code, 2);
  EXPECT_TRUE(holds(nameless.err, "it does not tell its machine, or that is not this one; add --machine NAME"));
  EXPECT_TRUE(
      holds(shell(folder, "sqrtn history add c.xml --machine m" + add).out, "left out: throws/bad: error: no <"));
  EXPECT_EQ(shell(folder, "sqrtn history add - --machine m" + add + "<h.json").code, 0);
  const Ended processors = shell(folder, "sqrtn history add h.json --machine m --cpu-time" + add);
  EXPECT_TRUE(holds(processors.err, "it tells no processor's time for --cpu-time"));
  const history::History all = history::read_history(folder / "h.jsonl");
  ASSERT_EQ(all.series.size(), 3u);
  EXPECT_EQ(all.series[2].name, "a");
  EXPECT_EQ(all.series[2].times[0].median_s, 2);
}

}  // namespace
}  // namespace sqrtn::verify
