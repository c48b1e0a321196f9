#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/progress.hpp"

namespace sqrtn {

/// Lets `write` fill the file `path`: written to a temporary file beside it, flushed and renamed, so
/// that readers see the old content or the new, never a part; "-" is standard output. The temporary
/// file is removed on error and on SIGINT, SIGTERM and SIGHUP (see remove_temporaries_on_signals).
/// Throws: std::system_error with the path and the reason (unwritable, full, closed).
void write_file(const std::string& path, const std::function<void(std::ostream&)>& write);
void write_file(const std::string& path, std::string_view content);

/// Writes behind what the file holds, as a job's summary page is written; "-" is standard output.
/// Throws: as write_file.
void append_file(const std::string& path, std::string_view content);

/// Path and content of each: all are written beside their places before the first is renamed, so that a full disk or a
/// place that cannot be written leaves every earlier file as it was.
/// Throws: as write_file.
void write_files(const std::vector<std::pair<std::string, std::string>>& files);

/// Throws std::system_error now, before long work begins, if `path` could not be written later.
/// "-" always passes. Creates nothing that outlasts the call.
void require_writable(const std::string& path);

/// Makes SIGINT, SIGTERM and SIGHUP kill the children that run_process waits for, remove unfinished temporary
/// files, and then end the process by that signal; makes SIGPIPE and SIGXFSZ ordinary write errors. To be
/// called once, first, in each main.
void remove_temporaries_on_signals();

}  // namespace sqrtn
