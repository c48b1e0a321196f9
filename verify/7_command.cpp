#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "onnx_bytes.hpp"
#include "program.hpp"
#include "verify.hpp"

/// The programs' errors: bad input ends with exit 2 and one line that names the input and the
/// remedy, and loses nothing.
namespace sqrtn::verify {
namespace {

/// One whole line that names the input and the remedy.
void expect_one_line(const std::string& message, const std::string& input, const std::string& remedy) {
  EXPECT_TRUE(message.starts_with("sqrtn")) << message;
  EXPECT_EQ(message.find('\n'), message.size() - 1) << message;
  EXPECT_TRUE(holds(message, input));
  EXPECT_TRUE(holds(message, remedy));
}

/// A claim that takes no time.
const std::string quick_claim = "'^generator/philox/splitting$'";

struct BadInput {
  const char* line;
  const char* input;
  const char* remedy;
};

void PrintTo(const BadInput& bad, std::ostream* stream) { *stream << bad.line; }

class BadInputTest : public testing::TestWithParam<BadInput> {};

TEST_P(BadInputTest, ExitsWith2AndOneLineAndLosesNothing) {
  const Folder folder;
  for (const char* name : {"kept.npy", "kept.json", "text.so"}) std::ofstream(folder / name) << "kept\n";
  const Ended ended = shell(folder, GetParam().line);
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.out, "");
  expect_one_line(ended.err, GetParam().input, GetParam().remedy);
  for (const char* name : {"kept.npy", "kept.json", "text.so"}) EXPECT_EQ(content_of(folder / name), "kept\n");
  EXPECT_EQ(folder.entries(), 3) << "left something behind";
}

constexpr BadInput usage[] = {
    {"sqrtn", "subcommand", "--help"},
    {"sqrtn verify --sede 1", "--sede", "--help"},
    {"sqrtn verfy", "verfy", "did you mean verify?"},
    {"sqrtn --versio", "--versio", "did you mean --version?"},
    {"sqrtn verify --filtr x", "--filtr", "did you mean --filter?"},
    {"sqrtn run --qucik", "--qucik", "did you mean --quick?"},
    {"sqrtn init he_normal 5x5 --otput=kept.npy", "--otput", "did you mean --output?"},
    {"sqrtn verify --in-proces --only-property", "--in-proces", "did you mean --in-process?"},
    {"sqrtn verify --filter ''", "--filter", "an empty value"},
    {"sqrtn gate kept.json kept.json --filter ''", "--filter", "an empty value"},
    {"sqrtn completion csh", "csh", "bash, zsh, fish"},
    {"sqrtn init he_norml 5x5 --output kept.npy", "he_norml", "did you mean 'he_normal'?"},
    {"sqrtn init HE_NORMAL 5x5 --output kept.npy", "HE_NORMAL", "did you mean 'he_normal'?"},
    {"sqrtn init he_normal 5x5 --gain ReLU --output kept.npy", "ReLU", "did you mean 'relu'?"},
    {"sqrtn init he_normal 5x5 --threads 100000 --output kept.npy", "100000", "from 0 to 4096"},
    {"sqrtn propagate --threads 4097", "4097", "from 0 to 4096"},
    {"sqrtn propagate --width -1", "-1", "from 1 to 1000000"},
    {"sqrtn propagate --replicates 1000001", "1000001", "from 1 to 1000000"},
    {"sqrtn propagate --init he_normal --compare normal,orthogonal", "--init", "--compare"},
    {"sqrtn propagate --activation TANH", "TANH", "did you mean 'tanh'?"},
    {"sqrtn verify --blas OpenBLAS", "OpenBLAS", "did you mean 'openblas'?"},
    {"sqrtn bench --blas opnblas", "opnblas", "did you mean 'openblas'?"},
    {"sqrtn run --backends NoSuch,openblsa", "NoSuch", "there are"},
    {"sqrtn compare kept.json /dev/zero", "kept.json", "JSON"},
    {"sqrtn report - </dev/null", "-: not JSON", "write"},
    {"sqrtn init he_normal 5x5 --engine mersenne --output kept.npy", "mersenne", "philox"},
    {"sqrtn init he_normal 0x5 --output kept.npy", "0x5", "at least 1"},
    {"sqrtn init he_normal -1x3 --output kept.npy", "-1x3", "512x256"},
    {"sqrtn init he_normal 512x --output kept.npy", "512x", "512x256"},
    {"sqrtn init he_normal 16777216x16777217 --output kept.npy", "16777216x16777217", "smaller"},
    {"sqrtn verify --seed -1", "-1", "2^64"},
    {"sqrtn verify --seed 18446744073709551616", "18446744073709551616", "2^64"},
    {"sqrtn bench --seed 1e3", "1e3", "2^64"},
    {"sqrtn run --seed ''", "seed", "2^64"},
    {"sqrtn verify --effect-scale 0", "--effect-scale", "from 1 to 10"},
    {"sqrtn verify --effect-scale nan", "'nan'", "from 1 to 10"},
    {"sqrtn gate kept.json kept.json --alpha nan", "'nan'", "from 1e-12 to 0.24"},
    {"sqrtn init he_normal 5x5 --seed 0x10 --output kept.npy", "'0x10'", "whole number"},
    {"sqrtn verify --threads x", "--threads", "--help"},
    {"sqrtn verify --list env", "env", "--help"},
    {"sqrtn verify --list --json kept.json", "--list", "--help"},
    {"sqrtn verify --list --accept kept.json", "--list", "--accept"},
    {"sqrtn verify --list --write-accepted kept.json --reason x", "--list", "--write-accepted"},
    {"sqrtn verify --list --properties", "--list", "--properties"},
    {"sqrtn verify --reason known", "--reason", "--write-accepted"},
    {"sqrtn run --blas openblas --search .", "--search", "--backends all"},
    {"sqrtn run --blas openblas --kernels", "--kernels", "--backends all"},
    {"sqrtn verify --list --filter '(.*)*(.*)*(.*)*(.*)*zz$'", "regular expression", "simpler"},
    {"sqrtn init he_normal 5x5 --output kept.npy --json kept.npy", "kept.npy", "a file of its own"},
    {"sqrtn verify --filter '[' --json kept.json", "'['", "--filter '"},
    {"sqrtn bench --filter '(' --json kept.json", "'('", "--filter '"},
    {"sqrtn run --filter '*' --json kept.json", "'*'", "--filter '"},
    {"sqrtn verify --blas nosuch --json kept.json", "nosuch", "openblas"},
    {"sqrtn bench --blas nosuch --json kept.json", "nosuch", "openblas"},
    {"sqrtn run --blas nosuch --json kept.json", "nosuch", "openblas"},
    {"sqrtn verify --blas libm.so.6", "libm.so.6", "give a library"},
    {"sqrtn verify --blas ./text.so", "text.so", "shared library"},
    {"sqrtn verify --blas ./missing.so", "missing.so", "give"},
    {"sqrtn verify --blas ./", "./", "give"},
    {"sqrtn propagate --activation rleu --json kept.json", "rleu", "relu"},
    {"sqrtn propagate --init he_norml --json kept.json", "he_norml", "he_normal"},
    {"sqrtn propagate --compare he_normal,nosuch --json kept.json", "nosuch", "he_normal"},
    {"sqrtn propagate --depth 0 --json kept.json", "--depth", "from 1 to"},
    {"sqrtn propagate --width -5", "-5", "whole number"},
    {"sqrtn propagate --width 1000000 --json kept.json", "1000000", "smaller width"},
    {"sqrtn propagate --norm batch --json kept.json", "batch", "--batch 2"},
    {"sqrtn propagate --norm batchnorm", "batchnorm", "none, batch, layer"},
    {"sqrtn propagate --weights reused", "reused", "fresh, shared"},
    {"sqrtn propagate --dtype f16", "f16", "f32, f64"},
    {"sqrtn propagate --gain big", "big", "relu"},
    {"sqrtn bits --engine mersenne", "mersenne", "philox"},
    {"sqrtn bits --streams two --bytes 4", "'two'", "interleaved"},
    {"sqrtn bits --bytes -1", "-1", "whole number"},
    {"sqrtn propagate --init dirac", "dirac", "orthogonal"},
    {"sqrtn propagate --gain ''", "--gain", "leave the option out"},
    {"sqrtn propagate --activation --residual", "--residual", "is an option"},
    {"sqrtn propagate --compare he_normal,kaiming_normal", "he_normal", "twice"},
    {"sqrtn propagate --plot ./a.svg --json a.svg", "a.svg", "a file of its own"},
    {"sqrtn propagate --replicates 1000000 --depth 100000 --width 1", "--replicates", "fewer"},
    {"sqrtn propagate --init orthogonal --width 30000", "30000", "smaller width"},
    {"sqrtn reproduce --filter '(.*)*(.*)*(.*)*(.*)*zz$'", "regular expression", "simpler"},
    {"sqrtn propagate --plot kept.pdf", "kept.pdf", ".svg"},
    {"sqrtn propagate --blas nosuch --json kept.json", "nosuch", "openblas"},
    {"sqrtn reproduce --repetitions 0", "--repetitions", "--help"},
    {"sqrtn reproduce --filter '['", "'['", "--filter '"},
    {"sqrtn reproduce --blas nosuch --json kept.json", "nosuch", "openblas"},
    {"sqrtn screen --cores 3-1 --json kept.json", "'3-1'", "write 0-7"},
    {"sqrtn screen --cores 65000 --json kept.json", "65000", "it may on"},
    {"sqrtn screen --minutes 0 --json kept.json", "--minutes", "from 0.001"},
    {"sqrtn screen --size 4 --json kept.json", "4", "from 8 to 1024"},
    {"sqrtn screen --call 1:2 --json kept.json", "'1:2'", "CORE:ROUND:STEP"},
    {"sqrtn screen --blas nosuch --json kept.json", "nosuch", "openblas"},
    {"sqrtn screen --json missing/r.json", "missing/r.json", "writ"},
    {"sqrtn merge kept.json", "kept.json", "JSON"},
    {"sqrtn merge kept.json --json missing/r.json", "missing/r.json", "writ"},
    {"sqrtn merge", "files", "--help"},
    {"sqrtn-verify --blas nosuch", "nosuch", "openblas"},
    {"sqrtn-verify --seed x", "'x'", "2^64"},
    {"sqrtn-verify --sede 2", "--sede", "--seed N"},
    {"sqrtn-verify nonsense", "nonsense", "--help"},
    {"sqrtn-bench --blas nosuch", "nosuch", "openblas"},
};
INSTANTIATE_TEST_SUITE_P(Usage, BadInputTest, testing::ValuesIn(usage));

constexpr BadInput output[] = {
    {"sqrtn propagate --json missing/r.json", "missing/r.json", "writ"},
    {"sqrtn propagate --plot missing/a.svg", "missing/a.svg", "writ"},
    {"sqrtn reproduce --json missing/r.json", "missing/r.json", "writ"},
    {"sqrtn reproduce --output kept.json", "kept.json", "--output"},
    {"sqrtn verify --json missing/r.json", "missing/r.json", "writ"},
    {"sqrtn verify --json .", "'.'", "writ"},
    {"sqrtn verify --json kept.json/r.json", "kept.json/r.json", "writ"},
    {"sqrtn bench --json missing/r.json", "missing/r.json", "writ"},
    {"sqrtn run --json missing/r.json", "missing/r.json", "writ"},
    {"sqrtn run --output kept.json", "kept.json", "--output"},
    {"sqrtn run --output kept.json/below", "kept.json/below", "--output"},
    {"sqrtn run --output /proc/results", "into '/proc/results'", "--output"},
    {"sqrtn run --output /proc", "'results.json' into '/proc'", "--output"},
    {"sqrtn init he_normal 5x5 --output missing/w.npy", "missing/w.npy", "writ"},
    {"sqrtn init he_normal 5x5 --output /dev/full", "/dev/full", "writ"},
    {"sqrtn init he_normal 5x5 --output - >/dev/full", "standard output", "writ"},
    {"sqrtn init --list >/dev/full", "standard output", "writ"},
    {"sqrtn verify --list >/dev/full", "standard output", "writ"},
    {"sqrtn verify --list >&-", "standard output", "writ"},
    {"sqrtn verify --filter '^generator/philox/splitting$' --json - >&-", "standard output", "writ"},
    {"sqrtn bench --list >/dev/full", "standard output", "writ"},
    {"sqrtn env >/dev/full", "standard output", "writ"},
    {"sqrtn env --json - >&-", "standard output", "writ"},
    {"sqrtn --help >/dev/full", "standard output", "writ"},
};
INSTANTIATE_TEST_SUITE_P(Output, BadInputTest, testing::ValuesIn(output));

TEST(Command, AFilterThatMatchesNothingExits4) {
  const Folder folder;
  for (const char* subcommand : {"verify", "bench", "run"}) {
    const Ended ended = shell(folder, std::string("sqrtn ") + subcommand + " --filter nothing_is_called_so");
    EXPECT_EQ(ended.code, 4) << subcommand;
    EXPECT_EQ(ended.out, "") << subcommand;
    expect_one_line(ended.err, "nothing_is_called_so", "--list");
  }
  EXPECT_EQ(folder.entries(), 0);
}

/// A BLAS that does nothing: verify fails with the line that reproduces it; run reports it as a
/// finding and fails only if told to be strict.
TEST(Command, AWrongLibraryIsFound) {
  const Folder folder;
  const std::string blas = " --blas " + (program_folder() / "idle-blas.so").string();
  const Ended verify = shell(folder, "sqrtn verify --filter '^products/gemm/f32'" + blas);
  EXPECT_EQ(verify.code, 1);
  EXPECT_TRUE(holds(verify.out, "./sqrtn verify --seed 1" + blas + " --filter '^products/gemm/f32"));
  const std::string run = "sqrtn run --quick --output out --filter '^products/gemm/f32'" + blas;
  const Ended lenient = shell(folder, run);
  EXPECT_EQ(lenient.code, 0);
  EXPECT_TRUE(holds(lenient.out, "| wrong |")) << lenient.out;
  EXPECT_EQ(shell(folder, run + " --strict").code, 1);
}

/// What was found is shown although it cannot be kept.
TEST(Command, TheAnswerSurvivesAFullDisk) {
  const std::string claim = " --filter " + quick_claim;
  for (const std::string& line :
       {"verify" + claim, "run --quick --output out --blas openblas" + claim, std::string("env"),
        std::string("init he_normal 5x5"), std::string("init --list"), std::string("backends"),
        std::string("backends --blas openblas"), std::string("propagate --width 8 --depth 2 --replicates 2"),
        std::string("bench --quick --filter '^ceilings/fma/f32/1$'"),
        std::string("reproduce --filter '^000/in02/mean$'"), std::string("compare r.json r.json"),
        std::string("gate /bin/true /bin/true")}) {
    const Folder folder;
    ASSERT_EQ(shell(folder, "sqrtn verify --json r.json" + claim).code, 0);
    const Ended kept = shell(folder, "sqrtn " + line);
    const Ended full = shell(folder, "sqrtn " + line + " --json /dev/full");
    EXPECT_EQ(kept.code, 0) << line << kept.err;
    EXPECT_EQ(full.code, 2) << line;
    EXPECT_FALSE(kept.out.empty()) << line;
    EXPECT_EQ(full.out.substr(0, 40), kept.out.substr(0, 40)) << line;
    EXPECT_TRUE(holds(full.err, "cannot write '/dev/full'")) << line;
    EXPECT_EQ(std::ranges::count(full.err, '\n'), 1) << full.err;
  }
}

TEST(Command, StandardInputIsAFileOfResults) {
  const Folder folder;
  ASSERT_EQ(shell(folder, "sqrtn verify --json r.json --filter " + quick_claim).code, 0);
  const Ended compared = shell(folder, "cat r.json | sqrtn compare - r.json");
  EXPECT_EQ(compared.code, 0) << compared.err;
  EXPECT_EQ(compared.out, shell(folder, "sqrtn compare r.json r.json").out);
  EXPECT_EQ(shell(folder, "cat r.json | sqrtn report - --output page").code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder / "page/report.html"));
}

// A pipe into which nobody writes is not waited for.
TEST(Command, AFifoIsRefusedAtOnce) {
  const Folder folder;
  ASSERT_EQ(shell(folder, "mkfifo fifo.json; sqrtn verify --json r.json --filter " + quick_claim).code, 0);
  for (const char* line : {"report fifo.json", "compare r.json fifo.json", "compare fifo.json r.json",
                           "verify --accept fifo.json", "gate /bin/true /bin/false --accept fifo.json"}) {
    const Ended ended = shell(folder, fmt::format("timeout 20 sqrtn {}", line));
    EXPECT_EQ(ended.code, 2) << line;
    expect_one_line(ended.err, "fifo.json", "no regular file");
  }
}

// The loader has a reason of its own where a library is there and cannot be mapped.
TEST(Command, ALibraryThatCannotBeLoadedIsNotCalledMissing) {
  const Folder folder;
  const std::string line = "verify --blas openblas --filter '^products/dot/f32/empty$'";
  if (shell(folder, "sqrtn " + line).code != 0) GTEST_SKIP() << "needs OpenBLAS";
  const Ended ended = shell(folder, "ulimit -v 50000; sqrtn " + line);
  EXPECT_EQ(ended.code, 2);
  expect_one_line(ended.err, "cannot load BLAS 'openblas'", "failed to map segment");
}

TEST(Command, ResultsSurviveAFullStandardOutput) {
  const Folder folder;
  const Ended ended = shell(folder, "sqrtn run --quick --output out --filter " + quick_claim + " >/dev/full");
  EXPECT_EQ(ended.code, 2);
  for (const char* name : {"out/results.json", "out/report.md", "out/claims.csv", "out/measurements.csv"}) {
    EXPECT_FALSE(content_of(folder / name).empty()) << name;
  }
}

/// The command lines under "Example" of a help text, without what explains them or reads their output.
std::vector<std::string> examples_in(const std::string& help) {
  std::vector<std::string> lines;
  static const std::regex continued(R"( \\\n +)");
  std::istringstream text(std::regex_replace(help.substr(std::min(help.find("Example"), help.size())), continued, " "));
  static const std::regex example(R"( +((\./)?sqrtn( [^ |]+)+)((  | \|).*)?)");
  for (std::string line; std::getline(text, line);) {
    if (std::smatch match; std::regex_match(line, match, example)) lines.push_back(match[1]);
  }
  return lines;
}

/// Each once, though a subcommand may repeat the command's.
std::set<std::string> all_examples() {
  const Folder folder;
  std::set<std::string> lines;
  for (const char* subcommand : {"", "verify ", "bench ", "run ", "init ", "env ", "completion ", "manual "}) {
    const Ended ended = shell(folder, std::string("sqrtn ") + subcommand + "--help");
    EXPECT_EQ(ended.code, 0) << subcommand;
    EXPECT_EQ(ended.err, "") << subcommand;
    const std::vector<std::string> found = examples_in(ended.out);
    EXPECT_FALSE(found.empty()) << subcommand << ended.out;
    lines.insert(found.begin(), found.end());
  }
  return lines;
}

/// `run`, `bench`, `verify` and `screen` take many seconds; they are in the suite for which one waits.
bool takes_long(const std::string& line) {
  const auto calls = [&line](const char* subcommand) {
    return line.find(fmt::format("sqrtn {}", subcommand)) != std::string::npos;
  };
  return (calls("run") || calls("bench") || calls("verify") || calls("screen")) &&
         line.find("--list") == std::string::npos;
}

/// All that a program for `verify --sampler` has to do.
constexpr const char* sampler_in_python = R"(import array, json, random, sys
for line in sys.stdin:
    ask = json.loads(line)
    if "hello" in ask:
        print(json.dumps({"rules": ["normal"], "dtypes": ["f64"]}), flush=True)
        continue
    size = ask["count"]
    for length in ask["shape"]:
        size *= length
    generator = random.Random(ask["seed"])
    sys.stdout.buffer.write(array.array("d", (generator.gauss(0, 1) for _ in range(size))).tobytes())
    sys.stdout.buffer.flush()
)";

/// An example in a folder that has what some of them read; it is interrupted after `limit_s`, if that is given.
Ended example_run(std::string line, int limit_s) {
  if (line.starts_with("./")) line.erase(0, 2);  // the wrapper at the root runs the same command
  const Folder folder;
  const Ended prepared = shell(folder,
                               "sqrtn verify --filter '^initialisers/identity' --json results.json >/dev/null &&"
                               " cp results.json old.json && cp results.json new.json");
  EXPECT_EQ(prepared.code, 0) << prepared.err;
  std::ofstream(folder / "my_init.py") << sampler_in_python;
  std::ofstream(folder / "layers.txt") << "encoder.weight 512x256 he_normal,gain=gelu\n";
  std::ofstream(folder / "model.onnx", std::ios::binary) << onnx::gemm_chain(1).model();
  if (limit_s > 0) std::ofstream(folder / "example") << line << '\n';
  return shell(folder, limit_s > 0 ? fmt::format("timeout -s INT --preserve-status {} bash example", limit_s) : line);
}

// As other programs end whose reader has seen enough.
TEST(Command, AClosedPipeIsNoFailureToWrite) {
  const Folder folder;
  const Ended ended = shell(folder, "(sqrtn verify --list; echo $? >code) | head -c 1 >/dev/null");
  EXPECT_EQ(content_of(folder / "code"), "141\n");
  EXPECT_EQ(ended.err, "");
}

TEST(Command, ExamplesOfTheHelpRun) {
  for (const std::string& line : all_examples()) {
    if (takes_long(line)) continue;
    const Ended ended = example_run(line, 0);
    EXPECT_EQ(ended.code, 0) << line << '\n' << ended.err;
  }
}

// What a line asks for is refused at once or not at all; and who has seen enough of it presses Ctrl-C.
TEST(CommandSlow, LongExamplesOfTheHelpRunUntilTheyAreInterrupted) {
  for (const std::string& line : all_examples()) {
    if (!takes_long(line)) continue;
    if (line.find("python3") != std::string::npos && shell(Folder(), "python3 -c ''").code != 0) continue;
    const Ended ended = example_run(line, 15);
    EXPECT_TRUE(ended.code == 0 || ended.code == 128 + SIGINT) << line << '\n' << ended.code << ended.err;
  }
}

}  // namespace
}  // namespace sqrtn::verify
