#include <csignal>
#include <nlohmann/json.hpp>
#include <set>

#include "program.hpp"
#include "results/format.hpp"
#include "verify.hpp"

/// Libraries that are wrong, rude or no libraries are told of in one line each, and harm nothing else.
namespace sqrtn::verify {
namespace {

std::string library(const char* name) { return (program_folder() / (std::string(name) + ".so")).string(); }

nlohmann::json parsed(const std::string& text) { return nlohmann::json::parse(text, nullptr, false); }

/// The one that has this name in a list or report of libraries.
nlohmann::json entry(const nlohmann::json& document, const std::string& name) {
  for (const auto& backend : document["backends"]) {
    if (backend["name"] == name) return backend;
  }
  return {};
}

TEST(Backends, ListsWhatIsThereAndWhyTheRestCannotBeUsed) {
  const Folder folder;
  const Ended listed = shell(folder, "sqrtn backends --json - --search " + program_folder().string());
  ASSERT_EQ(listed.code, 0) << listed.err;
  const auto document = parsed(listed.out);
  EXPECT_EQ(entry(document, "rude-blas")["identity"]["interface"], "cblas");
  EXPECT_EQ(entry(document, "fortran-blas")["identity"]["interface"], "fortran");
  EXPECT_TRUE(entry(document, "half-blas")["identity"].is_null());
  EXPECT_TRUE(holds(entry(document, "half-blas")["refusal"].get<std::string>(), "lacks cblas_sgemv"));
  EXPECT_EQ(entry(document, "wide-blas")["identity"]["integer_bits"], 64);
  EXPECT_EQ(entry(document, "wide-fortran-blas")["identity"]["integer_bits"], 64);
}

// The names that are listed are names to call it by.
TEST(Backends, AListedNameIsTaken) {
  const Folder folder;
  ASSERT_EQ(shell(folder, "cp " + library("fortran-blas") + " libmineblas.so").code, 0);
  for (const char* command : {"verify --json - --filter '^products/dot/f32/empty$'",
                              "verify --in-process --json - --filter '^products/dot/f32/empty$'"}) {
    const Ended ended = shell(folder, fmt::format("LD_LIBRARY_PATH=$PWD sqrtn {} --blas mineblas", command));
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(parsed(ended.out)["environment"]["backend"]["file_name"], "libmineblas.so") << ended.out;
  }
  const Ended unknown = shell(folder, "sqrtn verify --blas mineblas");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_TRUE(holds(unknown.err, "`sqrtn backends` lists"));
}

// What lies in a folder that was asked for is told of, whole or not.
TEST(Backends, ADamagedLibraryIsToldOf) {
  const Folder folder;
  const Ended listed = shell(folder, "mkdir lib; head -c 4000 " + library("rude-blas") +
                                         " >lib/libcut.so; : >lib/libblas.so; echo text >lib/notes.so; sqrtn backends "
                                         "--search lib");
  EXPECT_EQ(listed.code, 0) << listed.err;
  const std::string refused = listed.out.substr(listed.out.find("Cannot be used:"));
  EXPECT_TRUE(holds(refused, "cut: cannot use"));
  EXPECT_TRUE(holds(refused, "truncated or damaged"));
  EXPECT_TRUE(holds(refused, "blas: cannot use"));
  EXPECT_TRUE(holds(refused, "no ELF header"));
  EXPECT_EQ(refused.find("notes"), std::string::npos);
}

void expect_right_by_fortran_alone(const std::string& claims) {
  const Folder folder;
  const Ended ended = shell(folder, "sqrtn verify --filter '" + claims + "' --blas " + library("fortran-blas"));
  EXPECT_EQ(ended.code, 0) << ended.out;
}
TEST(Backends, FortranAloneIsRight) { expect_right_by_fortran_alone("^products/.*/f32/"); }
TEST(BackendsSlow, FortranAloneIsRightInDouble) { expect_right_by_fortran_alone("^products/.*/f64/"); }

struct Bad {
  const char* command;
  const char* why;
};

TEST(Backends, WhatIsNoLibraryIsRefusedInOneLine) {
  const Folder folder;
  ASSERT_EQ(shell(folder, "echo no library > text.so; mkfifo fifo.so; mkdir folder; cp " + library("half-blas") +
                              " half.so; cp half.so foreign.so; printf '\\267' | dd of=foreign.so bs=1 seek=18 "
                              "conv=notrunc; cp $(command -v sqrtn) program")
                .code,
            0);
  for (const auto& [path, why] : {Bad{"./text.so", "no shared library"},
                                  {"./fifo.so", "FIFO"},
                                  {"./folder", "directory"},
                                  {"./missing.so", "No such file"},
                                  {"./half.so", "lacks"},
                                  {"./foreign.so", "another machine"},
                                  {"./program", "lacks"}}) {
    for (const char* command : {"verify", "run", "backends", "bench"}) {
      const Ended ended = shell(folder, fmt::format("sqrtn {} --blas {}", command, path));
      EXPECT_EQ(ended.code, 2) << command << ' ' << path;
      EXPECT_EQ(ended.out, "");
      EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
      if (path != std::string("./program")) {
        EXPECT_TRUE(holds(ended.err, why));
      }
    }
  }
  EXPECT_EQ(shell(folder, "sqrtn backends --search ./missing").code, 2);
  EXPECT_EQ(shell(folder, "sqrtn backends --search ./fifo.so").code, 2);
  EXPECT_EQ(shell(folder, "sqrtn run --backends nosuch").code, 2);
}

/// A run about two claims, with the rude library beside the default one.
Ended rude_run(const Folder& folder, const std::string& how, const std::string& more = "") {
  return shell(folder, fmt::format("SQRTN_RUDE={} sqrtn run --backends rude-blas --search {} --output out {} --filter "
                                   "'^products/(gemm|dot)/f32/exact_small$' --quick",
                                   how, library("rude-blas"), more));
}

class RudeTest : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(RudeTest, IsAFindingAndTheOthersGoOn) {
  const Folder folder;
  const auto& [how, told] = GetParam();
  const Ended ended = rude_run(folder, how);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(parsed(content_of(folder / "out/results.json"))["verdict"], "pass");
  const auto report = parsed(content_of(folder / "out/backends.json"));
  EXPECT_EQ(report["backends"][0]["word"], "right");
  EXPECT_EQ(report["backends"][0]["claims"].size(), 2u);
  const auto rude = entry(report, "rude-blas");
  // What only printed gave its answers; what ended the process gave none.
  const std::map<std::string, std::string> words{{"polite", "right"}, {"print", "unsafe"}};
  EXPECT_EQ(rude["word"], words.contains(how) ? words.at(how) : "wrong");
  EXPECT_EQ(rude["claims"].size(), 2u) << "every claim has its verdict";
  EXPECT_EQ(rude["incidents"].size(), *told == '\0' ? 0u : 2u);
  if (*told != '\0') {
    EXPECT_TRUE(holds(ended.out, told));
    EXPECT_TRUE(holds(content_of(folder / "out/backends.md"), told));
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, RudeTest,
                         testing::Values(std::pair{"polite", ""},
                                         std::pair{"crash", "killed by signal 6 (aborted) in products/gemm"},
                                         std::pair{"exit", "the library ended the process by exit() in products/dot"},
                                         std::pair{"print", "printed 'hello from the library' on standard output"}),
                         [](const auto& info) { return info.param.first; });

// The judge outlives the library, and whoever asks for it in this very process is not told that all is well.
TEST(Backends, VerifyNamesTheClaimThatEndedTheProcess) {
  for (const auto& [how, told] : {std::pair{"crash", "killed by signal 6"}, {"exit", "by exit()"}}) {
    const Folder folder;
    const std::string verify = fmt::format(
        "SQRTN_RUDE={} sqrtn verify --filter '^products/dot/f32/exact_small$' --blas {} ", how, library("rude-blas"));
    const Ended ended = shell(folder, verify + "--json verdicts.json");
    EXPECT_EQ(ended.code, 1) << how;
    EXPECT_TRUE(holds(ended.out, told));
    const auto document = parsed(content_of(folder / "verdicts.json"));
    EXPECT_EQ(document["verdict"], "fail");
    EXPECT_EQ(document["claims"][0]["id"], "products/dot/f32/exact_small");
    EXPECT_EQ(document["claims"][0]["verdict"], "fail");
    EXPECT_NE(shell(folder, verify + "--in-process").code, 0) << how;
  }
  const Folder folder;
  EXPECT_EQ(shell(folder, "SQRTN_RUDE=exit sqrtn-verify --gtest_filter=products.dot/f32/exact_small --blas " +
                              library("rude-blas"))
                .code,
            1);
}

// Routines are asked of one child together until it does anything but answer.
TEST(Backends, EachOfSeveralRoutinesIsNamed) {
  const Folder folder;
  const Ended ended = shell(folder,
                            "SQRTN_RUDE=crash sqrtn verify --json verdicts.json --filter "
                            "'^products/(dot|gemv)/f32/exact_small$' --blas " +
                                library("rude-blas"));
  EXPECT_EQ(ended.code, 1) << ended.err;
  const auto document = parsed(content_of(folder / "verdicts.json"));
  std::set<std::string> places;
  for (const auto& incident : document["incidents"]) places.insert(incident["place"].get<std::string>());
  EXPECT_EQ(places, (std::set<std::string>{"products/dot", "products/gemv"}));
}

// Claims of one group are asked of one child, also where others stand between them.
TEST(Backends, AGroupHasOneChild) {
  const Folder folder;
  const Ended ended = shell(folder,
                            "SQRTN_RUDE=exit sqrtn verify --effect-scale 10 --json verdicts.json --filter "
                            "'^(layers/(scalar_product|batch/joint)|network/conv2d)/f32' --blas " +
                                library("rude-blas"));
  EXPECT_EQ(ended.code, 1) << ended.err;
  const auto document = parsed(content_of(folder / "verdicts.json"));
  ASSERT_EQ(document["claims"].front()["id"], "layers/scalar_product/f32");
  ASSERT_EQ(document["claims"].back()["id"], "layers/batch/joint/f32");
  ASSERT_EQ(document["incidents"].size(), 2U);
  EXPECT_EQ(document["incidents"][0], nlohmann::json({{"kind", "exited"},
                                                      {"place", "layers"},
                                                      {"text", "the library ended the process by exit() in layers"}}));
  EXPECT_EQ(document["incidents"][1]["text"], "the library ended the process by exit() in network");
}

TEST(Backends, AnswersThatComeWithNoiseAreNoPass) {
  const Folder folder;
  const Ended ended = rude_run(folder, "print", "--strict --blas " + library("rude-blas"));
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(parsed(content_of(folder / "out/results.json"))["verdict"], "fail");
}

TEST(BackendsSlow, AHangAndAFloodAreFindings) {
  for (const auto& [how, told] : {std::pair{"hang", "no answer from one call"}, {"flood", "wrote more than it may"}}) {
    const Folder folder;
    const Ended ended = rude_run(folder, how);
    EXPECT_EQ(ended.code, 0) << ended.err;
    const auto rude = entry(parsed(content_of(folder / "out/backends.json")), "rude-blas");
    EXPECT_EQ(rude["word"], "wrong");
    EXPECT_EQ(rude["claims"][0]["verdict"], "fail");
    EXPECT_TRUE(holds(ended.out, told));
  }
}

// Who is tired of waiting is shown what there is, and is obeyed.
TEST(Backends, AnInterruptedVerifyShowsWhatItHas) {
  const Folder folder;
  const Ended ended = shell(folder,
                            "SQRTN_RUDE=hang timeout --preserve-status -s INT 4 sqrtn verify --json verdicts.json "
                            "--filter '^generator/philox/splitting$|^products/dot/f32/exact_small$' --blas " +
                                library("rude-blas"));
  EXPECT_EQ(ended.code, 128 + SIGINT) << ended.err;
  EXPECT_TRUE(holds(ended.out, "not judged: interrupted"));
  EXPECT_TRUE(holds(ended.out, "2 claims, 1 pass, 0 fail, 1 inconclusive"));
  const auto document = parsed(content_of(folder / "verdicts.json"));
  EXPECT_EQ(document["verdict"], "inconclusive");
  EXPECT_FALSE(document.contains("incidents"));
}

TEST(Backends, StrictFailsOnADefect) {
  const Folder folder;
  EXPECT_EQ(rude_run(folder, "exit", "--strict").code, 1);
  EXPECT_EQ(rude_run(folder, "polite", "--strict").code, 0);
}

// What the page shows of every library is what backends.json holds.
TEST(Backends, ThePageShowsThemAll) {
  const Folder folder;
  ASSERT_EQ(
      shell(folder, "sqrtn run --backends rude-blas --output out --filter '^products/dot/f32/exact_small$' --search " +
                        library("rude-blas"))
          .code,
      0);
  const std::string page = content_of(folder / "out/report.html");
  ASSERT_EQ(shell(folder, "sqrtn report out/results.json --output again").code, 0);
  const std::string again = content_of(folder / "again/report.html");
  EXPECT_EQ(page.substr(0, page.find("<footer>")), again.substr(0, again.find("<footer>")));
  const auto report = parsed(content_of(folder / "out/backends.json"));
  EXPECT_TRUE(holds(page, "<section id=libraries"));
  for (const auto& backend : report["backends"]) {
    EXPECT_TRUE(holds(page, backend["name"].get<std::string>()));
    ASSERT_FALSE(backend["properties"].empty()) << backend["name"];
    for (const auto& property : backend["properties"]) {
      const std::string id = property["id"];
      if (!id.starts_with("products/gemm/") || property["number"].is_null()) continue;
      EXPECT_TRUE(holds(page, results::significant(property["number"].get<double>(), 3))) << id;
      const auto& interval = property["confidence_interval"];
      if (interval.is_null()) continue;
      EXPECT_TRUE(holds(page, results::compact(statistics::Interval{interval[0], interval[1]}, 3))) << id;
    }
  }
}

TEST(Backends, NoPathOfTheUserIsPublished) {
  const Folder folder;
  rude_run(folder, "exit");
  shell(folder, fmt::format("sqrtn run --backends rude-blas --search {0} --search {1} --blas {0} --filter "
                            "'^products/dot/f32/exact_small$' --quick --output out",
                            library("rude-blas"), library("half-blas")));
  for (const char* name : {"backends.md", "backends.json", "backends.csv", "report.md", "results.json"}) {
    EXPECT_EQ(content_of((folder / "out/") + name).find(program_folder().string()), std::string::npos) << name;
  }
}

// A library that has kernels for other processors uses those that it is told to, or is refused.
TEST(Backends, KernelsAreAskedForByName) {
  if (backend().identity().name != "openblas" || backend().identity().kernel.empty()) GTEST_SKIP() << "needs OpenBLAS";
#ifndef __x86_64__
  GTEST_SKIP() << "knows kernels by the names of x86-64";
#endif
  const Folder folder;
  const Ended ended = shell(folder, "sqrtn backends --blas openblas@Prescott --json -");
  if (ended.code != 0) GTEST_SKIP() << "this OpenBLAS has one kernel alone: " << ended.err;
  EXPECT_EQ(parsed(ended.out)["environment"]["backend"]["kernel"], "Prescott");
  const Ended refused = shell(folder, "sqrtn backends --blas openblas@Nosuch");
  EXPECT_EQ(refused.code, 2);
  EXPECT_TRUE(holds(refused.err, "Nosuch"));
}

}  // namespace
}  // namespace sqrtn::verify
