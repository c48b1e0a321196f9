#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <system_error>

#include "sqrtn/support/npy.hpp"
#include "sqrtn/support/output.hpp"
#include "verify.hpp"

namespace sqrtn {
namespace {

namespace fs = std::filesystem;

/// What `action` throws, as text; empty if it throws no E.
template <class E, class F>
std::string message_of(F action) {
  try {
    action();
  } catch (const E& error) {
    return error.what();
  }
  return "";
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A folder of the test's own, gone afterwards.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "sqrtn-verify-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string operator/(const char* name) const { return (path_ / name).string(); }
  [[nodiscard]] std::ptrdiff_t entries() const { return std::distance(fs::directory_iterator(path_), {}); }

 private:
  fs::path path_;
};

/// Exit status of `action` in a process of its own, as waitpid reports it.
template <class F>
int status_of_child(F action) {
  const pid_t child = fork();
  if (child == 0) {
    action();
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

TEST(Output, ReplacesWholeFiles) {
  const Folder folder;
  const std::string path = folder / "table.csv";
  write_file(path, "first");
  chmod(path.c_str(), 0640);
  write_file(path, "second");
  EXPECT_EQ(content_of(path), "second");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0640));
  EXPECT_EQ(folder.entries(), 1);
}

TEST(Output, AnErrorLeavesTheOldFile) {
  const Folder folder;
  const std::string path = folder / "table.csv";
  write_file(path, "old");
  const auto fails = [](std::ostream& stream) {
    stream << "half a table";
    stream.flush();
    throw std::runtime_error("stopped");
  };
  EXPECT_EQ(message_of<std::runtime_error>([&] { write_file(path, fails); }), "stopped");
  EXPECT_EQ(content_of(path), "old");
  EXPECT_EQ(folder.entries(), 1);
}

TEST(Output, ReadersSeeOldOrNew) {
  const Folder folder;
  const std::string path = folder / "table.csv";
  write_file(path, "old");
  write_file(path, [&](std::ostream& stream) {
    stream << "new" << std::flush;
    EXPECT_EQ(content_of(path), "old");
  });
  EXPECT_EQ(content_of(path), "new");
}

TEST(Output, KeepsLinks) {
  const Folder folder;
  write_file(folder / "real", "old");
  fs::create_symlink("real", folder / "link");
  write_file(folder / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(content_of(folder / "real"), "new");
}

TEST(Output, NamesPathAndReason) {
  const Folder folder;
  fs::create_directory(folder / "folder");
  write_file(folder / "plain", "");
  const std::vector<std::pair<std::string, std::errc>> cases = {
      {folder / "missing/file", std::errc::no_such_file_or_directory},
      {folder / "folder", std::errc::is_a_directory},
      {folder / "new/", std::errc::is_a_directory},
      {folder / "plain/file", std::errc::not_a_directory},
      {"", std::errc::no_such_file_or_directory},
      {folder / std::string(300, 'n').c_str(), std::errc::filename_too_long},
  };
  for (const auto& [path, expected] : cases) {
    for (const bool early : {false, true}) {
      try {
        early ? require_writable(path) : write_file(path, "text");
        ADD_FAILURE() << path << " was accepted";
      } catch (const std::system_error& error) {
        EXPECT_TRUE(error.code() == expected) << path << ": " << error.what();
        EXPECT_NE(std::string(error.what()).find("'" + path + "'"), std::string::npos) << error.what();
      }
    }
  }
}

TEST(Output, RequireWritableLeavesNothing) {
  const Folder folder;
  require_writable("-");
  require_writable(folder / "new");
  EXPECT_EQ(folder.entries(), 0);
  write_file(folder / "old", "text");
  require_writable(folder / "old");
  EXPECT_EQ(content_of(folder / "old"), "text");
  EXPECT_EQ(folder.entries(), 1);
}

TEST(Output, WritesDevicesInPlace) {
  write_file("/dev/null", "text");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  try {
    write_file("/dev/full", "text");
    ADD_FAILURE() << "a full device took the text";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::no_space_on_device);
  }
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST(Output, AFullDiskLosesNothing) {
  const Folder folder;
  const std::string path = folder / "table.csv";
  write_file(path, "old");
  const int status = status_of_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    const std::string message = message_of<std::system_error>([&] { write_file(path, std::string(1 << 20, 'x')); });
    _exit(message.find(path) != std::string::npos ? 0 : 1);
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(content_of(path), "old");
  EXPECT_EQ(folder.entries(), 1);
}

TEST(Output, NoticesClosedStandardOutput) {
  const Folder folder;
  const std::string other = folder / "other";
  const int status = status_of_child([&] {
    close(STDOUT_FILENO);
    remove_temporaries_on_signals();
    write_file(other, "other");  // must not be given descriptor 1
    const std::string message = message_of<std::system_error>([] { write_file("-", "text"); });
    _exit(message.find("standard output") != std::string::npos ? 0 : 1);
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(content_of(other), "other");
}

TEST(Output, NoticesABrokenPipe) {
  const int status = status_of_child([] {
    int ends[2];
    if (pipe(ends) != 0) _exit(2);
    close(ends[0]);
    dup2(ends[1], STDOUT_FILENO);
    remove_temporaries_on_signals();
    try {
      write_file("-", "text");
    } catch (const std::system_error& error) {
      _exit(error.code() == std::errc::broken_pipe ? 0 : 1);
    }
  });
  EXPECT_EQ(status, 0);
}

TEST(Output, SignalsRemoveTemporaries) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const Folder folder;
    const int status = status_of_child([&] {
      std::signal(signal, SIG_DFL);
      remove_temporaries_on_signals();
      write_file(folder / "file", [&](std::ostream& stream) {
        stream << "half" << std::flush;
        if (folder.entries() == 1) raise(signal);
      });
    });
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == signal) << status;
    EXPECT_EQ(folder.entries(), 0);
  }
}

TEST(Output, IgnoredSignalsStayIgnored) {
  const int status = status_of_child([] {
    std::signal(SIGHUP, SIG_IGN);
    remove_temporaries_on_signals();
    raise(SIGHUP);
  });
  EXPECT_EQ(status, 0);
}

template <class T>
void write_counted(const std::string& path, const Shape& shape) {
  write_npy<T>(path, shape, [](std::size_t first, std::span<T> part) {
    std::iota(part.begin(), part.end(), static_cast<T>(first));
  });
}

// The header as numpy/lib/format.py describes version 1.0, byte for byte.
TEST(Npy, HeaderFollowsTheFormat) {
  const Folder folder;
  const std::vector<std::pair<Shape, std::string>> cases = {
      {{}, "()"}, {{3}, "(3,)"}, {{5, 7}, "(5, 7)"}, {{64, 3, 7, 7}, "(64, 3, 7, 7)"}};
  for (const auto& [shape, text] : cases) {
    write_counted<float>(folder / "w.npy", shape);
    const std::string bytes = content_of(folder / "w.npy");
    ASSERT_GT(bytes.size(), 64U);
    EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
    const std::size_t length = static_cast<unsigned char>(bytes[8]) + 256U * static_cast<unsigned char>(bytes[9]);
    EXPECT_EQ((10 + length) % 64, 0U) << "the elements must be aligned";
    const std::string header = bytes.substr(10, length);
    EXPECT_EQ(header.substr(0, header.find_last_not_of(" \n") + 1),
              "{'descr': '<f4', 'fortran_order': False, 'shape': " + text + ", }");
    EXPECT_EQ(header.find('\n'), header.size() - 1);
    EXPECT_EQ(bytes.size(), 10 + length + 4 * element_count(shape));
  }
}

TEST(Npy, ElementsFollowInOrder) {
  const Folder folder;
  write_counted<double>(folder / "w.npy", {700, 1001});  // more than one part
  const std::string bytes = content_of(folder / "w.npy");
  std::vector<double> elements(700 * 1001);
  const std::size_t size = elements.size() * sizeof(double);
  ASSERT_GT(bytes.size(), size);
  EXPECT_NE(bytes.find("'descr': '<f8'"), std::string::npos);
  std::memcpy(elements.data(), bytes.data() + bytes.size() - size, size);
  std::vector<double> expected(elements.size());
  std::iota(expected.begin(), expected.end(), 0.0);
  EXPECT_EQ(elements, expected);
}

}  // namespace
}  // namespace sqrtn
