#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "program.hpp"
#include "verify.hpp"

/// Many machines as Slurm runs them: two nodes of it on this one.
namespace sqrtn::verify {
namespace {

class SlurmSlow : public testing::Test {
 protected:
  /// Runs the line, without a ' in it, where there is Slurm; 79 if something of that is left running.
  Ended in_slurm(const std::string& line) {
    return shell(folder, fmt::format("mkdir slurm; line='{}'; '{}/verify/slurm.sh' slurm \"cd .. && $line\"; code=$?; "
                                     "grep -ls \"SLURM_CONF=$PWD/\" /proc/[0-9]*/environ && exit 79; "
                                     "pgrep -f \"$PWD/slurm\" && exit 79; exit $code",
                                     line, SOURCE_FOLDER));
  }
  [[nodiscard]] std::string names(const char* document) const {
    std::string names;
    const nlohmann::json fleet = nlohmann::json::parse(content_of(folder / document), nullptr, false);
    if (!fleet.is_object()) return "none";
    for (const auto& node : fleet.value("nodes", nlohmann::json::array())) names += node.value("name", "?") + ' ';
    return names;
  }
  Folder folder;
};

#define SKIP_WITHOUT_SLURM(ended) \
  if ((ended).code == 77) GTEST_SKIP() << (ended).out

TEST_F(SlurmSlow, EveryTaskHasADocument) {
  const Ended ended = in_slurm(
      "srun -N2 -n4 sqrtn screen --minutes 0.01 --size 64 --json %N-%t.json && sqrtn merge n*.json --json fleet.json");
  SKIP_WITHOUT_SLURM(ended);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "4 nodes: 4 pass"));
  EXPECT_EQ(names("fleet.json"), "n1-0 n1-1 n2-2 n2-3 ");
}

TEST_F(SlurmSlow, TheJobOfTheDocumentsJudgesEveryNode) {
  const Ended ended =
      in_slurm(fmt::format("MINUTES=0.01 sbatch --nodes=2 --output=job.txt {}/docs/screen.sbatch; "
                           "while [ -n \"$(squeue --noheader)\" ]; do sleep 0.1; done; scontrol show job 1",
                           SOURCE_FOLDER));
  SKIP_WITHOUT_SLURM(ended);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(content_of(folder / "job.txt"), "2 nodes: 2 pass"));
  EXPECT_TRUE(holds(ended.out, "ExitCode=0:0"));
  EXPECT_EQ(names("sqrtn-screen-1.json"), "n1 n2 ");
}

// A step ends though one of its ranks is stopped.
TEST_F(SlurmSlow, ARankThatFallsSilentIsNamedAndTheStepEnds) {
  const std::string both = "command -v sqrtn-fleet && srun --mpi=list 2>&1 | grep -q pmix || exit 78; ";
  const Ended ended = in_slurm(
      both +
      "timeout 20 srun --mpi=pmix -N2 sqrtn-fleet --silence 4 --json fleet.json screen --minutes 0.05 --size 64 & "
      "until pgrep -f \"screen --worker\"; do sleep 0.1; done; sleep 1; "
      "for rank in $(pgrep -x sqrtn-fleet); do grep -qz PMIX_RANK=1 /proc/$rank/environ && kill -STOP $rank; done; "
      "wait $!");
  SKIP_WITHOUT_SLURM(ended);
  if (ended.code == 78) GTEST_SKIP() << "skipped: no MPI, or a Slurm without PMIx";
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_TRUE(holds(ended.out, "rank 1 on n2 "));
  EXPECT_TRUE(holds(ended.out, "2 nodes: 1 pass, 1 unreadable"));
}

}  // namespace
}  // namespace sqrtn::verify
