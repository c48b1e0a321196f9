#include <gtest/gtest.h>

#include "claims/promise.hpp"
#include "documents.hpp"
#include "program.hpp"
#include "report/answer.hpp"
#include "report/libraries.hpp"
#include "report/summary.hpp"
#include "results/findings.hpp"
#include "results/ranking.hpp"
#include "verify.hpp"

/// The words for libraries, who is ranked where, and the answer before the tables.
namespace sqrtn::verify {
namespace {

using claims::ClaimClass;
using claims::Verdict;
using claims::Word;
using results::Libraries;
using results::Library;

claims::Result judged(const std::string& id, Verdict verdict) {
  claims::Result result;
  result.claim.id = id;
  result.claim.claim_class = claims::class_of(id);
  result.claim.uses_blas = true;
  result.outcome.verdict = verdict;
  result.outcome.reason = verdict == Verdict::pass ? "" : "seen";
  return result;
}

results::LibrarySpeed timed(const std::string& routine, const std::string& dtype, double rate) {
  results::LibrarySpeed speed;
  speed.row.subject = routine;
  speed.row.shape = "8x8x8";
  speed.row.dtype = dtype;
  speed.row.id = "products/" + routine + "/8x8x8/" + dtype + "/1";
  speed.row.rate = rate;
  return speed;
}

/// Right everywhere and this fast at gemm and gemv in both types.
Library library(const std::string& name, double rate) {
  Library library;
  library.name = library.blas = name;
  library.record = synthetic_document().blas;
  for (const char* routine : {"gemm", "gemv"}) {
    for (const char* dtype : {"f32", "f64"}) {
      library.claims.push_back(judged(fmt::format("products/{}/{}/exact_small", routine, dtype), Verdict::pass));
      library.speeds.push_back(timed(routine, dtype, rate));
    }
  }
  return library;
}

Libraries of(std::vector<Library> libraries) {
  Libraries all;
  all.default_name = libraries.front().name;
  all.backends = std::move(libraries);
  return all;
}

TEST(Answer, EveryClaimAboutProductsPromisesSomething) {
  for (const claims::Claim& claim : claims::product_claims({})) {
    EXPECT_NE(claims::symptom_of(claim.id), "fails") << claim.id;
    EXPECT_EQ(claims::class_of(claim.id), claim.claim_class) << claim.id;
  }
  EXPECT_EQ(claims::symptom_of("generator/ars/uniform/f32/exceptional"), "fails") << "it is about no library";
}

TEST(Answer, TheWordFollowsFromTheWorstClass) {
  const auto word = [](std::vector<std::string> failures) {
    Library one = library("one", 1);
    for (const std::string& id : failures) one.claims.push_back(judged(id, Verdict::fail));
    return word_of(one);
  };
  EXPECT_EQ(word({}), Word::right);
  EXPECT_EQ(word({"products/gemm/f32/zero_factor"}), Word::differs);
  EXPECT_EQ(word({"products/gemm/f32/zero_factor", "products/all/f32/concurrent"}), Word::unsafe);
  EXPECT_EQ(word({"products/gemm/f32/inside"}), Word::unsafe);
  EXPECT_EQ(word({"products/gemm/f32/beta_zero", "products/gemm/f32/inside"}), Word::wrong);
  EXPECT_EQ(word_of(Library{}), std::nullopt);
  Library silent = library("silent", 1);
  silent.incidents.push_back({.kind = results::IncidentKind::printed, .place = "", .text = "printed"});
  EXPECT_EQ(word_of(silent), Word::unsafe);
  Library lying = library("lying", 1);
  lying.speeds[0].row.note = {results::NoteKind::wrong_answer, "wrong answer"};
  EXPECT_EQ(word_of(lying), Word::wrong);
}

TEST(Answer, WhatDiffersFailsIfStrictAlone) {
  const std::vector<claims::Result> differs{judged("products/gemm/f32/zero_factor", Verdict::fail)};
  EXPECT_EQ(claims::overall(differs), Verdict::pass);
  EXPECT_EQ(claims::overall(differs, true), Verdict::fail);
  EXPECT_EQ(claims::overall({judged("products/gemm/f32/inside", Verdict::fail)}), Verdict::fail);
  EXPECT_EQ(claims::overall({judged("layers/linear/f32/rms", Verdict::fail)}), Verdict::fail);
}

// A library is ranked wherever its values are right, whatever else is to be said of it.
TEST(Answer, RankedIsWhoIsRightThere) {
  Library wrong = library("wrong", 4);
  wrong.claims.push_back(judged("products/gemm/f32/bound", Verdict::fail));
  Library open = library("open", 3);
  open.claims.push_back(judged("products/gemv/f64/bound", Verdict::inconclusive));
  Library unsafe = library("unsafe", 2);
  unsafe.claims.push_back(judged("products/all/f32/concurrent", Verdict::fail));
  const Libraries all = of({library("right", 1), wrong, open, unsafe});
  const results::Ranking ranking(all);
  const auto order = [&](const char* routine, const char* dtype, bool usable) {
    return ranking.order_of({.routine = routine, .dtype = dtype, .threads = 1}, usable);
  };
  using Order = std::vector<std::size_t>;
  EXPECT_EQ(order("gemm", "f32", false), (Order{2, 3, 0}));
  EXPECT_EQ(order("gemv", "f32", false), (Order{1, 2, 3, 0}));
  EXPECT_EQ(order("gemv", "f64", false), (Order{1, 3, 0}));
  EXPECT_EQ(order("", "f32", false), (Order{2, 3, 0}));
  EXPECT_EQ(order("", "f32", true), (Order{2, 0})) << "one is unsafe there, one wrong";
  EXPECT_EQ(order("", "f64", true), (Order{1, 3, 0})) << "one is open there; what others do in f32 does not count";
  EXPECT_DOUBLE_EQ(ranking.relative_to_best(3, {.routine = "gemm", .dtype = "f32", .threads = 1})->value, 2.0 / 3);
  EXPECT_EQ(ranking.relative_to_best(1, {.routine = "gemm", .dtype = "f32", .threads = 1}), std::nullopt);
}

TEST(Answer, NamesTheFastestRightLibraryAndWhoIsFaster) {
  Library elsewhere = library("elsewhere", 2), reader = library("reader", 3), wrong = library("wrong", 4);
  elsewhere.claims.push_back(judged("products/syrk/f32/beta_zero", Verdict::fail));
  elsewhere.incidents.push_back({.kind = results::IncidentKind::killed, .place = "products/syrk", .text = "killed"});
  reader.claims.push_back(judged("products/gemv/f32/inside", Verdict::fail));
  wrong.claims.push_back(judged("products/gemm/f32/bound", Verdict::fail));
  const Libraries all = of({library("slow", 1), elsewhere, reader, wrong});
  const std::vector<report::Fastest> fastest = report::fastest_libraries(all);
  ASSERT_EQ(fastest.size(), 2U);
  EXPECT_EQ(fastest[0].setting, "gemm and gemv f32, 1 thread");
  EXPECT_EQ(fastest[0].library, "elsewhere");
  EXPECT_EQ(fastest[0].margin, "2.00 times as fast as slow");
  EXPECT_EQ(fastest[0].faster, "reader, unsafe there, is 1.50 times as fast");
  EXPECT_EQ(fastest[1].library, "wrong") << "its values are right in double precision";
}

TEST(Answer, SaysWhereNoLibraryIsRight) {
  Library reader = library("reader", 3);
  reader.claims.push_back(judged("products/gemv/f32/inside", Verdict::fail));
  const std::vector<report::Fastest> fastest = report::fastest_libraries(of({reader}));
  ASSERT_EQ(fastest.size(), 2U);
  EXPECT_EQ(fastest[0].library, "");
  EXPECT_EQ(fastest[0].faster, "the fastest, reader, is unsafe");
  EXPECT_EQ(fastest[1].library, "reader");
}

TEST(Answer, TheWordTellsInHowManyRoutinesItIsDue) {
  const auto word = [](std::vector<std::string> failures) {
    Library one = library("one", 1);
    for (const std::string& id : failures) one.claims.push_back(judged(id, Verdict::fail));
    return report::answer_table(of({one})).rows.front()[1].text;
  };
  EXPECT_EQ(word({}), "right");
  EXPECT_EQ(word({"products/gemm/f32/beta_zero", "products/gemm/f64/bound", "products/gemv/f32/inside"}),
            "wrong in 1 of 2");
  EXPECT_EQ(word({"products/gemv/f32/inside", "products/syrk/f64/inside"}), "unsafe in 2 of 3");
  EXPECT_EQ(word({"products/gemv/f32/inside", "products/all/f32/concurrent"}), "unsafe");
}

// The margin is paired by round: what slows a round for all moves no ratio.
TEST(Answer, TheMarginComesFromTheRounds) {
  Library slow = library("slow", 3), fast = library("fast", 2);  // by rows that were not timed together
  const std::vector<double> rounds{1, 2, 3, 4, 5, 6, 7, 8, 9};
  for (const char* routine : {"gemm", "gemv"}) {
    slow.standings.push_back({.routine = routine, .dtype = "f32", .threads = 1, .n_products = 1, .rates = rounds});
    fast.standings.push_back(slow.standings.back());
    for (double& rate : fast.standings.back().rates) rate *= 1.5;
  }
  const Libraries all = of({slow, fast});
  const results::Ranking ranking(all);
  const auto margin = ranking.relative(1, 0, {.routine = "", .dtype = "f32", .threads = 1});
  ASSERT_TRUE(margin && margin->interval);
  EXPECT_EQ(ranking.order_of({.routine = "", .dtype = "f32", .threads = 1}), (std::vector<std::size_t>{1, 0}));
  EXPECT_NEAR(margin->value, 1.5, 1e-12);
  EXPECT_NEAR(margin->interval->low, 1.5, 1e-12);
  EXPECT_EQ(ranking.relative(1, 0, {.routine = "", .dtype = "f64", .threads = 1})->interval, std::nullopt);
}

TEST(Answer, BuildsThatFailAlikeAreToldOnceTheWorstFirst) {
  Library one = library("one", 1), two = library("two", 1), other = library("other", 1);
  for (Library* build : {&one, &two}) {
    build->claims.push_back(judged("products/gemm/f32/zero_factor", Verdict::fail));
    build->claims.push_back(judged("products/gemm/f64/zero_factor", Verdict::fail));
  }
  other.claims.push_back(judged("products/gemm/f64/zero_factor", Verdict::fail));
  other.claims.push_back(judged("products/gemm/f64/bound", Verdict::fail));
  const Libraries all = of({one, two, other});
  const std::vector<results::SharedFinding> found = results::shared_findings(all);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].claim_class, ClaimClass::values);
  EXPECT_EQ(found[0].libraries, (std::vector<std::size_t>{2}));
  EXPECT_EQ(found[1].libraries, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(results::routines_text(found[1].failures), "gemm");
  EXPECT_EQ(results::routines_text(found[2].failures), "gemm f64");
  EXPECT_EQ(report::complaints_of(one), "returns numbers where 0·NaN is due (gemm)");
}

TEST(Answer, CaveatsAreToldOf) {
  Libraries all = of({library("one", 1)});
  EXPECT_TRUE(report::caveats(all).empty());
  all.others_busy = 0.2;
  EXPECT_TRUE(report::caveats(all).empty());
  all.others_busy = 1.25;
  ASSERT_EQ(report::caveats(all).size(), 1U);
  EXPECT_TRUE(report::caveats(all).front().find("1.2 of its processors") != std::string::npos);
  all.quick = true;
  ASSERT_EQ(report::caveats(all).size(), 2U);
  EXPECT_TRUE(report::caveats(all).back().find("quick look") != std::string::npos);
}

TEST(Answer, WhatAQuickLookFoundIsFoundAgainByOne) {
  Libraries all = of({library("one", 1)});
  const auto again = [&] { return report::reproduction(all, all.backends.front(), "products/gemm/f32/bound"); };
  EXPECT_FALSE(holds(again(), "--quick"));
  all.quick = true;
  EXPECT_TRUE(holds(again(), "--seed 1 --quick --filter"));
  results::Document document;
  EXPECT_FALSE(holds(report::reproduction(claims::Claim{}, document), "--quick"));
  document.command = {"sqrtn", "verify", "--quick"};
  EXPECT_TRUE(holds(report::reproduction(claims::Claim{}, document), "--quick"));
}

TEST(Answer, KernelsForOlderProcessorsAreToldOf) {
  Library old = library("openblas-pthread", 1), other = library("openblas-serial", 1), asked = library("third", 1);
  for (Library* one : {&old, &other, &asked}) {
    one->record.emplace();
    one->record->identity.kernel = "Prescott";
    one->blas = "/lib/" + one->name;
  }
  asked.blas = "openblas@Prescott";
  Libraries all = of({old, other, asked});
  EXPECT_TRUE(report::caveats(all).empty());  // of an unknown processor
  all.environment.emplace().isa = {"sse2", "avx"};
  EXPECT_TRUE(report::caveats(all).empty());
  all.environment->isa.emplace_back("avx2");
  ASSERT_EQ(report::caveats(all).size(), 1U);
  EXPECT_TRUE(
      holds(report::caveats(all).front(), "openblas-pthread, openblas-serial: they take kernels for Prescott."));
  EXPECT_TRUE(holds(report::caveats(all).front(), "OPENBLAS_CORETYPE=Haswell"));
  all.environment->isa.emplace_back("avx512f");
  EXPECT_TRUE(holds(report::caveats(all).front(), "--blas /lib/openblas-pthread@SkylakeX`"));
  for (Library& one : all.backends) one.record->identity.kernel = "SkylakeX";
  EXPECT_TRUE(report::caveats(all).empty());
}

TEST(Answer, TablesFitTheTerminal) {
  const report::Table table{
      .title = "T",
      .columns = {"name", "empty", "first", "second", "text"},
      .rows = {{"a", "–", "1.5", "0.000123456", "several words that are longer than what is left of the line"}}};
  EXPECT_EQ(to_screen(table, 0), to_markdown(table));
  EXPECT_EQ(to_screen(table, 200), to_markdown(table));
  EXPECT_EQ(to_screen(table, 60),
            "T\n\n"
            "name  first       second  text\n"
            "a       1.5  0.000123456  several words that are longer than\n"
            "                          what is left of the line\n\n");
  EXPECT_EQ(to_screen(table, 30),
            "T\n\n"
            "name  first       second\n"
            "a       1.5  0.000123456\n\n"
            "name  text\n"
            "a     several words that are\n"
            "      longer than what is left\n"
            "      of the line\n\n");
}

}  // namespace
}  // namespace sqrtn::verify
