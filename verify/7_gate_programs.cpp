#include <nlohmann/json.hpp>

#include "gate_programs.hpp"
#include "verify.hpp"

/// `sqrtn gate` on a real program, and on real libraries.
namespace sqrtn::verify {
namespace {

using nlohmann::json;

TEST(GateCommand, ARealProgramPassesItsSelfTest) {
  const Folder folder;
  const Ended ended = shell(folder,
                            "sqrtn gate --self-test gate-case --runs 2 --min-effect 50% --filter 'chain/1$' "
                            "--json out.json --summary out.md -- --benchmark_min_time=0.0001");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "| any case slower (false alarm) |"));
  EXPECT_EQ(json::parse(content_of(folder / "out.json"))["runs"], 2);
  EXPECT_EQ(content_of(folder / "out.md"), ended.out);
}

TEST(GateCommand, ASelfTestThatCannotFailIsNone) {
  const Folder folder;
  const Ended ended = shell(folder,
                            "sqrtn gate --self-test gate-case --runs 1 --budget 1ms --filter 'chain/1$' -- "
                            "--benchmark_min_time=0.0001");
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_TRUE(
      holds(ended.out, "blocks: 0 of the runs had them, or had resolved every case before. Nothing was tested"));
}

// A library that computes nothing is refused before it is found to be fast.
TEST(GateCommandSlow, AWrongLibraryIsNotTimed) {
  const Folder folder;
  const std::string idle = (program_folder() / "idle-blas.so").string();
  const Ended wrong = shell(folder, "sqrtn gate --blas openblas --filter 'gemm/64x64x64/f32/1/' --blas " + idle);
  EXPECT_EQ(wrong.code, 1) << wrong.err;
  EXPECT_TRUE(holds(wrong.out, "**wrong: "));
  EXPECT_TRUE(holds(wrong.out, "findings that OLD has not; not timed"));
  EXPECT_TRUE(holds(wrong.out, "products/gemm/64x64x64/f32/1/real_time: wrong answer"));
  const Ended same = shell(folder, "sqrtn gate --filter 'gemm/64x64x64/f32/1/' --blas openblas --blas openblas");
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_TRUE(holds(same.out, "**identical"));
}

// One file, and yet other code runs.
TEST(GateCommandSlow, OtherKernelsOfOneLibraryAreTimed) {
  const Folder folder;
  const std::string kernel = "openblas@" + other_kernel();
  if (shell(folder, "sqrtn backends --blas " + kernel).code != 0) GTEST_SKIP() << "OpenBLAS has no kernel to choose";
  const Ended ended = shell(folder,
                            "sqrtn gate --blas openblas --no-verify --budget 5s --filter "
                            "'gemm/64x64x64/f32/1/' --blas " +
                                kernel);
  EXPECT_TRUE(ended.code == 0 || ended.code == 1) << ended.err;
  EXPECT_EQ(ended.out.find("identical"), std::string::npos) << ended.out;
  EXPECT_TRUE(holds(ended.out, "products/gemm/64x64x64/f32/1/"));
}

}  // namespace
}  // namespace sqrtn::verify
