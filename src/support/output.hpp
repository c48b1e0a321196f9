#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/progress.hpp"

namespace sqrtn {

/// Lets `write` fill the file `path`: written to a temporary file, flushed and put in its place, so that readers see
/// the old content or the new, never a part; "-" is standard output. What is unfinished has no name, or loses it on
/// error and by remove_temporaries_on_signals.
/// Throws: std::system_error with the path and the reason (unwritable, full, closed).
void write_file(const std::string& path, const std::function<void(std::ostream&)>& write);
void write_file(const std::string& path, std::string_view content);

/// Takes all of these steps, each of which shows or writes one thing, so that one that cannot be written costs no
/// other. Throws: what the first that failed threw.
void attempt_all(const std::vector<std::function<void()>>& steps);

/// Path and content of each, in their order and as attempt_all does it; nothing where the path is empty.
void write_each(const std::vector<std::pair<std::string, std::string>>& files);

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

/// Makes SIGINT, SIGTERM, SIGHUP and SIGQUIT remove unfinished temporary files and then end the process by that signal,
/// which ends the children that run_process waits for; makes SIGPIPE and SIGXFSZ ordinary write errors. To be called
/// once, first, in each main.
void remove_temporaries_on_signals();

}  // namespace sqrtn
