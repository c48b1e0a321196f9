#include "blas/discover.hpp"

#include <elf.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>

#include "blas/library_file.hpp"
#include "blas/names.hpp"
#include "blas/places.hpp"

namespace sqrtn::blas {
namespace {

namespace fs = std::filesystem;

/// A library before it is told apart from others.
struct Candidate {
  fs::path path;
  DynamicContent content;
  [[nodiscard]] bool has(std::string_view symbol) const { return content.symbols.contains(symbol); }
  [[nodiscard]] const Naming* naming() const {
    return naming_of([this](const std::string& symbol) { return has(symbol); });
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
    if (candidate.naming() == nullptr) continue;
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
    if (candidate.has(symbol) || candidate.has(candidate.naming()->own(symbol))) return vendor;
  }
  return nullptr;
}

/// libblas.so.3 or libblas64.so.3 in a folder that a BLAS has for itself is that library under the name that all share.
const Candidate* namesake(const Candidate& candidate, const std::map<std::string, Candidate>& all) {
  const fs::path folder = candidate.path.parent_path();
  if (!candidate.content.soname.starts_with("libblas") || !is_telling(folder.filename().string())) return nullptr;
  for (const auto& [path, other] : all) {
    if (other.path.parent_path() == folder && marked_vendor(other) != nullptr) return &other;
  }
  return nullptr;
}

/// "libfast.so.3" is "fast".
std::string plain_name(const fs::path& path) {
  std::string name = path.filename().string();
  name = name.substr(0, name.find(".so"));
  return name.starts_with("lib") ? name.substr(3) : name;
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
  return plain_name(candidate.path);
}

/// Whether a file that cannot be read as a library was meant to be one, by its header or its name.
bool is_damaged(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || dynamic_content(path.string())) return false;
  const std::optional<int> type = elf_type(path);
  return type == ET_DYN || type == ET_NONE || is_telling(path.filename().string());
}

/// What was asked for and cannot be used, each once: whoever loads it is told why.
std::vector<Found> damaged_in(const std::vector<std::string>& search) {
  std::set<fs::path> paths;
  for (const fs::path& asked : asked_for(search)) {
    std::error_code error;
    const fs::path path = fs::canonical(asked, error);
    if (!error && is_damaged(path)) paths.insert(path);
  }
  std::vector<Found> found;
  for (const fs::path& path : paths) found.push_back({.path = path.string(), .soname = "", .vendor = plain_name(path)});
  return found;
}

/// Which of the interfaces to one library stands for it: itself, then the most functions, then a name of
/// its own rather than the one that all share.
auto rank(const Candidate& candidate, const std::string& core) {
  const Naming& naming = *candidate.naming();
  return std::tuple(candidate.path != core, &naming - namings().data(),
                    !(candidate.has(naming.c("sgemm")) && candidate.has(naming.fortran("sgemm"))),
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
  std::vector<Found> found = damaged_in(search);
  for (const auto& [core, candidate] : chosen) {
    found.push_back(
        {.path = candidate->path.string(), .soname = candidate->content.soname, .vendor = vendor_of(*candidate)});
  }
  // Names are counted in this order: the system's libraries keep theirs whatever a user has besides.
  std::ranges::sort(found, {},
                    [](const Found& one) { return std::tuple(one.vendor, !one.path.starts_with("/usr/"), one.path); });
  return found;
}

}  // namespace sqrtn::blas
