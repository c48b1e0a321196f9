#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "experiment/notebooks.hpp"
#include "program.hpp"
#include "verify.hpp"

/// The notebooks' numbers: each is judged, none depends on threads, and a wrong library is seen.
namespace sqrtn::verify {
namespace {

using experiment::Finding;
using experiment::NotebookExperiment;
using experiment::NotebookSettings;

/// The experiments with an id that begins so.
std::vector<NotebookExperiment> experiments(const std::string& prefix, double most_cost = 1e9) {
  std::vector<NotebookExperiment> all = experiment::notebook_experiments();
  std::erase_if(all, [&](const NotebookExperiment& e) { return !e.ids[0].starts_with(prefix) || e.cost > most_cost; });
  return all;
}

std::vector<Finding> run(const std::string& prefix, const blas::Functions& blas,
                         const NotebookSettings& settings = {}) {
  return experiment::reproduce(experiments(prefix), blas, settings);
}

std::vector<Finding> run(const std::string& prefix) { return run(prefix, backend().functions()); }

TEST(Notebooks, EveryNumberHasAnIdOfItsOwn) {
  std::set<std::string> ids;
  for (const NotebookExperiment& experiment : experiments("")) {
    for (const std::string& id : experiment.ids) EXPECT_TRUE(ids.insert(id).second) << id;
  }
  EXPECT_EQ(ids.size(), 139u);
}

TEST(Notebooks, FindingsAreThoseThatWereAnnounced) {
  for (const NotebookExperiment& experiment : experiments("", 0.1)) {
    std::vector<std::string> ids;
    for (const Finding& finding : experiment.run(backend().functions(), {})) ids.push_back(finding.id);
    EXPECT_EQ(ids, experiment.ids);
  }
}

TEST(Notebooks, AveragesCarryTheirLaw) {
  const std::vector<Finding> findings = run("003/cell17");
  ASSERT_EQ(findings.size(), 2u);
  const Finding& square = findings[1];
  EXPECT_EQ(square.published, "516.7942666625977");
  EXPECT_EQ(square.expected, "512");
  // 512 ± 2.576·45.299/√100.
  EXPECT_NEAR(square.interval.low, 512 - 11.668, 0.01);
  EXPECT_NEAR(square.p_published, 0.29, 0.005);
  EXPECT_FALSE(square.contradicted());
}

/// 0.0058 was printed with two digits and stands for 0.00575 to 0.00585, where the law's median lies.
TEST(Notebooks, PrintedDigitsAreAllThatIsKnown) { EXPECT_EQ(run("001/in150")[1].p_published, 1); }

TEST(Notebooks, ALayerIsACountWithItsOwnLaw) {
  const Finding finding = run("000/in03")[0];
  EXPECT_EQ(finding.interval.low, 27);
  EXPECT_EQ(finding.interval.high, 28);
  EXPECT_NEAR(finding.p_published, 0.22, 0.01);
}

TEST(Notebooks, TwentyLayersCannotOverflow) {
  for (const Finding& finding : run("004/in19")) {
    EXPECT_TRUE(finding.published_improbable()) << finding.id;
    EXPECT_FALSE(finding.contradicted()) << finding.id;
    EXPECT_FALSE(finding.note.empty());
  }
}

/// The structures that the notebook prints, text for text, and the block that starts as the identity.
TEST(Notebooks, ModulesPrintAndStartAsTheNotebooks) {
  for (const Finding& finding : run("004/in")) {
    if (finding.id.find("structure") != std::string::npos || finding.id.find("identity") != std::string::npos) {
      EXPECT_EQ(finding.value, finding.published) << finding.id;
    }
  }
}

/// More repetitions sharpen our own value; the published one is judged by those that it had.
TEST(Notebooks, RepetitionsAreOursAlone) {
  const Finding few = run("003/cell17")[1], many = run("003/cell17", backend().functions(), {.repetitions = 400})[1];
  EXPECT_EQ(many.p_published, few.p_published);
  EXPECT_NE(many.value, few.value);
  EXPECT_TRUE(holds(many.experiment, "100 (ours 400)"));
}

/// A library whose products are 5 per cent too large contradicts the averages and not the arithmetic.
TEST(Notebooks, AWrongLibraryIsContradicted) {
  blas::Functions faulty = backend().functions();
  faulty.f32.gemv = [](int layout, int trans, int m, int n, float alpha, const float* a, int lda, const float* x,
                       int incx, float beta, float* y, int incy) {
    backend().functions().f32.gemv(layout, trans, m, n, 1.05F * alpha, a, lda, x, incx, beta, y, incy);
  };
  const Finding square = run("003/cell17", faulty, {.repetitions = 2000})[1];
  EXPECT_TRUE(square.contradicted()) << square.p_value;
  EXPECT_EQ(experiment::verdict(square), "ours contradicts the law");
  EXPECT_FALSE(run("000/in06", faulty)[0].contradicted());
}

bool same(const Finding& a, const Finding& b) {
  return a.id == b.id && a.value == b.value && a.p_value == b.p_value && a.p_published == b.p_published &&
         a.expected == b.expected && a.note == b.note;
}

TEST(Notebooks, ThreadsChangeNoBit) {
  auto some = experiments("", 0.1);
  std::set<double> costs;  // one of each kind that takes longer
  for (const NotebookExperiment& longer : experiments("", 0.5)) {
    if (longer.cost > 0.1 && costs.insert(longer.cost).second) some.push_back(longer);
  }
  const auto one = experiment::reproduce(some, backend().functions(), {.threads = 1});
  const auto two = experiment::reproduce(some, backend().functions(), {.threads = 2});
  ASSERT_EQ(one.size(), two.size());
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(same(one[i], two[i])) << one[i].id;
}

/// Other seeds give other values and the same verdicts.
void expect_same_verdicts(const std::vector<NotebookExperiment>& all, std::uint64_t n_seeds) {
  const auto first = experiment::reproduce(all, backend().functions(), {});
  for (std::uint64_t seed = 101; seed < 101 + n_seeds; ++seed) {
    const auto other = experiment::reproduce(all, backend().functions(), {.seed = seed});
    std::size_t changed = 0;
    for (std::size_t i = 0; i < first.size(); ++i) {
      EXPECT_EQ(experiment::verdict(first[i]), experiment::verdict(other[i])) << first[i].id << " seed " << seed;
      changed += first[i].value != other[i].value;
    }
    EXPECT_GT(changed, first.size() / 2) << seed;
  }
}

TEST(NotebooksSlow, SeedsChangeNoVerdict) {
  // The longer experiments take, the fewer seeds.
  expect_same_verdicts(experiments("", 0.1), 20);
  expect_same_verdicts(experiments("", 0.5), 6);
  expect_same_verdicts(experiments("", 2), 2);
}

TEST(Reproduce, PrintsTablesAndWritesThem) {
  const Folder folder;
  const Ended ended = shell(folder, "sqrtn reproduce --filter '^(003/cell1[67]|004/in(19|20))' --output out");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "516.7942666625977"));
  EXPECT_TRUE(holds(ended.out, "published value improbable"));
  EXPECT_TRUE(holds(ended.out, "pass: 6 numbers, 4 agree with their law, 2 published values are improbable"));
  for (const char* name : {"out/reproduced.md", "out/reproduced.csv", "out/reproduced.json"}) {
    EXPECT_TRUE(holds(content_of(folder / name), "516.7942666625977")) << name;
  }
}

TEST(Propagate, TellsExplosionVanishingAndCure) {
  const Folder folder;
  const std::string line = "sqrtn propagate --width 64 --depth 60 --replicates 5 --activation identity --init normal ";
  const Ended explodes = shell(folder, line);
  EXPECT_TRUE(holds(explodes.out, "Verdict: explodes at layer"));
  EXPECT_TRUE(holds(explodes.out, "First entry that is not finite in layer"));
  EXPECT_TRUE(holds(explodes.out, "To hold it: --gain 0.125 with normal"));
  EXPECT_TRUE(holds(shell(folder, line + "--gain 0.01").out, "Verdict: vanishes at layer"));
  EXPECT_TRUE(holds(shell(folder, line + "--gain 0.125").out, "Verdict: holds"));
}

TEST(Propagate, ComparesAndWritesJson) {
  const Folder folder;
  const Ended ended = shell(folder,
                            "sqrtn propagate --width 32 --depth 20 --replicates 3 --compare normal,glorot_uniform,"
                            "he_normal --json out.json");
  EXPECT_EQ(ended.code, 0) << ended.err;
  for (const char* text : {"explodes", "vanishes", "holds", "glorot_uniform"}) EXPECT_TRUE(holds(ended.out, text));
  EXPECT_TRUE(holds(content_of(folder / "out.json"), "\"log_rms_interval\""));
  EXPECT_EQ(shell(folder, "sqrtn report out.json").code, 0);
  EXPECT_TRUE(holds(content_of(folder / "chains-1.svg"), "20 layers of 32, relu, f32"));
}

TEST(Propagate, DrawsPictures) {
  const Folder folder;
  const std::string line = "sqrtn propagate --width 32 --depth 20 --replicates 3 --plot ";
  EXPECT_EQ(shell(folder, line + "one.svg").code, 0);
  EXPECT_EQ(shell(folder, line + "two.svg --compare normal,he_normal").code, 0);
  for (const char* name : {"one.svg", "two.svg"}) {
    const std::string picture = content_of(folder / name);
    EXPECT_TRUE(holds(picture, ">he_normal, gain 1.41421</text>")) << name;
    EXPECT_TRUE(holds(picture, "-d\">sqrtn 0.2.0, commit")) << name;
  }
  EXPECT_TRUE(holds(content_of(folder / "two.svg"), ">normal, gain 1</text>"));
  const Ended refused = shell(folder, line + "a.png");
  EXPECT_EQ(refused.code, 2);
  EXPECT_TRUE(holds(refused.err, "--plot writes .svg, got 'a.png'"));
}

TEST(Propagate, AdvisesWhatHolds) {
  const Folder folder;
  EXPECT_TRUE(holds(shell(folder, "sqrtn propagate --width 64 --activation gelu").out, "No gain holds gelu for long"));
  EXPECT_TRUE(holds(shell(folder, "sqrtn propagate --width 10 --depth 200").out, "Take a larger --width"));
  EXPECT_TRUE(holds(shell(folder, "sqrtn propagate --width 16 --depth 5 --norm layer --residual").out, "no effect"));
}

}  // namespace
}  // namespace sqrtn::verify
