#include "command/linked.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <stdexcept>

#include "blas/linked.hpp"

namespace sqrtn::command {

std::vector<libraries::Candidate> linked_backends(const std::string& of) {
  std::vector<libraries::Candidate> backends;
  for (const blas::Linked& linked : blas::linked_blas(of)) {
    libraries::Candidate backend{
        .name = "", .blas = linked.path, .vendor = "", .record = {}, .refusal = "", .incidents = {}};
    try {
      backend = libraries::choose_backends(linked.path, {}, {}, false).front();
    } catch (const std::invalid_argument& error) {
      backend.refusal = error.what();
    }
    backend.name = std::filesystem::path(linked.path).filename().string();
    if (!linked.through.empty()) backend.name += fmt::format(" through {}", fmt::join(linked.through, ", "));
    backends.push_back(std::move(backend));
  }
  return backends;
}

std::string linked_text(const std::string& of, const std::vector<libraries::Candidate>& backends) {
  if (backends.size() == 1) return fmt::format("{} gets one BLAS:\n", of);
  return fmt::format("{} has {} BLAS libraries loaded; which one a call reaches depends on who makes it:\n", of,
                     backends.size());
}

}  // namespace sqrtn::command
