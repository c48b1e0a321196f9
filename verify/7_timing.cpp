#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "libraries/timing.hpp"
#include "program.hpp"
#include "sqrtn/support/parallel.hpp"
#include "support/output.hpp"
#include "verify.hpp"

/// What `sqrtn run` times, and what it says of it.
namespace sqrtn::verify {
namespace {

using nlohmann::json;

// A library that computes in more threads than it was told to would win over those that obey.
TEST(Timing, MoreThreadsThanAskedForAreNotRanked) {
  if (available_threads() < 2) GTEST_SKIP() << "has one processor";
  const Folder folder;
  const auto note_of = [&](const char* how) {
    const Ended ended = shell(folder, fmt::format("SQRTN_RUDE={} sqrtn bench --sample 1 --filter "
                                                  "'gemm/64x64x64/f32/1$' --blas {}",
                                                  how, (program_folder() / "rude-blas.so").string()));
    const json row = json::parse(ended.out)["measurements"].back();
    EXPECT_EQ(row["rate"].is_null(), !row["note"].is_null());
    return row["note"].is_null() ? std::string() : row["note"].get<std::string>();
  };
  EXPECT_EQ(note_of("polite"), "");
  for (int i = 0; i < 40; ++i) {
    const std::string note = note_of("threads");
    if (note.empty()) continue;  // other programs had the other processors
    EXPECT_TRUE(holds(note, " threads busy, 1 asked for: not ranked"));
    return;
  }
  ADD_FAILURE() << "a library that keeps 65 threads busy has a rate for one";
}

// Idle threads of a library that was started with more would spin beside what is measured.
TEST(Timing, RowsOfOneThreadAreMeasuredInAProcessThatWasStartedWithOne) {
  const Folder folder;
  const Ended ended = shell(folder,
                            "SQRTN_RUDE=started OPENBLAS_NUM_THREADS=7 sqrtn bench --quick --filter "
                            "'gemm/64x64x64/f32/1$' --json - --blas " +
                                (program_folder() / "rude-blas.so").string());
  EXPECT_EQ(ended.code, 1) << ended.err;
  const json document = json::parse(ended.out);
  ASSERT_EQ(document["incidents"].size(), 1U);
  EXPECT_EQ(document["incidents"][0]["text"], "printed 'started with 1' on standard output in the measurements");
  EXPECT_EQ(document["measurements"].back()["id"], "products/gemm/64x64x64/f32/1");
  EXPECT_GT(document["measurements"].back()["rate"].get<double>(), 0);
}

TEST(Timing, ALibraryThatDiesWhileItIsMeasuredIsNamed) {
  const Folder folder;
  const Ended ended = shell(folder, "SQRTN_RUDE=crash sqrtn bench --quick --filter 'gemm/64x64x64/f32/1$' --blas " +
                                        (program_folder() / "rude-blas.so").string());
  EXPECT_EQ(ended.code, 4) << ended.err;
  EXPECT_TRUE(holds(ended.out, "killed by signal 6 (aborted) in the measurements")) << ended.out;
}

// The command refuses an empty word.
TEST(Timing, NoWordToAChildIsEmpty) {
  const auto words_of = [](const std::string& filter) {
    libraries::TimingPlan plan;
    plan.filter = filter;
    return libraries::sample_words(plan, "openblas", 1, 1, true);
  };
  EXPECT_EQ(std::ranges::count(words_of(""), ""), 0);
  EXPECT_EQ(std::ranges::count(words_of("gemm"), "gemm"), 1);
}

TEST(Shapes, OnesOwnAreTimedInPlaceOfTheOthers) {
  const Folder folder;
  write_file(folder / "shapes.txt", "# of a layer\ngemv: 7x3  # a product\r\n\ngemm:3x5x7\n");
  const Ended listed = shell(folder, "sqrtn bench --list --filter '/1$' --shape gemm:3x5x7 --shapes shapes.txt");
  EXPECT_EQ(listed.code, 0) << listed.err;
  const std::string rows =
      "products/gemm/3x5x7/f32/1\nproducts/gemm/3x5x7/f64/1\nproducts/gemv/7x3/f32/1\nproducts/gemv/7x3/f64/1\n";
  EXPECT_TRUE(listed.out.ends_with(rows)) << listed.out;
  EXPECT_FALSE(holds(listed.out, "512x512"));
  const std::string library = (program_folder() / "named/plain-0.so").string();
  const Ended ended = shell(folder, "sqrtn run --quick --blas " + library +
                                        " --backends openblas --filter '/3x5x7/f32/1$' --shapes shapes.txt --output o");
  EXPECT_EQ(ended.code, 0) << ended.err;
  const json backends = json::parse(content_of(folder / "o/backends.json"))["backends"];
  EXPECT_GE(backends.size(), 2U);
  for (const json& backend : backends) {
    ASSERT_EQ(backend["measurements"].size(), 1U);
    EXPECT_EQ(backend["measurements"][0]["id"], "products/gemm/3x5x7/f32/1");
    EXPECT_GT(backend["measurements"][0]["rate"].get<double>(), 0);
    EXPECT_EQ(backend["standings"].size(), 1U) << "they are ranked by it";
  }
}

TEST(Shapes, WhatIsNoneIsRefusedWithWhatWouldDo) {
  const Folder folder;
  write_file(folder / "wrong.txt", "gemm:3x5x7\n\ngemm:3x5\n");
  write_file(folder / "none.txt", "# gemm:3x5x7\n");
  const std::vector<std::array<const char*, 2>> wrong{
      {"--shape axpy:5", "'axpy:5' is no product that is timed: write gemm:MxNxK or gemv:MxN"},
      {"--shape gemm", "shape '': '' is not a whole number"},
      {"--shape gemm:3x5", "'gemm:3x5' has 2 dimensions; gemm has three, MxNxK"},
      {"--shape gemv:3x0", "a dimension is 0"},
      {"--shape gemv:4294967296x1", "a library with 32-bit integers takes dimensions up to 2147483647"},
      {"--shape gemm:60000x60000x60000", "this machine has"},
      {"--shapes wrong.txt", "wrong.txt:3: 'gemm:3x5' has 2 dimensions"},
      {"--shapes none.txt", "none.txt names no shape"},
      {"--shapes missing.txt", "missing.txt"},
      {"--shapes /dev/zero", "/dev/zero"}};
  for (const auto& [words, complaint] : wrong) {
    const Ended ended = shell(folder, fmt::format("sqrtn bench --list {}", words));
    EXPECT_EQ(ended.code, 2) << words;
    EXPECT_TRUE(holds(ended.err, complaint)) << words;
  }
}

TEST(TimingSlow, KernelsAreTimedToo) {
  const Folder folder;
  if (shell(folder, "sqrtn backends --blas openblas@" + other_kernel()).code != 0) {
    GTEST_SKIP() << "OpenBLAS has no kernel to choose";
  }
  const Ended ended = shell(folder,
                            "sqrtn run --backends openblas --kernels --quick --output out --filter "
                            "'gemm/512x512x512/f32/1$'");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, '@' + other_kernel()));
  for (const json& backend : json::parse(content_of(folder / "out/backends.json"))["backends"]) {
    EXPECT_GT(backend["measurements"][0]["rate"].get<double>(), 0) << backend["name"];
  }
}

}  // namespace
}  // namespace sqrtn::verify
