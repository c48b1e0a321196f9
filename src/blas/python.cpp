#include "blas/python.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <optional>

#include "blas/places.hpp"
#include "support/process.hpp"

namespace sqrtn::blas {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> folder_in_environment(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr || *value == '\0') return {};
  return value;
}

/// The folder above bin/ in which a program lies that PATH leads to, links followed.
std::optional<fs::path> prefix_of(const std::string& program) {
  const auto path = program_on_path(program);
  if (!path) return {};
  std::error_code error;
  return fs::canonical(*path, error).parent_path().parent_path();
}

/// Of the python3 on PATH. One that is a script chooses among several: only it knows which.
std::optional<fs::path> prefix_of_python() {
  for (const char* name : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
    if (const auto prefix = folder_in_environment(name)) return prefix;
  }
  const auto python = program_on_path("python3");
  if (!python) return {};
  std::error_code error;
  // A virtual environment's own is a link out of it.
  const fs::path around = python->parent_path().parent_path();
  if (fs::exists(around / "pyvenv.cfg", error)) return around;
  if (is_elf(*python)) return prefix_of("python3");
  const ProcessEnd end = run_process({python->string(), "-I", "-c", "import sys; print(sys.prefix, end='')"},
                                     {.wall_s = 10, .output_bytes = 4096});
  if (!end.succeeded()) return {};
  return end.out;
}

/// Where an installation of Python keeps libraries, and its packages below them.
std::array<fs::path, 3> library_folders(const fs::path& prefix) {
  return {prefix / "lib", prefix / "lib64", prefix / "local/lib"};
}

std::vector<fs::path> package_folders(const fs::path& prefix) {
  std::vector<fs::path> found;
  for (const fs::path& above : library_folders(prefix)) {
    for (const fs::path& version : entries(above)) {
      if (!version.filename().string().starts_with("python3")) continue;
      for (const char* name : {"site-packages", "dist-packages"}) {
        std::error_code error;
        if (fs::is_directory(version / name, error)) found.push_back(version / name);
      }
    }
  }
  std::ranges::sort(found);
  return found;
}

/// Of wheels that bring a BLAS with them, beside the modules that call it or for all.
void add_folders_of_wheels(const fs::path& prefix, std::vector<fs::path>& found) {
  for (const fs::path& packages : package_folders(prefix)) {
    for (const fs::path& entry : entries(packages)) {
      const std::string name = entry.filename().string();
      if (name.ends_with(".libs")) found.push_back(entry);
      if (name.starts_with("scipy_openblas")) found.push_back(entry / "lib");
    }
  }
  std::ranges::copy(library_folders(prefix), std::back_inserter(found));
}

/// Of the active Python; found once, as it may have to run a script.
const std::optional<fs::path>& active_prefix() {
  static const std::optional<fs::path> prefix = prefix_of_python();
  return prefix;
}

}  // namespace

std::vector<fs::path> package_folders() {
  return active_prefix() ? package_folders(*active_prefix()) : std::vector<fs::path>{};
}

std::vector<fs::path> language_folders() {
  std::vector<fs::path> found;
  if (active_prefix()) add_folders_of_wheels(*active_prefix(), found);
  if (const auto installed = folder_in_environment("SQRTN_BACKENDS")) add_folders_of_wheels(*installed, found);
  if (const auto conda = folder_in_environment("CONDA_PREFIX")) found.push_back(*conda / "lib");
  if (const auto home = folder_in_environment("R_HOME")) found.push_back(*home / "lib");
  for (const char* of_r : {"/usr/lib/R/lib", "/usr/lib64/R/lib", "/usr/local/lib/R/lib", "/opt/R/current/lib/R/lib"}) {
    found.emplace_back(of_r);
  }
  if (const auto julia = prefix_of("julia")) found.push_back(*julia / "lib/julia");
  return found;
}

std::vector<fs::path> modules_of_package(const std::string& package) {
  constexpr std::size_t most = 5000;  // no package has as many; a folder that does is none
  std::vector<fs::path> modules;
  for (const fs::path& folder : package_folders()) {
    std::error_code error;
    for (fs::recursive_directory_iterator entry(folder / package, error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->path().filename().string().find(".so") != std::string::npos) modules.push_back(entry->path());
      if (modules.size() == most) return modules;
    }
  }
  std::ranges::sort(modules);
  return modules;
}

}  // namespace sqrtn::blas
