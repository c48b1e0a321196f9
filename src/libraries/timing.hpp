#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bench.hpp"
#include "libraries/children.hpp"
#include "report/libraries.hpp"

/// All libraries timed in interleaved rounds over processes: for each library, number of threads and round
/// one child, which was started with that number, the order rotated from
/// round to round, so that a change of the machine falls on all of them alike.
namespace sqrtn::libraries {

/// The samples of one row of one library, by round; NaN where the round has none.
struct Series {
  results::Measurement row;  ///< its last measurement: subject, shape, unit and note
  std::vector<double> times_s;
};

/// Without the rounds that have none.
std::vector<double> measured(std::vector<double> times_s);

struct Timed {
  std::string backend;
  std::vector<std::string> ids;               ///< rows in their order
  std::map<std::string, Series> series;       ///< by id
  std::vector<bool> slow_clock;               ///< rounds whose clock was below the others'
  bool has_threads = true;                    ///< whether it was timed on several threads too
  std::optional<results::Incident> incident;  ///< why timing it was given up, if it was
};

struct TimingPlan {
  std::size_t rounds = 9;  ///< 8 is the fewest that gives a median an interval of 99 %
  double budget_s = 240;   ///< of all rounds; the rows that take longest get fewer of them
  double first_cap_s = 1;  ///< a row of which one call takes longer is left out
  bool quick = false;
  std::uint64_t seed = 1;
  std::string filter;
  std::vector<bench::AskedProduct> products = {};  ///< in place of those that are built in
};

/// The words by which a child is asked for these products.
void add_words(const std::vector<bench::AskedProduct>& products, std::vector<std::string>& words);

/// The words by which a child is asked for one sample of each row, of rows whose call takes at most `cap_s`.
std::vector<std::string> sample_words(const TimingPlan& plan, const std::string& blas, int threads, double cap_s,
                                      bool checked);

struct TimedRounds {
  std::vector<Timed> libraries;
  /// Processors that were kept busy by others meanwhile, on average; none if the system does not tell.
  std::optional<double> others_busy;
};

TimedRounds time_in_rounds(const std::vector<Candidate>& backends, const TimingPlan& plan,
                           const std::function<void(double, const std::string&)>& progress);

/// Medians with their intervals, per cent of the ceilings among `measurements`, ratios to the library named
/// `default_name` in the same rounds, and the rounds themselves.
void add_speeds(results::Libraries& report, const TimedRounds& timed,
                const std::vector<results::Measurement>& measurements);

}  // namespace sqrtn::libraries
