#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "gate_programs.hpp"

/// Whatever is killed, and whenever: no process is left, and no half of a result.
namespace sqrtn::verify {
namespace {

// Claims of two groups, a measurement and rounds, of two libraries: children of every kind, in a second or so.
// With `how` "hang" the children of one of them do not end by themselves.
std::string run_in_background(const Folder& folder, const char* how) {
  return fmt::format(
      "SQRTN_MARK='{}' SQRTN_RUDE={} sqrtn run --backends rude-blas --search '{}' --output out --quick --filter "
      "'^products/((gemm|dot)/f32/exact_small$|gemm/8x8x8/f32/1)' >out.txt 2>err.txt & run=$!; ",
      folder / "", how, (program_folder() / "rude-blas.so").string());
}

/// Processes that descend from the run, for as long as they take to end; at most 5 s.
std::string left_over(const Folder& folder) {
  return shell(folder, fmt::format("for i in $(seq 50); do left=$(grep -lzs 'SQRTN_MARK={}' /proc/[0-9]*/environ); "
                                   "[ -z \"$left\" ] && break; sleep 0.1; done; printf %s \"$left\"",
                                   folder / ""))
      .out;
}

void expect_whole_results(const Folder& folder) {
  if (!std::filesystem::exists(folder / "out")) return;
  for (const auto& file : std::filesystem::directory_iterator(folder / "out")) {
    const std::string content = content_of(file.path());
    if (file.path().filename().string().starts_with(".sqrtn-")) continue;  // what was being written; no result
    EXPECT_TRUE(content.ends_with('\n')) << file.path();
    if (file.path().extension() == ".json") {
      EXPECT_FALSE(nlohmann::json::parse(content, nullptr, false).is_discarded()) << file.path();
    }
  }
}

TEST(KillSlow, AParentTakesEverythingWithIt) {
  for (const char* signal : {"KILL", "TERM"}) {
    for (const char* moment_s : {"0.02", "0.3", "0.7", "1.2"}) {
      const Folder folder;
      const Ended ended = shell(folder, run_in_background(folder, "hang") +
                                            fmt::format("sleep {}; kill -{} $run; wait $run", moment_s, signal));
      EXPECT_EQ(left_over(folder), "") << signal << " after " << moment_s << " s";
      expect_whole_results(folder);
      if (signal == std::string("KILL")) continue;
      EXPECT_EQ(shell(folder, "ls -A out 2>/dev/null | grep '^\\.sqrtn-'").out, "") << signal;
    }
  }
}

// A program of the gate may start others; none outlives the gate.
TEST(KillSlow, AGateTakesGrandchildrenWithIt) {
  for (const char* signal : {"KILL", "TERM"}) {
    const Folder folder;
    write_program(folder, "old", "sleep 600 & touch begun; sleep 600");
    shell(folder,
          fmt::format("SQRTN_MARK='{}' sqrtn gate ./old /bin/true >out.txt 2>err.txt & run=$!; until [ -e begun ]; "
                      "do sleep 0.05; done; kill -{} $run; wait $run",
                      folder / "", signal));
    EXPECT_EQ(left_over(folder), "") << signal;
  }
}

// A child that was killed is told of, and the run goes on; 4 if it was the one that measured, 2 if it was the one that
// was asked what the default library is.
TEST(KillSlow, AChildIsAFinding) {
  int found = 0;
  for (const char* moment_s : {"0.1", "0.3", "0.5", "0.8", "1.2", "1.6", "2.4", "3.2"}) {
    const Folder folder;
    const Ended ended =
        shell(folder, run_in_background(folder, "") +
                          fmt::format("sleep {}; kill -KILL $(cat /proc/$run/task/*/children); wait $run", moment_s));
    const std::string complaint = content_of(folder / "err.txt");
    if (ended.code == 2) {
      ++found;
      EXPECT_TRUE(holds(complaint, "cannot be used, asked what it is: killed by signal 9"));
    } else {
      EXPECT_TRUE(ended.code == 0 || ended.code == 4) << ended.code << complaint;
    }
    EXPECT_EQ(left_over(folder), "");
    expect_whole_results(folder);
    const std::string told = content_of(folder / "out.txt");
    if (told.find("killed by signal 9") != std::string::npos) ++found;
  }
  EXPECT_GT(found, 0) << "no child was met";
}

}  // namespace
}  // namespace sqrtn::verify
