#include <algorithm>
#include <set>

#include "documents.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::verify {
namespace {

/// The files of these names below results/published of the checkout that this was built from.
std::vector<std::filesystem::path> published(const std::set<std::string>& names) {
  std::vector<std::filesystem::path> paths;
  const std::filesystem::path results = std::filesystem::path(SOURCE_FOLDER) / "results/published";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(results)) {
    if (names.contains(entry.path().filename().string())) paths.push_back(entry.path());
  }
  // A test that goes through them must not pass for want of any.
  require(!paths.empty(), "there is no {} below {}", *names.begin(), results.string());
  std::ranges::sort(paths);
  return paths;
}

}  // namespace

std::vector<std::filesystem::path> published_documents() { return published({"results.json", "reproduced.json"}); }

std::vector<std::filesystem::path> published_libraries() { return published({"backends.json"}); }

std::vector<std::filesystem::path> fuzz_corpus() {
  const std::filesystem::directory_iterator files(std::filesystem::path(SOURCE_FOLDER) / "verify/corpus"), end;
  std::vector<std::filesystem::path> paths(files, end);
  std::ranges::sort(paths);
  return paths;
}

}  // namespace sqrtn::verify
