#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "program.hpp"
#include "verify.hpp"

/// Many machines as ranks of MPI: here several on one.
namespace sqrtn::verify {
namespace {

// mpirun refuses the superuser, and more ranks than cores, unless it is told that both are meant.
constexpr const char* mpirun = "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 mpirun --oversubscribe ";

class FleetOfRanks : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(program_folder() / "sqrtn-fleet")) GTEST_SKIP() << "skipped: this build has no MPI";
    if (shell(folder, "command -v mpirun").code != 0) GTEST_SKIP() << "skipped: there is no mpirun";
  }
  Ended ranks(const std::string& words) { return shell(folder, mpirun + words); }
  [[nodiscard]] nlohmann::json document(const char* name) const {
    return nlohmann::json::parse(content_of(folder / name), nullptr, false);
  }
  void expect_shown_at(const char* signal);
  Folder folder;
};

TEST_F(FleetOfRanks, EveryNodeIsInTheTable) {
  const Ended ended = ranks("-n 3 sqrtn-fleet --json fleet.json screen --minutes 0.01 --size 64");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "3 nodes: 3 pass"));
  EXPECT_EQ(document("fleet.json")["nodes"].size(), 3U);
}

TEST_F(FleetOfRanks, ANodeThatCannotBeJudgedSaysWhy) {
  const Ended ended = ranks("-n 2 sqrtn-fleet --json fleet.json screen --blas ./missing.so");
  EXPECT_NE(ended.code, 0);
  EXPECT_TRUE(holds(ended.out, "missing.so"));
  EXPECT_TRUE(holds(ended.out, "2 nodes: 2 unreadable"));
}

TEST_F(FleetOfRanks, ReplicatesHaveTheBitsOfOneProcess) {
  const std::string words = "reproduce --filter '^(000/in0[78]|001/in159)/' --seed 3 ";
  ASSERT_EQ(shell(folder, "sqrtn " + words + "--json one.json").code, 0);
  const Ended ended = ranks("-n 4 sqrtn-fleet --json four.json " + words);
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_GT(document("one.json")["reproduced"].size(), 1U);
  EXPECT_EQ(document("four.json")["reproduced"], document("one.json")["reproduced"]);
}

// One rank is stopped: it lives, and says nothing.
TEST_F(FleetOfRanks, ASilentRankIsNamedAndTheOthersFinish) {
  const Ended ended =
      shell(folder, std::string(mpirun) +
                        "-n 3 sqrtn-fleet --silence 2 --json fleet.json screen --minutes 0.03 --size 64 & "
                        "for i in $(seq 100); do sleep 0.1; [ $(pgrep -cP $! -x sqrtn-fleet) -lt 3 ] || break; done; "
                        "sleep 0.5; kill -STOP $(pgrep -P $! -x sqrtn-fleet | tail -1); wait $!");
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_TRUE(holds(ended.out, "rank 2 on "));
  EXPECT_TRUE(holds(ended.out, "3 nodes: 2 pass, 1 unreadable"));
}

/// Signals mpirun once each rank's worker screens and has had time for a first report.
void FleetOfRanks::expect_shown_at(const char* signal) {
  const Ended ended =
      shell(folder,
            fmt::format("{}-n 4 sqrtn-fleet --json fleet.json screen --cores 0 --minutes 5 --size 64 --seed $$ >out & "
                        "for i in $(seq 100); do sleep 0.1; "
                        "[ $(pgrep -cf \"screen --worker.*seed $$\") -lt 4 ] || break; done; "
                        "sleep 1.5; kill -{} $!; wait $!; cat out",
                        mpirun, signal));
  EXPECT_TRUE(holds(ended.out, "4 nodes: 4 inconclusive")) << ended.err;
  const nlohmann::json fleet = document("fleet.json");
  ASSERT_TRUE(fleet.is_object());
  ASSERT_EQ(fleet["nodes"].size(), 4U);
  for (const auto& node : fleet["nodes"]) EXPECT_GT(node["calls"], 0);
}

// mpirun kills all ranks a second after it was asked to end.
TEST_F(FleetOfRanks, AJobsEndShowsWhatThereIs) { expect_shown_at("TERM"); }

// This one it only passes on.
using FleetOfRanksSlow = FleetOfRanks;
TEST_F(FleetOfRanksSlow, AWishToEndShowsWhatThereIs) { expect_shown_at("USR1"); }

TEST_F(FleetOfRanks, WrongWordsAreRefusedOnce) {
  const Ended ended = ranks("-n 2 sqrtn-fleet judge");
  EXPECT_NE(ended.code, 0);
  EXPECT_TRUE(holds(ended.err, "sqrtn-fleet --help"));
}

}  // namespace
}  // namespace sqrtn::verify
