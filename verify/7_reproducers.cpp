#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "program.hpp"
#include "scratch.hpp"

/// Findings as programs in C, compiled and run.
namespace sqrtn::verify {
namespace {

namespace fs = std::filesystem;

TEST(Reproducers, ShowTheFindingWithoutSqrtn) {
  const Folder folder;
  if (shell(folder, "cc --version").code != 0) GTEST_SKIP() << "no C compiler";
  // Findings of Debian's OpenBLAS, whatever its kernels: complex dot products that read past a vector with gaps.
  const Ended ended = shell(folder, "sqrtn verify --filter '^products/(dotu|dotc|asum|sum)/' --reproducer found");
  if (ended.code == 0) GTEST_SKIP() << "the library has none of the findings that this test knows";
  EXPECT_EQ(ended.code, 1) << ended.err;
  std::size_t n_programs = 0;
  for (const auto& file : fs::directory_iterator(folder / "found")) {
    ++n_programs;
    const std::string text = content_of(file.path().string());
    EXPECT_LE(std::ranges::count(text, '\n'), 15) << text;
    const Ended built =
        shell(folder, "cc -Wall -Werror '" + file.path().string() + "' -o shows -lm -l:libopenblas.so.0");
    EXPECT_EQ(built.code, 0) << built.err << text;
    EXPECT_NE(shell(folder, "./shows").code, 0) << text;
  }
  EXPECT_GT(n_programs, 0U);
}

TEST(Reproducers, AreRefusedWhereTheFolderIsAFile) {
  const Folder folder;
  std::ofstream(folder / "file") << "kept";
  const Ended ended = shell(folder, "sqrtn verify --filter '^products/dotu/' --reproducer file");
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(holds(ended.err, "--reproducer"));
  EXPECT_EQ(content_of(folder / "file"), "kept");
}

}  // namespace
}  // namespace sqrtn::verify
