#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <sstream>
#include <string>

#include "program.hpp"

/// Programs for the gate that print what they are told.
namespace sqrtn::verify {

/// A program in the folder: a line of shell.
inline void write_program(const Folder& folder, const char* name, const std::string& body) {
  std::ofstream(folder / name) << "#!/bin/sh\n" << body << '\n';
  std::filesystem::permissions(folder / name, std::filesystem::perms::owner_all);
}

/// "a=100 b=200" as Google Benchmark would print cases of so many ns.
inline std::string results(const std::string& cases) {
  std::istringstream words(cases);
  std::string entries;
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    entries += fmt::format(R"({0}{{"name": "{1}", "run_name": "{1}", "run_type": "iteration", "real_time": {2}, )"
                           R"("cpu_time": {2}, "time_unit": "ns", "rate": NaN}})",
                           entries.empty() ? "" : ",\n", word.substr(0, equals), word.substr(equals + 1));
  }
  return fmt::format("{{\n\"context\": {{\"executable\": \"x\"}}, \"benchmarks\": [{}]}}\n", entries);
}

inline std::string printing(const std::string& text) { return "cat <<'END'\n" + text + "END"; }

/// Runs the gate on two programs of these bodies. The rates make verdicts of few launches.
inline Ended gate_of(const Folder& folder, const std::string& older, const std::string& newer,
                     const std::string& options) {
  write_program(folder, "old", older);
  write_program(folder, "new", newer);
  return shell(folder, "sqrtn gate ./old ./new --alpha 0.01 " + options);
}

}  // namespace sqrtn::verify
