#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <system_error>

#include "scratch.hpp"
#include "support/output.hpp"
#include "verify.hpp"

namespace sqrtn::verify {
namespace {

namespace fs = std::filesystem;

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

TEST(Output, WritesPipesInPlace) {
  const Folder folder;
  const std::string path = folder / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  write_file(path, "text");
  std::string read_back(4, ' ');
  EXPECT_EQ(read(reader, read_back.data(), 4), 4);
  close(reader);
  EXPECT_EQ(read_back, "text");
  EXPECT_TRUE(fs::is_fifo(path));
}

// Through a link in the test's own folder: were it replaced, the machine keeps its device.
TEST(Output, NoticesAFullDevice) {
  const Folder folder;
  fs::create_symlink("/dev/full", folder / "full");
  try {
    write_file(folder / "full", "text");
    ADD_FAILURE() << "a full device took the text";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::no_space_on_device);
  }
  EXPECT_TRUE(fs::is_symlink(folder / "full"));
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
    std::string message;
    write_file(other, [&](std::ostream& stream) {  // must not be given descriptor 1
      stream << "other" << std::flush;
      message = message_of<std::system_error>([] { write_file("-", "text"); });
    });
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
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    const Folder folder;
    const int status = status_of_child([&] {
      const rlimit no_core{0, 0};
      setrlimit(RLIMIT_CORE, &no_core);
      std::signal(signal, SIG_DFL);
      remove_temporaries_on_signals();
      write_file(folder / "file", [&](std::ostream& stream) {
        stream << "half" << std::flush;
        raise(signal);
      });
    });
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == signal) << status;
    EXPECT_EQ(folder.entries(), 0);
  }
}

/// Whether the file system of this folder knows files without a name.
bool has_unnamed_files(const Folder& folder) {
#ifdef O_TMPFILE
  const int descriptor = open((folder / "").c_str(), O_TMPFILE | O_WRONLY, 0600);
  close(descriptor);
  return descriptor >= 0;
#else
  return false;
#endif
}

TEST(Output, NotEvenSigkillLeavesAPart) {
  const Folder folder;
  if (!has_unnamed_files(folder)) GTEST_SKIP() << "this file system knows no files without a name";
  write_file(folder / "old", "old");
  for (const char* name : {"old", "new"}) {
    const int status = status_of_child([&] {
      write_file(folder / name, [](std::ostream& stream) {
        stream << "half" << std::flush;
        raise(SIGKILL);
      });
    });
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(folder.entries(), 1) << name;
  }
  EXPECT_EQ(content_of(folder / "old"), "old");
}

// Where files have names from the beginning, or a process was killed between two steps.
TEST(Output, WhatKilledProcessesLeftIsRemoved) {
  const Folder folder;
  const auto begun_long_ago = [&](const char* name) {
    std::ofstream(folder / name) << "half";
    fs::last_write_time(folder / name, fs::file_time_type::clock::now() - std::chrono::hours(1));
  };
  begun_long_ago(".sqrtn-0123456789abcdef.tmp");
  begun_long_ago(".sqrtn-in-use.tmp");
  begun_long_ago(".other.tmp");
  std::ofstream(folder / ".sqrtn-young.tmp") << "half";
  const int in_use = open((folder / ".sqrtn-in-use.tmp").c_str(), O_RDONLY);
  ASSERT_EQ(flock(in_use, LOCK_EX), 0);
  write_file(folder / "table.csv", "whole");
  close(in_use);
  EXPECT_FALSE(fs::exists(folder / ".sqrtn-0123456789abcdef.tmp"));
  for (const char* kept : {".sqrtn-in-use.tmp", ".other.tmp", ".sqrtn-young.tmp", "table.csv"}) {
    EXPECT_TRUE(fs::exists(folder / kept)) << kept;
  }
}

TEST(Output, WhatCannotBeWrittenCostsNothingElse) {
  const Folder folder;
  const std::string message = message_of<std::system_error>([&] {
    write_each({{folder / "missing/a", "a"}, {folder / "b", "b"}, {"", "nowhere"}, {folder / "missing/c", "c"}});
  });
  EXPECT_NE(message.find("missing/a"), std::string::npos) << message;
  EXPECT_EQ(content_of(folder / "b"), "b");
}

TEST(Output, IgnoredSignalsStayIgnored) {
  const int status = status_of_child([] {
    std::signal(SIGHUP, SIG_IGN);
    remove_temporaries_on_signals();
    raise(SIGHUP);
  });
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace sqrtn::verify
