#include "blas/places.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <sstream>
#include <string_view>

#include "blas/library_file.hpp"
#include "sqrtn/support/require.hpp"
#include "support/process.hpp"

namespace sqrtn::blas {
namespace {

namespace fs = std::filesystem;

/// Parts of the names under which libraries with a BLAS in them are installed.
constexpr std::array<std::string_view, 8> telling_names{"blas", "blis",  "atlas", "mkl_rt",
                                                        "nvpl", "armpl", "essl",  "sci_"};

bool is_shared_library_name(const std::string& name) { return name.find(".so") != std::string::npos; }

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
  if (const char* variable = std::getenv("LD_LIBRARY_PATH"); variable != nullptr) {
    std::istringstream text(variable);
    for (std::string folder; std::getline(text, folder, ':');) {
      if (!folder.empty()) folders.emplace_back(folder);
    }
  }
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

/// What a folder holds; nothing if it cannot be read.
std::vector<fs::path> entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    paths.push_back(entry->path());
  }
  return paths;
}

}  // namespace

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
