#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "verify.hpp"

/// Libraries whose functions have other names and wider integers are found, and judged like any other; and which of
/// them a program gets is told.
namespace sqrtn::verify {
namespace {

namespace fs = std::filesystem;

/// As CMakeLists.txt builds them: what the library calls dgemm.
struct Named {
  const char *library, *dgemm;
  friend void PrintTo(const Named& named, std::ostream* out) { *out << named.library; }
};

class NamesTest : public testing::TestWithParam<std::tuple<Named, int>> {
 protected:
  NamesTest() {
    const auto& [named, wide] = GetParam();
    library_ = (program_folder() / "named" / fmt::format("{}-{}.so", named.library, wide)).string();
  }
  std::string library_;
};

// The name tells nothing of the width: each scheme is there with both.
TEST_P(NamesTest, AreFoundTheWidthIsReadBackAndTheWordIsRight) {
  const auto& [named, wide] = GetParam();
  const Folder folder;
  const Ended listed = shell(folder, "sqrtn backends --json - --search " + library_);
  ASSERT_EQ(listed.code, 0) << listed.err;
  const auto document = nlohmann::json::parse(listed.out);
  nlohmann::json found;
  for (const auto& backend : document["backends"]) {
    if (backend["blas"] == library_) found = backend["identity"];
  }
  ASSERT_FALSE(found.is_null()) << listed.out;
  EXPECT_EQ(found["naming"], named.dgemm);
  EXPECT_EQ(found["integer_bits"], wide == 0 ? 32 : 64);
  const Ended judged =
      shell(folder, "sqrtn verify --json - --filter '^products/(dot|axpy|gemm)/f../exact_small$' --blas " + library_);
  EXPECT_EQ(judged.code, 0) << judged.out << judged.err;
  const auto verdicts = nlohmann::json::parse(judged.out, nullptr, false);
  EXPECT_EQ(verdicts["claims"].size(), 6U);
  EXPECT_EQ(verdicts["environment"]["backend"]["naming"], named.dgemm);
}

INSTANTIATE_TEST_SUITE_P(
    Backends, NamesTest,
    testing::Combine(testing::Values(Named{"plain", "cblas_dgemm"}, Named{"fortran", "dgemm_"},
                                     Named{"numpy", "scipy_cblas_dgemm64_"}, Named{"numpy-fortran", "scipy_dgemm_64_"},
                                     Named{"scipy", "scipy_cblas_dgemm"}, Named{"scipy-fortran", "scipy_dgemm_"},
                                     Named{"julia", "cblas_dgemm64_"}, Named{"julia-fortran", "dgemm_64_"},
                                     Named{"index64", "cblas_dgemm_64"}, Named{"mkl-fortran", "dgemm_64"},
                                     Named{"accelerate", "cblas_dgemm$NEWLAPACK"},
                                     Named{"accelerate-fortran", "dgemm$NEWLAPACK"},
                                     Named{"accelerate64", "cblas_dgemm$NEWLAPACK$ILP64"}),
                     testing::Values(0, 1)),
    [](const auto& info) {
      std::string name = fmt::format("{}_{}", std::get<0>(info.param).library, std::get<1>(info.param) == 0 ? 32 : 64);
      std::ranges::replace(name, '-', '_');
      return name;
    });

// Names of its own come before those of a library that it needs, also where it is asked what it is.
TEST(Names, ALibraryOnTopOfAnotherIsCalledItself) {
  const Folder folder;
  const Ended told =
      shell(folder, "sqrtn backends --json - --blas " + (program_folder() / "named/layered-1.so").string());
  ASSERT_EQ(told.code, 0) << told.err;
  const auto document = nlohmann::json::parse(told.out);
  const auto& identity = document["environment"]["backend"];
  EXPECT_EQ(identity["naming"], "scipy_cblas_dgemm64_");
  EXPECT_EQ(identity["integer_bits"], 64);
  EXPECT_EQ(identity["version"], "OpenBLAS 0.0.1 USE64BITINT");
}

/// A program or library of one function that does nothing, linked with what `words` say after the line `before`; false
/// without a C compiler.
bool build(const Folder& folder, const std::string& words, const std::string& before = ":") {
  return shell(folder, before + "; echo 'int main(void) { return 0; }' >main.c; cc main.c " + words).code == 0;
}

// libblas.so.3 stands before the library that does the work.
TEST(BackendsOf, AProgramsLibraryIsResolvedAsTheLoaderDoes) {
  const Folder folder;
  ASSERT_EQ(shell(folder, "mkdir lib; echo 'void dgemm_(void) {}' >front.c; cp " +
                              (program_folder() / "named/plain-0.so").string() + " lib/libcore.so")
                .code,
            0);
  const std::string link = "-Wl,--no-as-needed -Llib -l:";
  if (!build(folder, "-o program " + link + "libblas.so.3 -Wl,-rpath,'$ORIGIN/lib'",
             "cc -shared -fPIC front.c -o lib/libblas.so.3 " + link + "libcore.so -Wl,-rpath,'$ORIGIN'"))
    GTEST_SKIP() << "there is no C compiler";
  const Ended told = shell(folder, "sqrtn backends --of ./program --json -");
  ASSERT_EQ(told.code, 0) << told.err;
  const auto backends = nlohmann::json::parse(told.out)["backends"];
  ASSERT_EQ(backends.size(), 1U);
  EXPECT_EQ(backends[0]["blas"], fs::canonical(folder / "lib/libcore.so").string());
  EXPECT_EQ(backends[0]["name"], "libcore.so through libblas.so.3");
  EXPECT_EQ(backends[0]["identity"]["naming"], "cblas_dgemm");
  EXPECT_TRUE(holds(shell(folder, "sqrtn backends --of ./program").out, "./program gets one BLAS"));
}

TEST(BackendsOf, AProcessThatLoadedTwoIsToldOf) {
  const Folder folder;
  for (const char* name : {"plain-0", "numpy-1"})
    ASSERT_EQ(shell(folder, "cp " + (program_folder() / "named" / name).string() + ".so lib" + name + "blas.so").code,
              0);
  const Ended told = shell(folder,
                           "LD_PRELOAD=$PWD/libplain-0blas.so:$PWD/libnumpy-1blas.so sleep 60 & "
                           "while ! grep -q numpy-1blas /proc/$!/maps; do :; done; "
                           "sqrtn backends --of $!; code=$?; kill $!; exit $code");
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_TRUE(holds(told.out, "has 2 BLAS libraries loaded"));
  EXPECT_TRUE(holds(told.out, "libplain-0blas.so"));
  EXPECT_TRUE(holds(told.out, "scipy_cblas_dgemm64_, 64 bits"));
}

/// A package of an active Python of the test's own.
constexpr const char* packages = "venv/lib/python3.9/site-packages";

TEST(BackendsOf, APackageHasTheLibraryOfItsWheel) {
  const Folder folder;
  const std::string put = fmt::format(
      "mkdir -p {0}/numpy/linalg {0}/numpy.libs; cp {1}/named/numpy-1.so "
      "{0}/numpy.libs/libscipy_openblas64_.so",
      packages, program_folder().string());
  ASSERT_EQ(shell(folder, put).code, 0);
  if (!build(folder, fmt::format("-shared -fPIC -o {0}/numpy/linalg/umath.so -Wl,--no-as-needed -L{0}/numpy.libs "
                                 "-l:libscipy_openblas64_.so -Wl,-rpath,'$ORIGIN/../../numpy.libs'",
                                 packages)))
    GTEST_SKIP() << "there is no C compiler";
  const std::string library = fs::canonical(folder / packages).string() + "/numpy.libs/libscipy_openblas64_.so";
  const Ended told = shell(folder, "VIRTUAL_ENV=$PWD/venv sqrtn backends --of numpy");
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_TRUE(holds(told.out, library));
  EXPECT_TRUE(holds(shell(folder, "VIRTUAL_ENV=$PWD/venv sqrtn backends").out, library));
  const Ended judged = shell(
      folder, "VIRTUAL_ENV=$PWD/venv sqrtn verify --blas numpy --filter '^products/dot/f32/exact_small' --json -");
  EXPECT_EQ(judged.code, 0) << judged.err;
  EXPECT_TRUE(holds(judged.out, "\"naming\":\"scipy_cblas_dgemm64_\""));
}

// Wheels that bring a library for all have it in lib/ of the prefix: that of the active Python, and the project's own.
TEST(Backends, ThoseThatPipInstalledAreThere) {
  const Folder folder;
  ASSERT_EQ(shell(folder, fmt::format("mkdir -p venv/lib {0}/scipy_openblas64/lib; cp {1}/named/plain-0.so "
                                      "venv/lib/libmkl_rt.so.3; cp {1}/named/numpy-1.so "
                                      "{0}/scipy_openblas64/lib/libscipy_openblas64_.so",
                                      packages, program_folder().string()))
                .code,
            0);
  const std::string prefix = fs::canonical(folder / "venv").string();
  for (const char* variable : {"VIRTUAL_ENV", "SQRTN_BACKENDS"}) {
    const Ended told = shell(folder, fmt::format("{}='{}' sqrtn backends", variable, prefix));
    EXPECT_EQ(told.code, 0) << told.err;
    EXPECT_TRUE(holds(told.out, prefix + "/lib/libmkl_rt.so.3")) << variable;
    EXPECT_TRUE(holds(told.out, "/scipy_openblas64/lib/libscipy_openblas64_.so")) << variable;
  }
}

TEST(BackendsOf, WhatCannotBeToldIsRefusedInOneLine) {
  const Folder folder;
  ASSERT_EQ(shell(folder, fmt::format("mkdir -p {0}/numpy; cp {1}/rude-blas.so libblas.so; cp libblas.so "
                                      "{0}/numpy/module.so; printf '\\0\\0\\0\\0\\0\\0\\0\\0' | dd of=libblas.so bs=1 "
                                      "seek=40 conv=notrunc; echo 'exit 0' >script",
                                      packages, program_folder().string()))
                .code,
            0);
  const bool compiles = build(folder, "-static -o static");
  const pid_t gone = fork();
  if (gone == 0) _exit(0);
  waitpid(gone, nullptr, 0);
  const std::string number = std::to_string(gone);
  for (const auto& [of, why] : {std::pair<std::string, const char*>{"./script", "no ELF file"},
                                {number, "gone"},
                                {"./missing", "no such file"},
                                {"no-such-program", "there is no 'no-such-program'"},
                                {"./libblas.so", "stripped"},
                                {"/bin/sh", "gets no BLAS"},
                                {"scipy", "there is no 'scipy'"},
                                {"numpy", "gets no BLAS"},
                                {"./static", "statically linked"}}) {
    if (of == "./static" && !compiles) continue;
    const Ended ended = shell(folder, fmt::format("VIRTUAL_ENV=$PWD/venv sqrtn backends --of '{}'", of));
    EXPECT_EQ(ended.code, 2) << of;
    EXPECT_EQ(ended.out, "") << of;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_TRUE(holds(ended.err, why)) << of;
  }
}

}  // namespace
}  // namespace sqrtn::verify
