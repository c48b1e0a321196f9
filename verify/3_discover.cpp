#include <elf.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "blas/discover.hpp"
#include "program.hpp"
#include "verify.hpp"

/// What is on the machine is found by its symbols, each library once.
namespace sqrtn::verify {
namespace {

namespace fs = std::filesystem;

const blas::Found* find(const std::vector<blas::Found>& all, const fs::path& path) {
  const auto found = std::ranges::find(all, fs::canonical(path).string(), &blas::Found::path);
  return found != all.end() ? &*found : nullptr;
}

std::ptrdiff_t count(const std::vector<blas::Found>& all, const std::string& vendor, const char* under = "/") {
  return std::ranges::count_if(
      all, [&](const blas::Found& one) { return one.vendor == vendor && one.path.starts_with(under); });
}

std::vector<std::string> paths(const std::vector<blas::Found>& all) {
  std::vector<std::string> paths;
  for (const blas::Found& found : all) paths.push_back(found.path);
  return paths;
}

TEST(Discover, LinksAndCopiesCountOnceAndOtherFilesNotAtAll) {
  const Folder folder;
  const fs::path library = program_folder() / "rude-blas.so";
  fs::copy_file(library, folder / "fast.so.1");
  fs::create_symlink("fast.so.1", folder / "fast.so");
  fs::copy_file(library, folder / "copy.so");
  const std::string whole = content_of(library);
  for (const char type : {ET_REL, ET_EXEC, ET_CORE}) {  // object files, programs that lie at one address, memory images
    std::string other = whole;
    other[EI_NIDENT] = type;
    const std::string name = fmt::format("other-{}.so", static_cast<int>(type));
    std::ofstream(folder / name.c_str(), std::ios::binary) << other;
  }
  fs::copy_file(program_folder() / "sqrtn-verify", folder / "program.so");
  std::ofstream(folder / "text.so") << "no library\n";
  fs::create_directory(folder / "folder.so");
  fs::create_symlink("loop.so", folder / "loop.so");
  ASSERT_EQ(mkfifo((folder / "fifo.so").c_str(), 0600), 0);
  const std::vector<blas::Found> before = blas::discover(), after = blas::discover({folder / ""});
  EXPECT_EQ(after.size(), before.size() + 1);
  EXPECT_EQ(count(after, "fast") + count(after, "copy"), 1);
}

TEST(Discover, EitherInterfaceIsEnough) {
  const std::vector<blas::Found> found = blas::discover({program_folder().string()});
  for (const char* name : {"rude-blas.so", "fortran-blas.so", "half-blas.so", "idle-blas.so"}) {
    EXPECT_NE(find(found, program_folder() / name), nullptr) << name;
  }
  EXPECT_NE(find(blas::discover({(program_folder() / "rude-blas.so").string()}), program_folder() / "rude-blas.so"),
            nullptr);
}

TEST(Discover, WhatIsAskedForMustBeThere) {
  EXPECT_TRUE(holds(message_of<std::invalid_argument>([] { blas::discover({"/no/such"}); }), "/no/such"));
  const Folder folder;
  std::ofstream(folder / "text.so") << "no library\n";
  EXPECT_TRUE(holds(message_of<std::invalid_argument>([&] { blas::discover({folder / "text.so"}); }), "text.so"));
}

// The tables of names may point anywhere; whatever they say is a library or none, and never a crash.
TEST(Discover, DamagedTablesAreNoLibrary) {
  const Folder folder;
  const std::string whole = content_of(program_folder() / "half-blas.so");
  const std::vector<blas::Found> others = blas::discover();
  std::ofstream(folder / "damaged.so", std::ios::binary) << whole;
  ASSERT_NE(find(blas::discover({folder / ""}), folder / "damaged.so"), nullptr) << "it is found when it is whole";
  std::uint64_t state = settings().seed;
  for (int i = 0; i < 40; ++i) {
    std::string damaged = whole;
    for (int byte = 0; byte < 4; ++byte) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      // Half of the damage hits the section headers, which are the end of the file.
      const std::size_t span = i % 2 == 0 ? damaged.size() : std::min<std::size_t>(damaged.size(), 2048);
      damaged[damaged.size() - 1 - (state >> 33) % span] = static_cast<char>(state >> 25);
    }
    std::ofstream(folder / "damaged.so", std::ios::binary) << damaged;
    std::vector<blas::Found> found = blas::discover({folder / ""});
    if (const blas::Found* one = find(found, folder / "damaged.so")) found.erase(found.begin() + (one - found.data()));
    EXPECT_EQ(paths(found), paths(others)) << "the libraries beside it";
  }
}

TEST(Discover, DebiansLibrariesEachOnce) {
  const std::vector<blas::Found> found = blas::discover();
  for (const auto& [package, vendor] : {std::pair{"openblas", "openblas"}, {"blis", "blis"}}) {
    std::ptrdiff_t installed = 0;
    for (const char* build : {"-pthread", "-openmp", "-serial", "64-pthread", "64-openmp", "64-serial"}) {
      std::error_code error;
      for (const auto& folder : fs::directory_iterator("/usr/lib", error)) {
        installed += fs::exists(folder.path() / fmt::format("{}{}", package, build));
      }
    }
    if (installed == 0) GTEST_SKIP() << package << " is not installed the way of Debian";
    EXPECT_EQ(count(found, vendor, "/usr/lib/"), installed) << vendor << ", besides those of Python's packages";
  }
}

}  // namespace
}  // namespace sqrtn::verify
