#include "program.hpp"

#include <cstdlib>

#include "support/process.hpp"

namespace sqrtn::verify {

std::filesystem::path program_folder() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

Ended shell(const Folder& folder, const std::string& line) {
  ProcessEnd end = run_process({"/bin/sh", "-c", "cd \"$0\" && eval \"$1\"", folder / "", line}, {.output_bytes = 0},
                               {{"PATH", program_folder().string() + ":" + std::getenv("PATH")}});
  const int code = end.how == ProcessEnd::How::signalled ? 128 + end.code : end.code;
  return {.code = code, .out = std::move(end.out), .err = std::move(end.err)};
}

testing::AssertionResult holds(std::string_view text, std::string_view part) {
  if (text.find(part) != std::string_view::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no '" << part << "' in: " << text;
}

}  // namespace sqrtn::verify
