#include "support/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <streambuf>
#include <system_error>
#include <utility>
#include <vector>

#include "support/temporary_file.hpp"

namespace sqrtn {
namespace {

using support::TemporaryFile;

[[noreturn]] void fail(int error, const std::string& name) {
  throw std::system_error(error, std::generic_category(),
                          "cannot write " + name + " (choose a place that exists, is writable and has room)");
}

extern "C" void clean_up_and_end(int signal) {
  support::remove_temporaries();
  // The default action is back (SA_RESETHAND) and ends the process once this handler returns.
  raise(signal);
}

/// Buffered output to a descriptor that throws the system's own reason at the first failed write,
/// which std::ofstream would drop.
class DescriptorBuffer : public std::streambuf {
 public:
  DescriptorBuffer(int descriptor, std::string name)
      : descriptor_(descriptor), name_(std::move(name)), buffer_(std::size_t{1} << 18) {
    setp(buffer_.data(), buffer_.data() + buffer_.size());
  }
  int_type overflow(int_type c) override {
    drain();
    if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }
  int sync() override {
    drain();
    return 0;
  }

 private:
  void drain() {
    for (const char* p = pbase(); p != pptr();) {
      const ssize_t written = ::write(descriptor_, p, static_cast<std::size_t>(pptr() - p));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail(errno, name_);
      p += written;
    }
    setp(buffer_.data(), buffer_.data() + buffer_.size());
  }
  int descriptor_;
  std::string name_;
  std::vector<char> buffer_;
};

void write_descriptor(int descriptor, const std::string& name, const std::function<void(std::ostream&)>& write) {
  DescriptorBuffer buffer(descriptor, name);
  std::ostream stream(&buffer);
  stream.exceptions(std::ios::badbit | std::ios::failbit);
  write(stream);
  stream.flush();
}

/// Closes a descriptor: explicitly where its error counts, silently on the way out of an exception.
class Closer {
 public:
  explicit Closer(int descriptor) : descriptor_(descriptor) {}
  ~Closer() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Closer(const Closer&) = delete;
  Closer& operator=(const Closer&) = delete;
  void close(const std::string& name) {
    if (::close(std::exchange(descriptor_, -1)) != 0) fail(errno, name);
  }

 private:
  int descriptor_;
};

/// Where the bytes of `path` go: links followed, so that a link stays one; type and mode of what is
/// there now. Throws what already forbids writing.
struct Target {
  std::filesystem::path path;
  bool exists = false;
  bool regular = true;
  mode_t mode = 0666;
};

Target find_target(const std::string& path) {
  Target target{path};
  struct stat status {};
  target.exists = stat(path.c_str(), &status) == 0;
  if (!target.exists && errno != ENOENT) fail(errno, "'" + path + "'");
  if (target.exists) {
    if (S_ISDIR(status.st_mode)) fail(EISDIR, "'" + path + "'");
    if (access(path.c_str(), W_OK) != 0) fail(errno, "'" + path + "'");
    target.regular = S_ISREG(status.st_mode);
    target.mode = status.st_mode & 0777;
    if (target.regular) target.path = std::filesystem::canonical(path);
  } else if (!target.path.has_filename()) {
    fail(path.empty() ? ENOENT : EISDIR, "'" + path + "'");
  }
  return target;
}

std::unique_ptr<TemporaryFile> file_for(const Target& target, const std::string& name, mode_t mode) {
  try {
    return std::make_unique<TemporaryFile>(target.path, mode);
  } catch (const std::system_error& error) {
    fail(error.code().value(), name);
  }
}

/// The content, flushed, for the place that it will take.
std::unique_ptr<TemporaryFile> write_beside(const Target& target, const std::string& name,
                                            const std::function<void(std::ostream&)>& write) {
  auto file = file_for(target, name, 0666);
  write_descriptor(file->descriptor(), name, write);
  if (target.exists) fchmod(file->descriptor(), target.mode);
  // Some file systems tell only now that they are full.
  const int copy = dup(file->descriptor());
  if (copy < 0 || close(copy) != 0) fail(errno, name);
  return file;
}

}  // namespace

void write_file(const std::string& path, const std::function<void(std::ostream&)>& write) {
  if (path == "-") {
    if (std::fflush(stdout) != 0) fail(errno, "standard output");
    write_descriptor(STDOUT_FILENO, "standard output", write);
    return;
  }
  const std::string name = "'" + path + "'";
  const Target target = find_target(path);
  if (!target.regular) {  // a device or a pipe has no content to protect, and a rename would replace it
    const int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) fail(errno, name);
    Closer closer(descriptor);
    write_descriptor(descriptor, name, write);
    closer.close(name);
    return;
  }
  if (!write_beside(target, name, write)->become(target.path)) fail(errno, name);
}

void write_file(const std::string& path, std::string_view content) {
  write_file(path, [&](std::ostream& stream) { stream << content; });
}

void attempt_all(const std::vector<std::function<void()>>& steps) {
  std::exception_ptr first;
  for (const auto& step : steps) {
    try {
      step();
    } catch (const std::system_error&) {
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}

void write_each(const std::vector<std::pair<std::string, std::string>>& files) {
  std::vector<std::function<void()>> steps;
  for (const auto& file : files) {
    // A structured binding is no variable to Clang before 16: no lambda may hold it.
    if (!file.first.empty()) steps.emplace_back([&file] { write_file(file.first, file.second); });
  }
  attempt_all(steps);
}

void append_file(const std::string& path, std::string_view content) {
  if (path == "-") return write_file(path, content);
  errno = 0;
  std::ofstream stream(path, std::ios::app | std::ios::binary);
  stream << content;
  stream.close();
  if (!stream) fail(errno, "'" + path + "'");
}

void write_files(const std::vector<std::pair<std::string, std::string>>& files) {
  std::vector<std::pair<Target, std::unique_ptr<TemporaryFile>>> beside;
  for (const auto& [path, content] : files) {
    Target target = find_target(path);
    std::unique_ptr<TemporaryFile> file;
    if (target.regular) {
      // Clang 14 cannot capture a name of a structured binding.
      file = write_beside(target, "'" + path + "'", [&text = content](std::ostream& stream) { stream << text; });
    }
    beside.emplace_back(std::move(target), std::move(file));
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& [target, file] = beside[i];
    if (!file) {
      write_file(files[i].first, files[i].second);
    } else if (!file->become(target.path)) {
      fail(errno, "'" + files[i].first + "'");
    }
  }
}

void require_writable(const std::string& path) {
  if (path == "-") return;
  const Target target = find_target(path);
  if (target.regular) file_for(target, "'" + path + "'", 0600);
}

void remove_temporaries_on_signals() {
  // A descriptor closed by the caller would be given to the next file opened, and what is meant for
  // standard output would land in that file. Held read-only, it keeps failing as closed.
  for (int descriptor = 0; descriptor <= STDERR_FILENO; ++descriptor) {
    if (fcntl(descriptor, F_GETFD) >= 0) continue;
    if (open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) != descriptor) break;
  }
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler == SIG_IGN) continue;  // as nohup asks
    action = {};
    action.sa_handler = clean_up_and_end;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace sqrtn
