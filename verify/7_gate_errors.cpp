#include "gate_programs.hpp"
#include "verify.hpp"

/// `sqrtn gate` on programs that crash, hang and print nonsense: one line each, and an exit code.
namespace sqrtn::verify {
namespace {

/// What goes wrong with NEW.
struct Trouble {
  const char* name;
  std::string newer;
  const char* options;
  int code;
  const char* says;
};

void PrintTo(const Trouble& t, std::ostream* stream) { *stream << t.name; }

class GateTroubleTest : public testing::TestWithParam<Trouble> {};

TEST_P(GateTroubleTest, IsOneLineThatNamesTheProgram) {
  const Folder folder;
  const Ended ended = gate_of(folder, printing(results("a=100 b=200")), GetParam().newer, GetParam().options);
  EXPECT_EQ(ended.code, GetParam().code);
  EXPECT_EQ(ended.out, "");
  EXPECT_TRUE(ended.err.starts_with("sqrtn: NEW './new'")) << ended.err;
  EXPECT_EQ(ended.err.find('\n'), ended.err.size() - 1) << ended.err;
  EXPECT_TRUE(holds(ended.err, GetParam().says));
}

// Fails at its fourth launch: the first is to see the cases.
const std::string fails_later = "echo x >>count; [ $(wc -l <count) -lt 4 ] || kill -SEGV $$\n";

const Trouble troubles[] = {
    {"crashes", "kill -SEGV $$", "", 4, "killed by signal 11"},
    {"crashes after a case", "echo '{\"benchmarks\": [{\"run_name\": \"a\",'; kill -ABRT $$", "", 4, "after case 'a'"},
    {"crashes at its fourth launch", fails_later + printing(results("a=100 b=200")), "", 4, "killed by signal 11"},
    {"hangs", "sleep 60", "--timeout 200ms", 4, "raise --timeout"},
    {"fails", "echo no licence >&2; exit 7", "", 4, "exited with status 7 (it says: no licence)"},
    {"prints nothing", "exit 0", "", 4, "measured nothing"},
    {"matches nothing", "exit 0", "--filter nosuch", 4, "for --filter 'nosuch'"},
    {"is truncated", printing(results("a=100 b=200").substr(0, 150) + "\n"), "", 2,
     "after case 'a': its output: not JSON, line 3, column"},
    {"is no JSON", "echo Hello", "", 2, "its output: not JSON, line 1, column 1"},
    {"is other JSON", "echo '{\"x\": 1}'", "", 2, "no list 'benchmarks'"},
    {"has entries that are none", "echo '{\"benchmarks\": [\"x\"]}'", "", 2, "not an object"},
    {"has a case without a name", "echo '{\"benchmarks\": [{\"real_time\": 1}]}'", "", 2, "no name"},
    {"is deep", "echo '{\"benchmarks\": ['; yes '[' | head -n 200000", "", 2, "not JSON, line 200002"},
    {"loses a case",
     "echo x >>count; if [ $(wc -l <count) -lt 4 ]; then " + printing(results("a=100 b=200")) + "\nelse " +
         printing(results("a=100")) + "\nfi",
     "", 4, "case 'b': missing"},
};
INSTANTIATE_TEST_SUITE_P(Of, GateTroubleTest, testing::ValuesIn(troubles));

struct Usage {
  const char* line;
  const char* input;
  const char* remedy;
};

void PrintTo(const Usage& u, std::ostream* stream) { *stream << u.line; }

class GateUsageTest : public testing::TestWithParam<Usage> {};

TEST_P(GateUsageTest, ExitsWith2AndOneLine) {
  const Folder folder;
  write_program(folder, "old", printing(results("a=100")));
  std::ofstream(folder / "text") << "no program\n";
  const Ended ended = shell(folder, GetParam().line);
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(ended.err.find('\n'), ended.err.size() - 1) << ended.err;
  EXPECT_TRUE(holds(ended.err, GetParam().input));
  EXPECT_TRUE(holds(ended.err, GetParam().remedy));
  EXPECT_EQ(folder.entries(), 2);
}

constexpr Usage usage[] = {
    {"sqrtn gate", "0 programs", "sqrtn gate OLD NEW"},
    {"sqrtn gate ./old", "1 programs", "sqrtn gate OLD NEW"},
    {"sqrtn gate ./old ./missing", "NEW './missing'", "give the path"},
    {"sqrtn gate ./old ./text", "NEW './text'", "give the path"},
    {"sqrtn gate ./old .", "NEW '.'", "give the path"},
    {"sqrtn gate --blas openblas", "1 libraries", "--blas blis"},
    {"sqrtn gate --blas nosuch --blas openblas", "OLD 'nosuch'", "installed"},
    {"sqrtn gate ./old ./old --min-effect 2x", "'2x'", "2%"},
    {"sqrtn gate ./old ./old --min-effect 0", "'0'", "2%"},
    {"sqrtn gate ./old ./old --min-effect 5", "'5'", "2%"},
    {"sqrtn gate ./old ./old --budget soon", "'soon'", "5m"},
    {"sqrtn gate ./old ./old --budget -5m", "'-5m'", "5m"},
    {"sqrtn gate ./old ./old --alpha 1", "--alpha", "--help"},
    {"sqrtn gate ./old ./old --extend 0.5", "--extend", "--help"},
    {"sqrtn gate ./old ./old --counter hits", "'hits'", "--better more"},
    {"sqrtn gate ./old ./old --better more", "--better", "--counter"},
    {"sqrtn gate ./old ./old --counter x --better most", "--better", "more"},
    {"sqrtn gate ./old ./old --counter x_per_second --cpu-time", "--counter", "--cpu-time"},
    {"sqrtn gate ./old ./old --seed x", "'x'", "2^64"},
    {"sqrtn gate ./old ./old --runs 5", "--runs", "--self-test"},
    {"sqrtn gate ./old ./old --filter '('", "'('", "regular expression"},
    {"sqrtn gate ./old ./old --json x --junit x", "'x'", "its own"},
    {"sqrtn gate ./old ./old --junit missing/x.xml", "missing/x.xml", "writ"},
    {"sqrtn gate ./old ./old --summary ''", "--summary", "leave the option out"},
    {"sqrtn gate --self-test ./old --junit x.xml", "--junit", "--self-test"},
    {"sqrtn gate --self-test ./old --strict", "--strict", "--self-test"},
    {"sqrtn gate ./old /bin/true --accept text", "text", "not JSON"},
    {"sqrtn gate ./old ./old --accept text --no-verify", "--accept", "--no-verify"},
};
INSTANTIATE_TEST_SUITE_P(Of, GateUsageTest, testing::ValuesIn(usage));

}  // namespace
}  // namespace sqrtn::verify
