#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "results/document.hpp"
#include "sqrtn/blas/backend.hpp"
#include "sqrtn/support/shape.hpp"

/// The benchmarks, as Google Benchmark cases, and their run as measurements.
namespace sqrtn::bench {

/// The label of a product that failed its check, by which the gate knows it.
inline constexpr const char* wrong_answer = "wrong answer: not ranked";

/// Rows of sample_products that are no product of their own.
inline constexpr const char* clock_id = "clock";
inline constexpr const char* first_call_id = "products/first_call/64x64x64/f32/1";

/// A product of one's own: gemm of m × n × k, gemv of m × n.
struct AskedProduct {
  std::string routine;
  Shape shape;
  bool operator==(const AskedProduct&) const = default;
};

/// Reads "gemm:180x5120x5120" or "gemv:4096x1024".
/// Throws: std::invalid_argument that names `text`, what is wrong and what would do: a routine that is not timed, a
/// shape with another number of dimensions, or operands that this machine's memory does not hold.
AskedProduct parse_product(std::string_view text);
std::string to_string(const AskedProduct& product);

/// The numbers of threads at which products are timed: 1 and, where that is another, all.
std::vector<int> numbers_of_threads();

struct Options {
  std::string filter;  ///< regular expression on the measurement's id; empty: all
  bool quick = false;  ///< fewer shapes and rounds: at most 20 s instead of 150 s for all numbers of threads
  std::uint64_t seed = 1;
  /// The only number of threads of the rows, with which the process should have been started, so that no idle
  /// thread of the library stands beside them; 0: 1 and all, one after the other.
  int threads = 0;
  double limit_s = 0;                       ///< of the whole run; 0: time_limit_s
  bool check = true;                        ///< each product's answer before it is timed
  std::vector<AskedProduct> products = {};  ///< in place of those that are built in, and of all else
};

/// What the rows of all numbers of threads take at most, in seconds, but for the row that is at work then.
double time_limit_s(bool quick);

/// One sample of each product at sizes from 8 to 4,096, for a comparison of libraries that takes one from
/// each of them in turn: the first call of the process, then every row once, by threads and the smallest first. Rows
/// whose one call is predicted to take more than `cap_s` are left out, with a note and rounds = 0.
/// A row named "clock" tells the speed of a fixed dependent loop, so that a slow round can be seen.
/// A row says how many threads were busy, by processor time, if those are fewer or more than asked for; with more it
/// has no rate.
std::vector<results::Measurement> sample_products(const blas::Backend& backend, const Options& options, double cap_s);

/// Registers every case that matches the filter with Google Benchmark, numbered files in order:
/// ceilings, products, init, Monte Carlo. `backend` must outlive the run.
/// Throws: std::invalid_argument for a malformed regular expression.
void register_benchmarks(const blas::Backend& backend, const Options& options);

/// Runs the cases that match in interleaved rounds, and the ceilings that they refer to.
/// `progress(share done, id)`, if not empty, is called after each row of each round.
/// Returns: measurements in the order of registration, with the ceilings that were added. A product
/// whose answer is wrong has a note, but neither rate nor per cent. The hard limit of time is noted
/// on each row that it left too few rounds for an interval; one that it left no round has rounds = 0 and times that are
/// NaN. Empty if nothing matches what the library can do.
/// Throws: std::invalid_argument for a malformed regular expression.
std::vector<results::Measurement> run_benchmarks(const blas::Backend& backend, const Options& options,
                                                 const std::function<void(double, std::string_view)>& progress);

/// Ids that match the filter and the number of threads, ceilings not added; rows on several threads of a library that
/// has no thread control are among them, but not among the measurements.
/// Throws: std::invalid_argument for a malformed regular expression.
std::vector<std::string> matching_ids(const Options& options);

}  // namespace sqrtn::bench
