#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The times of many runs, a run a line of JSON: what `sqrtn history` keeps. Lines are only ever added.
namespace sqrtn::history {

/// The time of one case in one run.
struct Time {
  double median_s = 0;           ///< finite and > 0
  double low_s = 0, high_s = 0;  ///< interval of the median; NaN where none is known
};

struct Case {
  std::string name;
  Time time;
};

/// {"schema":"sqrtn.history/1","commit":…,"date":…,"machine":…,"cases":[["name",median_s,low_s,high_s],["name",median_s]]}
struct Run {
  std::string commit;   ///< what the times are of
  std::string date;     ///< "2026-11-27T05:06:01Z"
  std::string machine;  ///< runs of one name are compared with each other and with no others
  std::vector<Case> cases;
};

/// The line of the run, with its end.
std::string to_line(const Run& run);

/// The run that a line without its end tells. Case names are told once a line, in UTF-8 without control characters.
/// **limits**: 64 MiB, a million values, 64 KiB a string.
/// Throws: std::invalid_argument, "history.jsonl, line 3: cases[5]: expected …"; `name` stands for the place.
Run parse_run(std::string_view line, const std::string& name);

/// One case on one machine, run by run.
struct Series {
  std::string machine, name;
  std::vector<std::uint32_t> runs;  ///< which of the history's runs each is of, ascending
  std::vector<Time> times;
  std::uint32_t batch = 0;       ///< how many runs before its first brought series that were new then, too
  std::uint32_t batch_size = 1;  ///< how many series its first run brought
};

struct History {
  struct Head {
    std::string commit, date, machine;
  };
  std::vector<Head> runs;      ///< line by line
  std::vector<Series> series;  ///< in order of first appearance
};

/// The history in a text that holds whole lines. **limits**: 10 million times in all, 64 MiB a line.
/// Throws: std::invalid_argument that names the line; for a case that stands twice in a run too.
History parse_history(std::string_view text, const std::string& name);

/// The same of a file, of any size; "-" is standard input.
/// Throws: std::system_error if it cannot be read.
History read_history(const std::string& path);

/// Writes the run behind those that `path` holds, or begins the file.
/// Throws: std::invalid_argument where the file is no history or its last line is not whole; std::system_error.
void add_run(const Run& run, const std::string& path);

}  // namespace sqrtn::history
