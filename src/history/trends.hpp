#pragma once

#include <string>
#include <vector>

#include "history/history.hpp"
#include "sqrtn/statistics/change_point.hpp"

/// What changed in a history, and what of it is new.
namespace sqrtn::history {

struct Settings {
  double alpha = 0.01;     ///< P(any false change), over all cases, machines and looks of the history, ever
  std::size_t newest = 1;  ///< a change is new if it was found with one of so many newest runs
  std::string filter;      ///< of the cases that are told; all are judged
};

/// A change of one case. Runs are numbers of the history's.
struct Finding {
  std::uint32_t before = 0;     ///< the newest run that surely has the old level
  std::uint32_t likeliest = 0;  ///< the first with the new level, likely
  std::uint32_t after = 0;      ///< the first that surely has it: the change is behind `before`, up to this
  std::uint32_t found = 0;      ///< the run with which it was found
  bool slower = false;
  bool is_new = false;
  double ratio = 1;                     ///< new/old
  statistics::Interval ratio_interval;  ///< of level 99 %, given the likeliest place
};

struct CaseTrend {
  const Series* series = nullptr;
  double alpha = 0;  ///< the case's part
  std::vector<Finding> findings;
  double noise_factor = 1;
  bool able = false;  ///< since the last change there were runs enough to find a clear one
  double now_s = 0;   ///< median of the newest runs, up to 9 since the last change
};

struct Trends {
  Settings settings;
  std::vector<CaseTrend> cases;  ///< that match the filter
};

/// Series that appear in one run share alpha·2/(4b² − 1), that run being the b-th to bring any, so that neither more
/// cases nor more runs change what was found before.
/// Throws: std::invalid_argument for a malformed filter, a series longer than 20,000, or alpha outside [1e-6, 0.5).
Trends find_trends(const History& history, const Settings& settings);

enum class Word { all_well, worse, better, learning, nothing };

/// worse: there is a new change to slower. learning: no case has runs enough to find anything. nothing: no case.
Word word_of(const Trends& trends);

}  // namespace sqrtn::history
