# Writes OUT, a header with what this build is, only when its content changes.
execute_process(COMMAND git rev-parse --short=12 HEAD WORKING_DIRECTORY ${SOURCE}
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
execute_process(COMMAND git status --porcelain --untracked-files=no -- . :!results WORKING_DIRECTORY ${SOURCE}
                OUTPUT_VARIABLE changes OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(changes)
  set(dirty true)
else()
  set(dirty false)
endif()
string(STRIP "${FLAGS}" FLAGS)
if(SANITIZE)
  string(APPEND FLAGS " -fsanitize=${SANITIZE}")
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT [[
#pragma once
namespace sqrtn::build_stamp {
inline constexpr const char* version = "@VERSION@";
inline constexpr const char* commit = "@commit@";
inline constexpr bool dirty = @dirty@;
inline constexpr const char* compiler = "@COMPILER@";
inline constexpr const char* compile_flags = "@FLAGS@";
inline constexpr const char* build_type = "@BUILD_TYPE@";
}  // namespace sqrtn::build_stamp
]] @ONLY)
