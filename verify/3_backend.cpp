#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "program.hpp"
#include "sqrtn/blas/backend.hpp"
#include "verify.hpp"

namespace sqrtn::verify {
namespace {

namespace fs = std::filesystem;

/// Exit code and everything printed by a shell command.
struct Ran {
  int code;
  std::string output;
};
Ran run_shell(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::string output;
  for (int c = 0; (c = std::fgetc(pipe)) != EOF;) output += static_cast<char>(c);
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

/// This very program with --blas: a process loads one BLAS, so each attempt needs its own.
Ran load_in_new_process(const std::string& blas) {
  static const std::string self = fs::read_symlink("/proc/self/exe").string();
  return run_shell("timeout 60 '" + self + "' --gtest_list_tests --blas '" + blas + "'");
}

/// Where the library of this process lies.
fs::path library_path() {
  Dl_info info{};
  dladdr(reinterpret_cast<const void*>(backend().functions().f32.gemm), &info);
  return fs::canonical(info.dli_fname);
}

class BackendErrors : public testing::Test {
 protected:
  BackendErrors() : folder_(fs::temp_directory_path() / fmt::format("sqrtn-verify-{}", getpid())) {
    fs::create_directories(folder_);
  }
  ~BackendErrors() override { fs::remove_all(folder_); }

  /// A copy of the library, cut to `bytes`, with one byte of it replaced.
  fs::path damaged(const std::string& name, std::uintmax_t bytes, long offset = -1, char byte = 0) {
    fs::copy_file(library_path(), folder_ / name);
    fs::resize_file(folder_ / name, bytes);
    std::fstream file(folder_ / name, std::ios::in | std::ios::out | std::ios::binary);
    if (offset >= 0) file.seekp(offset).put(byte);
    return folder_ / name;
  }
  /// Refused with exit code 2 and one line that names the input and says `why`.
  static void expect_refused(const std::string& blas, const std::string& why) {
    const Ran ran = load_in_new_process(blas);
    EXPECT_EQ(ran.code, 2) << ran.output;
    EXPECT_NE(ran.output.find("'" + blas + "'"), std::string::npos) << ran.output;
    EXPECT_NE(ran.output.find(why), std::string::npos) << ran.output;
    EXPECT_EQ(std::count(ran.output.begin(), ran.output.end(), '\n'), 1) << ran.output;
  }
  fs::path folder_;
};

TEST_F(BackendErrors, NoSuchLibrary) {
  expect_refused("fastblas", "known names are openblas, blis, atlas, reference, mkl");
  expect_refused("", "known names are");
  expect_refused("libnosuchblas.so.3", "cannot open shared object file");
  expect_refused((folder_ / "missing.so").string(), "No such file or directory");
}

TEST_F(BackendErrors, NoSharedLibrary) {
  std::ofstream(folder_ / "text.so") << "no library\n";
  std::ofstream(folder_ / "empty.so") << "";
  fs::create_symlink("loop.so", folder_ / "loop.so");
  ASSERT_EQ(mkfifo((folder_ / "fifo.so").c_str(), 0600), 0);
  expect_refused((folder_ / "text.so").string(), "no shared library");
  expect_refused((folder_ / "empty.so").string(), "no shared library");
  expect_refused((folder_ / "loop.so").string(), "symbolic links");
  expect_refused((folder_ / "fifo.so").string(), "it is a FIFO");
  expect_refused(folder_.string() + "/", "it is a directory");
  expect_refused("/dev/zero", "it is a device");
}

TEST_F(BackendErrors, DamagedOrForeignLibrary) {
  const std::uintmax_t size = fs::file_size(library_path());
  expect_refused(damaged("half.so", size / 2).string(), "truncated or damaged");
  expect_refused(damaged("header.so", 64).string(), "truncated or damaged");
  expect_refused(damaged("magic.so", 20).string(), "no shared library");
  // Offsets in the ELF header: 4 class, 16 type, 18 machine.
  expect_refused(damaged("narrow.so", size, 4, 1).string(), "another machine");
  expect_refused(damaged("relocatable.so", size, 16, 1).string(), "no shared library");
  expect_refused(damaged("machine.so", size, 18, 8).string(), "another machine");
}

TEST_F(BackendErrors, LibraryWithoutTheFunctions) {
  expect_refused("libm.so.6", "lacks cblas_sgemm, cblas_dgemm");
  expect_refused(fs::canonical("/proc/self/exe").string(), "shared library");
}

// Loaded first, another BLAS would take over the calls inside the one that was asked for.
TEST_F(BackendErrors, AnotherBlasInTheGlobalScope) {
  const fs::path copy = damaged("libother.so", fs::file_size(library_path()));
  static const std::string self = fs::read_symlink("/proc/self/exe").string();
  // AddressSanitizer wants to be first in the list of libraries; here it need not be.
  const Ran ran =
      run_shell(fmt::format("ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD='{}' '{}' --gtest_list_tests --blas '{}'",
                            copy.string(), self, library_path().string()));
  EXPECT_EQ(ran.code, 2) << ran.output;
  EXPECT_NE(ran.output.find("libother.so' in its global scope"), std::string::npos) << ran.output;
}

TEST(Backend, LoadsOneLibraryAProcess) {
  const blas::Backend again = blas::Backend::load(library_path().string());
  EXPECT_EQ(&again.identity(), &backend().identity());
  EXPECT_THROW(blas::Backend::load("libm.so.6"), std::invalid_argument);
  EXPECT_THROW(blas::Backend::load("fastblas"), std::invalid_argument);
  std::array<std::thread, 4> threads;
  for (std::thread& thread : threads) {
    thread = std::thread([] {
      const blas::Backend same = blas::Backend::load(library_path().string());
      EXPECT_EQ(same.functions().f64.dot, backend().functions().f64.dot);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Backend, IdentityIsThatOfTheFile) {
  const blas::Identity& identity = backend().identity();
  EXPECT_EQ(identity.file_name, library_path().filename());
  EXPECT_EQ(identity.integer_bits, 32);
  EXPECT_EQ(identity.name.find('/'), std::string::npos);
  const Ran sum = run_shell("sha256sum '" + library_path().string() + "'");
  EXPECT_EQ(identity.sha256, sum.output.substr(0, 64));
  if (identity.name != "openblas") return;
  EXPECT_EQ(identity.soname, "libopenblas.so.0");
  EXPECT_TRUE(identity.version.starts_with("OpenBLAS ")) << identity.version;
  EXPECT_FALSE(identity.kernel.empty());
  EXPECT_FALSE(identity.threading.empty());
}

TEST(Backend, ReadsThreadsBack) {
  EXPECT_THROW(static_cast<void>(backend().set_threads(0)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(backend().set_threads(-1)), std::invalid_argument);
  for (const int threads : {2, 1}) {
    EXPECT_EQ(backend().set_threads(threads), backend().has_thread_control() ? threads : 1);
    EXPECT_EQ(backend().threads(), backend().has_thread_control() ? threads : 1);
  }
}

}  // namespace
}  // namespace sqrtn::verify
