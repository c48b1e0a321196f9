#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "scratch.hpp"

/// The built programs as a user runs them.
namespace sqrtn::verify {

struct Ended {
  int code = -1;  ///< exit status, 128 + n for signal n
  std::string out, err;
};

/// Runs a line of POSIX shell in `folder`, with the folder of the built programs first in PATH.
Ended shell(const Folder& folder, const std::string& line);

/// The folder that holds sqrtn, sqrtn-verify and sqrtn-bench: that of this very program.
std::filesystem::path program_folder();

/// Whether `text` holds `part`; says both if not.
testing::AssertionResult holds(std::string_view text, std::string_view part);

}  // namespace sqrtn::verify
