# Writes OUT, a header with what this build is, only when its content changes.
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} rev-parse --short=12 HEAD WORKING_DIRECTORY ${SOURCE}
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  execute_process(COMMAND ${GIT} --no-optional-locks status --porcelain --untracked-files=no -- . :!results
                  WORKING_DIRECTORY ${SOURCE}
                  OUTPUT_VARIABLE changes OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(changes)
  set(dirty true)
else()
  set(dirty false)
endif()
if(SANITIZE)
  string(APPEND FLAGS " -fsanitize=${SANITIZE}")
endif()
# A path in a flag tells who built it and where, and changes no code.
string(REGEX REPLACE "(^| )([^ /]*)/[^ ]*" "\\1\\2..." FLAGS "${FLAGS}")
string(STRIP "${FLAGS}" FLAGS)
file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT [[
#pragma once
namespace sqrtn::build_stamp {
inline constexpr const char* version = "@VERSION@";
inline constexpr const char* commit = "@commit@";
inline constexpr bool dirty = @dirty@;
inline constexpr const char* compiler = "@COMPILER@";
inline constexpr const char* compile_flags = R"flags(@FLAGS@)flags";
inline constexpr const char* build_type = "@BUILD_TYPE@";
}  // namespace sqrtn::build_stamp
]])
