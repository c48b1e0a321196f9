#include "sqrtn/blas/discover.hpp"

#include <sys/stat.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>
#include <tuple>

#include "library_file.hpp"
#include "sqrtn/support/process.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::blas {
namespace {

namespace fs = std::filesystem;

/// Parts of the names under which libraries with a BLAS in them are installed.
constexpr std::array<std::string_view, 8> telling_names{"blas", "blis",  "atlas", "mkl_rt",
                                                        "nvpl", "armpl", "essl",  "sci_"};

bool is_telling(const std::string& name) {
  return std::ranges::any_of(telling_names,
                             [&name](std::string_view part) { return name.find(part) != std::string::npos; });
}

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

/// Files whose names tell, in the usual places, and those that were asked for.
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

/// A library before it is told apart from others.
struct Candidate {
  fs::path path;
  DynamicContent content;
  [[nodiscard]] bool has(std::string_view symbol) const { return content.symbols.contains(symbol); }
  [[nodiscard]] bool has_32_bit() const { return has("cblas_sgemm") || has("sgemm_"); }
  [[nodiscard]] bool has_64_bit() const {
    return has("cblas_sgemm64_") || has("sgemm_64_") || has("cblas_sgemm_64") || has("sgemm_64");
  }
};

/// Whether one of these files of its size has its content too; else it joins them.
bool is_copy(const std::string& path, std::vector<std::string>& others) {
  for (const std::string& other : others) {
    if (sha256_of_file(other) == sha256_of_file(path)) return true;
  }
  others.push_back(path);
  return false;
}

/// Each file once, however many links lead to it, and each content once.
std::map<std::string, Candidate> candidates(const std::vector<std::string>& search) {
  std::map<std::string, Candidate> found;
  std::set<std::pair<dev_t, ino_t>> seen;
  std::map<off_t, std::vector<std::string>> of_size;
  for (const fs::path& place : places(search)) {
    std::error_code error;
    const fs::path path = fs::canonical(place, error);
    struct stat status {};
    if (error || ::stat(path.c_str(), &status) != 0 || !seen.emplace(status.st_dev, status.st_ino).second) continue;
    auto content = dynamic_content(path.string());
    if (!content) continue;
    Candidate candidate{path, std::move(*content)};
    if (!candidate.has_32_bit() && !candidate.has_64_bit()) continue;
    if (!is_copy(path.string(), of_size[status.st_size])) found.emplace(path.string(), std::move(candidate));
  }
  return found;
}

/// The library that this one needs, beside it or a folder above, and that is a BLAS by its name.
std::optional<fs::path> needed_blas(const Candidate& candidate) {
  for (const std::string& needed : candidate.content.needed) {
    if (!is_telling(needed) || needed.find('/') != std::string::npos) continue;
    for (const fs::path& folder : {candidate.path.parent_path(), candidate.path.parent_path().parent_path()}) {
      std::error_code error;
      const fs::path path = fs::canonical(folder / needed, error);
      if (!error && path != candidate.path) return path;
    }
  }
  return {};
}

/// The library that does this one's work: the last of those that need each other, or itself.
std::string core_of(const Candidate& candidate, const std::map<std::string, Candidate>& all) {
  constexpr int deepest = 4;  // libcblas on libblas on libopenblas; and an end where two need each other
  const Candidate* at = &candidate;
  for (int depth = 0; depth < deepest; ++depth) {
    const auto needed = needed_blas(*at);
    if (!needed) break;
    const auto known = all.find(needed->string());
    if (known == all.end()) return needed->string();
    at = &known->second;
  }
  return at->path.string();
}

/// By a function that only it has; nullptr if there is none.
const char* marked_vendor(const Candidate& candidate) {
  static constexpr std::array<std::pair<const char*, const char*>, 6> markers{{{"flexiblas_init", "flexiblas"},
                                                                               {"openblas_get_config", "openblas"},
                                                                               {"bli_info_get_version_str", "blis"},
                                                                               {"MKL_Get_Version_String", "mkl"},
                                                                               {"ATL_sgemm", "atlas"},
                                                                               {"nvpl_blas_get_version", "nvpl"}}};
  for (const auto& [symbol, vendor] : markers) {
    if (candidate.has(symbol)) return vendor;
  }
  return nullptr;
}

/// libblas.so.3 in a folder that a BLAS has for itself is that library under the name that all share.
const Candidate* namesake(const Candidate& candidate, const std::map<std::string, Candidate>& all) {
  const fs::path folder = candidate.path.parent_path();
  if (candidate.content.soname != "libblas.so.3" || !is_telling(folder.filename().string())) return nullptr;
  for (const auto& [path, other] : all) {
    if (other.path.parent_path() == folder && marked_vendor(other) != nullptr) return &other;
  }
  return nullptr;
}

std::string vendor_of(const Candidate& candidate) {
  if (const char* vendor = marked_vendor(candidate)) return vendor;
  const auto needs = [&candidate](std::string_view part) {
    return std::ranges::any_of(candidate.content.needed,
                               [part](const std::string& name) { return name.starts_with(part); });
  };
  if (needs("libatlas.so")) return "atlas";
  if (needs("libopenblas")) return "openblas";
  if (candidate.content.soname.starts_with("libgslcblas.so")) return "gsl";
  if (candidate.content.soname == "libblas.so.3") return "reference";
  // "libfast.so.3" is "fast".
  std::string name = candidate.path.filename().string();
  name = name.substr(0, name.find(".so"));
  return name.starts_with("lib") ? name.substr(3) : name;
}

/// Which of the interfaces to one library stands for it: itself, then the most functions, then a name of
/// its own rather than the one that all share.
auto rank(const Candidate& candidate, const std::string& core) {
  return std::tuple(candidate.path != core, candidate.has_32_bit() ? 0 : 1,
                    !(candidate.has("cblas_sgemm") && candidate.has("sgemm_")),
                    candidate.path.filename().string().starts_with("libblas."));
}

}  // namespace

std::vector<Found> discover(const std::vector<std::string>& search) {
  const std::map<std::string, Candidate> all = candidates(search);
  std::map<std::string, const Candidate*> chosen;
  for (const auto& [path, candidate] : all) {
    const Candidate* other = namesake(candidate, all);
    const std::string core = core_of(other != nullptr ? *other : candidate, all);
    const auto [known, is_new] = chosen.emplace(core, &candidate);
    if (!is_new && rank(candidate, core) < rank(*known->second, core)) known->second = &candidate;
  }
  std::vector<Found> found;
  for (const auto& [core, candidate] : chosen) {
    found.push_back({.path = candidate->path.string(),
                     .soname = candidate->content.soname,
                     .vendor = vendor_of(*candidate),
                     .wide = !candidate->has_32_bit()});
  }
  std::ranges::sort(found, {}, [](const Found& one) { return std::tie(one.vendor, one.path); });
  return found;
}

}  // namespace sqrtn::blas
