#include "command/reproducers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "command/options.hpp"
#include "sqrtn/support/require.hpp"
#include "support/output.hpp"

namespace sqrtn::command {

void add_reproducers(CLI::App& subcommand, std::string& folder) {
  add_file(subcommand, "--reproducer", folder, "Write a program in C for each finding, that shows it without sqrtn")
      ->type_name("DIR");
}

void require_folder(const std::string& folder) {
  if (folder.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  require(std::filesystem::is_directory(folder), "cannot make the folder '{}': {}; give another with --reproducer",
          folder, error ? error.message() : "it is a file");
}

std::string write_reproducers(const results::Document& document, const std::string& folder) {
  std::string told;
  if (folder.empty()) return told;
  for (const claims::Result& result : document.claims) {
    if (result.outcome.verdict != claims::Verdict::fail || !result.claim.uses_blas) continue;
    if (result.outcome.program.empty()) {
      told += fmt::format("{}: no program was written\n", result.claim.id);
      continue;
    }
    std::string name = result.claim.id;
    std::ranges::replace(name, '/', '-');
    const std::string path = (std::filesystem::path(folder) / (name + ".c")).string();
    write_file(path, fmt::format("/* cc {}.c -lm -l:LIBRARY && ./a.out */\n{}", name, result.outcome.program));
    told += fmt::format("{}: {}\n", result.claim.id, path);
  }
  return told + '\n';
}

}  // namespace sqrtn::command
