#include "libraries/choose.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sqrtn/support/require.hpp"

namespace sqrtn::libraries {
namespace {

/// The same file with the same kernels.
bool same(const results::BlasRecord& a, const results::BlasRecord& b) {
  return a.identity.sha256 == b.identity.sha256 && a.identity.kernel == b.identity.kernel;
}

bool is_called(const Candidate& backend, const std::string& name) {
  return name == "all" || name == backend.name || name == backend.vendor;
}

void require_names(const std::vector<Candidate>& found, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::string known;
    for (const Candidate& backend : found) known += (known.empty() ? "" : ", ") + backend.name;
    require(std::ranges::any_of(found, [&](const Candidate& backend) { return is_called(backend, name); }),
            "no BLAS called '{}' was found: there are {}; install it, or name its folder with --search", name, known);
  }
}

}  // namespace

std::vector<Candidate> choose_backends(const std::string& blas, const std::vector<std::string>& names,
                                       const std::vector<std::string>& search, bool kernels) {
  const std::string file = library_called(blas);
  const Answer answer = ask_child({"backends", "--blas", file}, {.wall_s = 60});
  require(answer.document && answer.document->blas, "{}{}",
          answer.code < 0 ? fmt::format("asked what it is, BLAS '{}' ended the process: ", blas) : "",
          answer.complaint);
  const results::BlasRecord record = *answer.document->blas;
  Candidate first{.name = record.identity.name, .blas = file, .vendor = "", .record = record, .refusal = ""};
  std::vector<Candidate> found;
  if (!names.empty() || kernels) found = find_backends(search, kernels);
  // A library that cannot be used is told of under "all" alone.
  require_names(found, names);
  std::vector<Candidate> chosen;
  for (const Candidate& backend : found) {
    if (backend.record && same(*backend.record, record)) {
      first.name = backend.name;
      first.vendor = backend.vendor;
    } else if (std::ranges::any_of(names, [&](const std::string& name) { return is_called(backend, name); })) {
      chosen.push_back(backend);
    }
  }
  chosen.insert(chosen.begin(), std::move(first));
  return chosen;
}

}  // namespace sqrtn::libraries
