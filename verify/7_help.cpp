#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include "program.hpp"
#include "verify.hpp"

/// What the command says of itself: help, the manual page and completion in shells know the same options.
namespace sqrtn::verify {
namespace {

std::vector<std::string> lines_in(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string help_of(const std::string& subcommand) {
  const Folder folder;
  const Ended ended = shell(folder, "sqrtn " + subcommand + " --help");
  EXPECT_EQ(ended.code, 0) << subcommand << ended.err;
  return ended.out;
}

/// What the first group of `pattern` finds in each line, in order.
std::vector<std::string> found_in(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (const std::string& line : lines_in(text)) {
    if (std::smatch match; std::regex_search(line, match, pattern)) found.push_back(match[1]);
  }
  return found;
}

std::vector<std::string> subcommands() {
  static const std::regex subcommand("^  ([a-z]+) ");
  std::vector<std::string> names = found_in(help_of(""), subcommand);
  std::erase(names, "sqrtn");  // an example
  EXPECT_GE(names.size(), 14u);
  return names;
}

std::vector<std::string> options_of(const std::string& subcommand) {
  static const std::regex option("^  (?:-h,)?(--[a-z-]+)");
  const std::vector<std::string> names = found_in(help_of(subcommand), option);
  EXPECT_FALSE(names.empty()) << subcommand;
  return names;
}

/// What `sqrtn` writes to standard output when it is called so.
std::string written(const std::string& arguments) {
  const Folder folder;
  const Ended ended = shell(folder, "sqrtn " + arguments);
  EXPECT_EQ(ended.code, 0) << ended.err;
  return ended.out;
}

/// What bash offers for the last of these words, in a folder with one file and one folder.
std::vector<std::string> completed(const std::string& words) {
  const Folder folder;
  std::ofstream(folder / "kept file.json") << '\n';
  std::filesystem::create_directory(folder / "kept_folder");
  const Ended ended =
      shell(folder, "sqrtn completion bash >script && bash -c 'source ./script; COMP_WORDS=(" + words +
                        "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sqrtn; printf \"%s\\n\" \"${COMPREPLY[@]}\"'");
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.err, "") << words;
  std::vector<std::string> lines = lines_in(ended.out);
  std::ranges::sort(lines);
  return lines;
}

using Words = std::vector<std::string>;

TEST(Help, IsAtMost80ColumnsWide) {
  std::vector<std::string> names = subcommands();
  names.emplace_back();
  for (const std::string& name : names) {
    for (const std::string& line : lines_in(help_of(name))) {
      EXPECT_LE(std::ranges::count_if(line, [](char c) { return (c & 0xC0) != 0x80; }), 80) << name << '\n' << line;
    }
  }
}

TEST(Manual, HasEachVisibleOption) {
  const std::string page = written("manual");
  for (const std::string& name : subcommands()) {
    const std::size_t begin = page.find(".SH \"sqrtn " + name + "\"\n");
    ASSERT_NE(begin, std::string::npos) << name;
    const std::string section = page.substr(begin, page.find(".SH", begin + 1) - begin);
    for (const std::string& option : options_of(name)) {
      const std::string escaped = std::regex_replace(option, std::regex("-"), "\\-");
      static const std::regex term("^\\\\fB(?:\\\\-h,)?(.*)\\\\fR");
      EXPECT_EQ(std::ranges::count(found_in(section, term), escaped), 1) << name << ' ' << option;
    }
  }
  EXPECT_EQ(page.find("\\fB\\fR"), std::string::npos) << "a hidden option, which has no name, is shown";
}

// A system may set its own that keeps them: unescaped, others show a hyphen or an accent, which no shell reads.
TEST(Manual, EscapesWhatRoffMayChange) {
  static const std::regex request("^(\\.|'\\\\\").*"), escape(R"(\\(\(..|-|e|&|f[BR]))");
  std::size_t texts = 0;
  for (const std::string& line : lines_in(written("manual"))) {
    if (std::regex_match(line, request)) continue;
    ++texts;
    EXPECT_EQ(std::regex_replace(line, escape, "").find_first_of("-'`^~\"\\"), std::string::npos) << line;
  }
  EXPECT_GT(texts, 300u);
}

TEST(Manual, IsRenderedWithoutWarnings) {
  const Folder folder;
  if (shell(folder, "command -v groff").code != 0) GTEST_SKIP() << "groff is not installed";
  const Ended ended = shell(folder, "sqrtn manual | groff -k -man -Tutf8 -P-c -ww");
  EXPECT_EQ(ended.err, "");
  EXPECT_TRUE(holds(ended.out, "sqrtn verify --list --filter '^layers/'"));
}

TEST(Completion, OfBashKnowsSubcommandsAndTheirOptions) {
  Words names = subcommands();
  for (const std::string& name : names) {
    Words options = options_of(name);
    std::ranges::sort(options);
    EXPECT_EQ(completed("sqrtn " + name + " --"), options);
  }
  for (const char* option : {"--help", "--version"}) names.emplace_back(option);
  std::ranges::sort(names);
  EXPECT_EQ(completed("sqrtn \"\""), names);
  EXPECT_EQ(completed("sqrtn ver"), Words{"verify"});
  EXPECT_EQ(completed("sqrtn run --qu"), Words{"--quick"});
}

TEST(Completion, OfBashKnowsTheValues) {
  const Words all{"kept file.json", "kept_folder"};
  EXPECT_EQ(completed("sqrtn run --json kept"), all);
  EXPECT_EQ(completed("sqrtn run --json = kept"), all) << "--json=kept";
  EXPECT_EQ(completed("sqrtn compare kept"), all) << "a positional";
  EXPECT_EQ(completed("sqrtn gate kept"), all) << "the first of several positionals";
  EXPECT_EQ(completed("sqrtn run --output kept"), Words{"kept_folder"});
  EXPECT_EQ(completed("sqrtn init --engine \"\""), (Words{"ars", "philox"}));
  EXPECT_EQ(completed("sqrtn completion \"\""), (Words{"bash", "fish", "zsh"}));
  EXPECT_EQ(completed("sqrtn run --seed \"\""), Words{""});
}

TEST(Completion, OfZshAndFishHasEachVisibleOption) {
  const std::string zsh = written("completion zsh"), fish = written("completion fish");
  for (const std::string& name : subcommands()) {
    const std::size_t begin = zsh.find("        " + name + ")\n");
    ASSERT_NE(begin, std::string::npos) << name;
    const std::string section = zsh.substr(begin, zsh.find(";;", begin) - begin);
    for (const std::string& option : options_of(name)) {
      static const std::regex specification("^ +'\\*(--[a-z-]+)=?\\[");
      EXPECT_EQ(std::ranges::count(found_in(section, specification), option), 1) << name << ' ' << option;
      EXPECT_TRUE(holds(fish, "'__fish_seen_subcommand_from " + name + "' -l " + option.substr(2) + ' '));
    }
  }
}

}  // namespace
}  // namespace sqrtn::verify
