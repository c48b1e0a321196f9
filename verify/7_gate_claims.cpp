#include <nlohmann/json.hpp>

#include "documents.hpp"
#include "gate_programs.hpp"
#include "results/document.hpp"

/// Whom `sqrtn gate` blames for a claim that fails: NEW for what it does worse than OLD, and for nothing else.
namespace sqrtn::verify {
namespace {

using claims::Verdict;

/// A program that answers as `sqrtn verify` does, with claims as "a=fail b=pass"; a word "!killed" is an incident of
/// that kind in "layers", and "crash" its own end.
std::string verify_that_finds(const std::string& findings, const char* sha256) {
  if (findings == "crash") return "kill -SEGV $$";
  results::Document document = synthetic_document();
  document.blas->identity.sha256 = sha256;
  document.claims.clear();
  std::istringstream words(findings);
  for (std::string word; words >> word;) {
    if (word.starts_with('!')) {
      const bool killed = word == "!killed";
      document.incidents.push_back({.kind = killed ? results::IncidentKind::killed : results::IncidentKind::printed,
                                    .place = "layers",
                                    .text = word.substr(1) + " by 'some' thing in layers"});
      continue;
    }
    const std::size_t equals = word.find('=');
    claims::Result& result = document.claims.emplace_back();
    result.claim.id = word.substr(0, equals);
    result.claim.uses_blas = true;
    for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::inconclusive}) {
      if (word.substr(equals + 1) == claims::to_string(verdict)) result.outcome.verdict = verdict;
    }
  }
  document.verdict = verdict_of(document);
  return printing(results::to_text(results::to_json(document)));
}

/// Two folders with a sqrtn-bench and the sqrtn that judges it.
void write_side(const Folder& folder, const std::string& side, const std::string& findings, const char* sha256,
                const std::string& label = "") {
  std::filesystem::create_directory(folder / side.c_str());
  std::string timed = results("x=100 y=200");
  timed.replace(timed.find("{\"executable\""), 1, "{\"blas_sha256\": \"0\", ");
  if (!label.empty()) timed.replace(timed.find("{\"name\""), 1, "{\"label\": \"" + label + "\", ");
  write_program(folder, (side + "/bench").c_str(), printing(timed));
  write_program(folder, (side + "/sqrtn").c_str(), verify_that_finds(findings, sha256));
}

Ended gate_of_sides(const Folder& folder, const std::string& options = "") {
  return shell(folder, "sqrtn gate old/bench new/bench --alpha 0.01 " + options);
}

struct Blame {
  const char* older;
  const char* newer;
  int code;
  const char* says;
};

void PrintTo(const Blame& b, std::ostream* stream) { *stream << b.older << " -> " << b.newer; }

class GateBlameTest : public testing::TestWithParam<Blame> {};

TEST_P(GateBlameTest, IsWhoeverIsWorse) {
  const Folder folder;
  write_side(folder, "old", GetParam().older, "aa");
  write_side(folder, "new", GetParam().newer, "bb");
  const Ended ended = gate_of_sides(folder);
  EXPECT_EQ(ended.code, GetParam().code) << ended.out << ended.err;
  EXPECT_TRUE(holds(ended.out, GetParam().says)) << ended.err;
}

constexpr Blame blames[] = {
    {"a=pass b=pass", "a=pass b=pass", 0, "2 same"},
    {"a=pass", "a=fail", 1, "1 findings that OLD has not; not timed"},
    {"a=fail", "a=fail", 0, "- fails for OLD too: a: fail"},
    {"a=fail", "a=fail b=fail", 1, "- **fail** `b: fail"},
    {"a=fail b=pass", "a=pass b=pass", 0, "- fails for OLD alone: a: fail"},
    {"a=inconclusive", "a=fail", 1, "- **fail** `a: fail"},
    {"a=fail", "a=inconclusive", 0, "- fails for OLD too: a: inconclusive"},
    {"a=pass", "crash", 1, "- **fail** `verify: fail, killed by signal 11"},
    {"crash", "crash", 0, "- fails for OLD too: verify: fail, killed by signal 11"},
    {"crash", "a=fail", 0, "- fails for OLD too: a: fail"},
    {"crash", "a=pass", 0, "- fails for OLD alone: verify: fail, killed by signal 11"},
    {"a=pass", "a=pass !killed", 1, "- **fail** `killed in layers: fail, killed by 'some' thing in layers`"},
    {"a=fail !killed", "a=fail !killed", 0, "- fails for OLD too: killed in layers"},
    {"a=fail !printed", "a=fail !killed", 1, "- **fail** `killed in layers"},
};
INSTANTIATE_TEST_SUITE_P(Of, GateBlameTest, testing::ValuesIn(blames));

// A list holds for the build that it names, and takes nothing from what the other side is compared with.
TEST(GateCommand, AcceptedFindingsAreNoRegression) {
  const Folder folder;
  write_side(folder, "old", "a=fail b=fail c=pass", "aa");
  write_side(folder, "new", "a=fail b=pass c=fail", "bb");
  const auto list = [&](const char* file, const char* sha256, const char* claim) {
    const nlohmann::json json{{"schema", "sqrtn.accepted/1"},
                              {"accepted", {{{"sha256", sha256}, {"claim", claim}, {"reason", "by design"}}}}};
    std::ofstream(folder / file) << json;
  };
  list("old.json", "aa", "a");
  list("new.json", "bb", "c");
  list("other.json", "aa", "c");
  EXPECT_EQ(gate_of_sides(folder).code, 1);
  EXPECT_EQ(gate_of_sides(folder, "--accept other.json").code, 1) << "a list of another build";
  const Ended ended = gate_of_sides(folder, "--accept old.json --accept new.json");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_TRUE(holds(ended.out, "- OLD: accepted: a: by design"));
  EXPECT_TRUE(holds(ended.out, "- NEW: accepted: c: by design"));
  EXPECT_TRUE(holds(ended.out, "- fails for OLD too: a"));
  EXPECT_TRUE(holds(ended.out, "- fails for OLD alone: b"));
}

// Whoever gives the wrong answer is not ranked; NEW is blamed if it alone does.
TEST(GateCommand, AWrongAnswerIsNotTimed) {
  constexpr const char* wrong = "wrong answer: not ranked";
  for (const auto& [older, newer, code, says] : {Blame{"", wrong, 1, "- **fail** `x: wrong answer`"},
                                                 {wrong, "", 0, "- x: wrong answer of OLD; not timed"},
                                                 {wrong, wrong, 0, "- x: wrong answer of OLD and NEW; not timed"}}) {
    const Folder folder;
    write_side(folder, "old", "a=pass", "aa", older);
    write_side(folder, "new", "a=pass", "bb", newer);
    const Ended ended = gate_of_sides(folder);
    EXPECT_EQ(ended.code, code) << ended.out << ended.err;
    EXPECT_TRUE(holds(ended.out, says));
  }
}

}  // namespace
}  // namespace sqrtn::verify
