#include "blas/places.hpp"

#include <elf.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>

#include "blas/library_file.hpp"
#include "blas/python.hpp"
#include "sqrtn/support/require.hpp"
#include "support/process.hpp"

namespace sqrtn::blas {
namespace {

namespace fs = std::filesystem;

/// Parts of the names under which libraries with a BLAS in them are installed.
constexpr std::array<std::string_view, 8> telling_names{"blas", "blis",  "atlas", "mkl_rt",
                                                        "nvpl", "armpl", "essl",  "sci_"};

bool is_shared_library_name(const std::string& name) { return name.find(".so") != std::string::npos; }

/// Those that a variable of the environment lists.
std::vector<fs::path> folders_in(const char* variable) {
  std::vector<fs::path> folders;
  const char* const value = std::getenv(variable);
  std::istringstream text(value != nullptr ? value : "");
  for (std::string folder; std::getline(text, folder, ':');) {
    if (!folder.empty()) folders.emplace_back(folder);
  }
  return folders;
}

std::vector<fs::path> usual_folders() {
  utsname machine{};
  uname(&machine);
  const std::string debian = std::string(machine.machine) + "-linux-gnu";
  std::vector<fs::path> folders{"/etc/alternatives",
                                "/lib/" + debian,
                                "/usr/lib/" + debian,
                                "/usr/lib64",
                                "/usr/lib",
                                "/usr/local/lib/" + debian,
                                "/usr/local/lib64",
                                "/usr/local/lib",
                                "/opt/intel/mkl/lib/intel64",
                                "/opt/intel/oneapi/mkl/latest/lib"};
  std::ranges::move(folders_in("LD_LIBRARY_PATH"), std::back_inserter(folders));
  std::ranges::move(language_folders(), std::back_inserter(folders));
  return folders;
}

/// The paths in the loader's cache: "libblas.so.3 (libc6,x86-64) => /lib/libblas.so.3".
std::vector<fs::path> loader_cache() {
  std::vector<fs::path> paths;
  std::istringstream text(run_process({"/sbin/ldconfig", "-p"}, {.wall_s = 20}).out);
  for (std::string line; std::getline(text, line);) {
    const std::size_t arrow = line.find(" => ");
    if (arrow != std::string::npos) paths.emplace_back(line.substr(arrow + 4));
  }
  return paths;
}

}  // namespace

std::vector<fs::path> entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    paths.push_back(entry->path());
  }
  return paths;
}

std::optional<fs::path> program_on_path(const std::string& name) {
  for (const fs::path& folder : folders_in("PATH")) {
    std::error_code error;
    if (::access((folder / name).c_str(), X_OK) == 0 && fs::is_regular_file(folder / name, error)) return folder / name;
  }
  return {};
}

std::optional<fs::path> library_of_loader(const std::string& name) {
  std::vector<fs::path> paths;
  for (const fs::path& folder : folders_in("LD_LIBRARY_PATH")) paths.push_back(folder / name);
  std::ranges::move(loader_cache(), std::back_inserter(paths));
  const auto found = std::ranges::find_if(paths, [&name](const fs::path& path) {
    std::error_code error;
    return path.filename() == name && fs::is_regular_file(path, error);
  });
  if (found == paths.end()) return {};
  return *found;
}

std::optional<int> elf_type(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return {};
  std::array<char, EI_NIDENT + 2> begin{};  // the type is the two bytes after those that identify the file
  std::ifstream(path, std::ios::binary).read(begin.data(), begin.size());
  if (!std::string_view(begin.data(), begin.size()).starts_with(ELFMAG)) return {};
  return begin[begin[EI_DATA] == ELFDATA2MSB ? EI_NIDENT + 1 : EI_NIDENT];
}

bool is_telling(const std::string& name) {
  return std::ranges::any_of(telling_names,
                             [&name](std::string_view part) { return name.find(part) != std::string::npos; });
}

std::vector<fs::path> asked_for(const std::vector<std::string>& search) {
  std::vector<fs::path> found;
  for (const std::string& asked : search) {
    std::error_code error;
    require(fs::exists(asked, error), "cannot search '{}' for a BLAS: there is no such folder or file", asked);
    if (!fs::is_directory(asked, error)) {
      require_shared_library(asked);
      found.emplace_back(asked);
    }
    for (const fs::path& entry : entries(asked)) {
      if (is_shared_library_name(entry.filename().string())) found.push_back(entry);
    }
  }
  return found;
}

std::vector<fs::path> places(const std::vector<std::string>& search) {
  std::vector<fs::path> found = loader_cache(), folders = usual_folders();
  for (std::size_t i = 0, usual = folders.size(); i < folders.size(); ++i) {
    for (const fs::path& entry : entries(folders[i])) {
      std::error_code error;
      const std::string name = entry.filename().string();
      if (is_shared_library_name(name))
        found.push_back(entry);
      else if (i < usual && is_telling(name) && fs::is_directory(entry, error))
        folders.push_back(entry);
    }
  }
  std::erase_if(found, [](const fs::path& path) { return !is_telling(path.filename().string()); });
  std::ranges::move(asked_for(search), std::back_inserter(found));
  return found;
}

}  // namespace sqrtn::blas
