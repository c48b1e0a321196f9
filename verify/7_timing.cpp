#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "program.hpp"
#include "sqrtn/support/parallel.hpp"
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

TEST(TimingSlow, KernelsAreTimedToo) {
  const Folder folder;
  if (shell(folder, "sqrtn backends --blas openblas@Prescott").code != 0) {
    GTEST_SKIP() << "OpenBLAS has no kernel to choose";
  }
  const Ended ended = shell(folder,
                            "sqrtn run --backends openblas --kernels --quick --output out --filter "
                            "'gemm/512x512x512/f32/1$'");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "@Prescott"));
  for (const json& backend : json::parse(content_of(folder / "out/backends.json"))["backends"]) {
    EXPECT_GT(backend["measurements"][0]["rate"].get<double>(), 0) << backend["name"];
  }
}

}  // namespace
}  // namespace sqrtn::verify
