#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "onnx_bytes.hpp"
#include "program.hpp"

/// What the help and the pages show of `sqrtn propagate` runs.
namespace sqrtn::verify {
namespace {

/// Command lines of a help or a page, without what explains them.
void add_examples(const std::string& text, std::set<std::string>& examples) {
  static const std::regex continued(R"(\n {6}(--))"), example(R"( *(?:\./)?(sqrtn propagate( [^ ]+)+).*)");
  std::istringstream lines(std::regex_replace(text, continued, " $1"));
  for (std::string line; std::getline(lines, line);) {
    if (std::smatch match; std::regex_match(line, match, example)) examples.insert(match[1]);
  }
}

/// With few narrow layers, few runs, and the shape that the model here has.
std::string small(std::string line) {
  static const std::regex sizes(" --(depth|replicates|width) [0-9]+"), several("--widths-sweep [0-9,]+"),
      shape("--input [0-9,]+");
  line = std::regex_replace(std::regex_replace(line, sizes, ""), several, "--widths-sweep 16,32");
  line = std::regex_replace(line, shape, "--input 4,16") + " --replicates 3";
  if (holds(line, "--model")) return line;
  return line + " --depth 2" + (holds(line, "--widths") ? "" : " --width 64");
}

TEST(PropagateExamples, OfTheHelpAndThePagesRun) {
  const Folder folder;
  std::set<std::string> examples;
  add_examples(shell(folder, "sqrtn propagate --help").out, examples);
  const std::size_t of_help = examples.size();
  for (const char* page : {"/docs/initialisers.md", "/docs/tutorial.md"}) {
    add_examples(content_of(std::string(SOURCE_FOLDER) + page), examples);
  }
  EXPECT_GE(of_help, 12u);
  EXPECT_GE(examples.size(), of_help + 6);
  std::ofstream(folder / "model.onnx", std::ios::binary) << onnx::gemm_chain(1).model();
  for (const std::string& line : examples) {
    const Ended ended = shell(folder, small(line));
    EXPECT_EQ(ended.code, 0) << line << '\n' << ended.err;
    EXPECT_TRUE(holds(ended.out, "Verdict: ") || holds(line, "--compare")) << line << '\n' << ended.out;
  }
}

}  // namespace
}  // namespace sqrtn::verify
