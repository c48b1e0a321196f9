#include "blas/linked.hpp"

#include <dlfcn.h>
#include <link.h>
#include <sys/auxv.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <stdexcept>

#include "blas/file.hpp"
#include "blas/library_file.hpp"
#include "blas/names.hpp"
#include "blas/places.hpp"
#include "blas/python.hpp"
#include "sqrtn/support/require.hpp"
#include "support/process.hpp"

namespace sqrtn::blas {
namespace {

namespace fs = std::filesystem;

/// The loader that this very program was loaded by.
std::string loader() {
  Dl_info info{};
  const auto* base = reinterpret_cast<const void*>(::getauxval(AT_BASE));  // NOLINT(performance-no-int-to-ptr)
  return ::dladdr(base, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "";
}

/// Whether the loader has something to do for that file. Throws if it is none for this machine.
bool is_dynamic(const std::string& path) {
  require(is_elf(path),
          "cannot tell which BLAS '{}' gets: it is no ELF file; give the program that it runs, or the number of "
          "a process",
          path);
  const File file(path);
  ElfW(Ehdr) header{};
  std::vector<ElfW(Phdr)> segments;
  if (!file.read(&header, sizeof header, 0) || header.e_phentsize != sizeof(ElfW(Phdr))) return false;
  segments.resize(header.e_phnum);
  if (!file.read(segments.data(), segments.size() * sizeof(ElfW(Phdr)), header.e_phoff)) return false;
  return std::ranges::any_of(segments, [](const ElfW(Phdr) & segment) { return segment.p_type == PT_DYNAMIC; });
}

/// The file itself, and what the loader loads with it: "libblas.so.3 => /lib/libblas.so.3 (0x…)".
std::vector<std::string> loaded_with(const std::string& path) {
  const ProcessEnd end = run_process({loader(), "--list", path},
                                     {.wall_s = 20, .memory_bytes = std::size_t{4} << 30, .output_bytes = 1 << 20});
  require(end.succeeded(), "cannot tell which BLAS '{}' gets: the loader {} ({})", path, end.to_text(),
          end.err.substr(0, std::min<std::size_t>(end.err.find('\n'), 300)));
  std::vector<std::string> files{path};
  std::istringstream text(end.out);
  for (std::string line; std::getline(text, line);) {
    const std::size_t arrow = line.find(" => "), address = line.rfind(" (0x");
    if (arrow != std::string::npos && address != std::string::npos && address > arrow)
      files.push_back(line.substr(arrow + 4, address - arrow - 4));
  }
  return files;
}

/// A line of maps is "START-END rwxp OFFSET DEVICE INODE PATH".
std::vector<std::string> loaded_by_process(const std::string& number) {
  const std::string folder = "/proc/" + number;
  std::error_code error;
  require(fs::exists(folder, error), "there is no process {}: it is gone, or never was", number);
  std::ifstream maps(folder + "/maps");
  std::string first;
  require(
      static_cast<bool>(std::getline(maps, first)),
      "cannot read the libraries of process {}: it belongs to another user, or is none of a program; ask as its user",
      number);
  std::vector<std::string> files;
  for (std::string line = first; maps; std::getline(maps, line)) {
    const std::size_t path = line.find('/');
    require(
        !line.ends_with(" (deleted)") || !is_telling(line.substr(line.rfind('/') + 1)),
        "the BLAS of process {} is no file any more ({}): it was replaced since the process began; start that again",
        number, line.substr(std::min(path, line.size())));
    if (path != std::string::npos && std::ranges::find(files, line.substr(path)) == files.end())
      files.push_back(line.substr(path));
  }
  return files;
}

/// Throws if that is a shared library whose names cannot be read.
void require_names(const std::string& path) {
  try {
    require_shared_library(path);
  } catch (const std::invalid_argument&) {
    return;
  }
  require(dynamic_content(path).has_value(),
          "cannot tell whether '{}' is a BLAS: it is stripped of its section headers, which tell where its names are; "
          "give the library as it was built",
          path);
}

/// Those of them that are a BLAS, each once; one that needs another of them with the same names stands
/// before that.
std::vector<Linked> blas_among(const std::vector<std::string>& files) {
  struct One {
    Linked linked;
    DynamicContent content;
    const Naming* naming;
  };
  std::vector<One> all;
  std::set<fs::path> seen;
  for (const std::string& file : files) {
    std::error_code error;
    const fs::path path = fs::canonical(file, error);
    if (error || !seen.insert(path).second) continue;
    auto content = dynamic_content(path.string());
    const auto has = [&content](const std::string& symbol) { return content->symbols.contains(symbol); };
    if (!content && is_telling(path.filename().string())) require_names(path.string());
    const Naming* const naming = content ? naming_of(has) : nullptr;
    if (naming != nullptr) all.push_back({{path.string(), {}}, std::move(*content), naming});
  }
  std::vector<Linked> found;
  for (One& one : all) {
    const auto core = std::ranges::find_if(all, [&one](const One& other) {
      return &other != &one && other.naming == one.naming &&
             std::ranges::any_of(one.content.needed, [&other](const std::string& needed) {
               return needed == other.content.soname || needed == fs::path(other.linked.path).filename();
             });
    });
    if (core != all.end()) core->linked.through.push_back(fs::path(one.linked.path).filename().string());
  }
  for (One& one : all) {
    const std::string name = fs::path(one.linked.path).filename().string();
    const bool stands_before = std::ranges::any_of(all, [&name](const One& other) {
      return std::ranges::find(other.linked.through, name) != other.linked.through.end();
    });
    if (!stands_before) found.push_back(one.linked);
  }
  return found;
}

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 10 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// The file that is meant; empty if it is none.
std::string file_of(const std::string& of) {
  std::error_code error;
  if (of.find('/') != std::string::npos) {
    require(fs::exists(of, error), "cannot tell which BLAS '{}' gets: there is no such file", of);
    return fs::canonical(of, error).string();
  }
  const auto found = of.find(".so") != std::string::npos ? library_of_loader(of) : program_on_path(of);
  return found ? fs::canonical(*found, error).string() : "";
}

std::vector<Linked> blas_of_file(const std::string& path) {
  require(
      is_dynamic(path),
      "cannot tell which BLAS '{}' gets: it is statically linked, so that the loader loads nothing with it; what is "
      "inside of it has no name",
      path);
  return blas_among(loaded_with(path));
}

}  // namespace

std::vector<Linked> blas_of_package(const std::string& package) {
  std::vector<std::string> files;
  std::set<std::string> asked;
  for (const fs::path& module : modules_of_package(package)) {
    const auto content = dynamic_content(module.string());
    if (!content) continue;
    const bool is_new = std::ranges::any_of(content->needed, [&asked](const std::string& needed) {
      return is_telling(needed) && asked.insert(needed).second;
    });
    if (is_new) std::ranges::move(loaded_with(module.string()), std::back_inserter(files));
  }
  return blas_among(files);
}

std::vector<Linked> linked_blas(const std::string& of) {
  std::vector<Linked> found;
  if (is_number(of)) {
    found = blas_among(loaded_by_process(of));
  } else if (of.find('/') == std::string::npos && !modules_of_package(of).empty()) {
    found = blas_of_package(of);
  } else {
    const std::string file = file_of(of);
    require(
        !file.empty(),
        "there is no '{}': give the number of a process, the path of a program or library, the name of a library of "
        "the loader, of a package of the active Python, or of a program on PATH",
        of);
    found = blas_of_file(file);
    if (found.empty()) require_names(file);
  }
  require(!found.empty(), "'{}' gets no BLAS: none of the libraries that are loaded with it has one", of);
  return found;
}

}  // namespace sqrtn::blas
