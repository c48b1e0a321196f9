#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sqrtn/blas/backend.hpp"
#include "sqrtn/report/record.hpp"

/// The benchmarks, as Google Benchmark cases, and their run as measurements.
namespace sqrtn::bench {

struct Options {
  std::string filter;  ///< regular expression on the measurement's id; empty: all
  bool quick = false;  ///< fewer shapes and rounds: about 30 s on 2 cores instead of 3 minutes
  std::uint64_t seed = 1;
};

/// Registers every case with Google Benchmark, numbered files in order: ceilings, products, init,
/// Monte Carlo. `backend` must outlive the run.
void register_benchmarks(const blas::Backend& backend, const Options& options);

/// Runs what is registered and matches the filter, in interleaved rounds; ceilings that the chosen
/// cases refer to are run too. `progress(share done, id)` is called as rounds end.
/// Returns: measurements in the order of registration, ceilings filled in.
std::vector<report::Measurement> run_benchmarks(const blas::Backend& backend, const Options& options,
                                                const std::function<void(double, std::string_view)>& progress);

/// Ids that match the filter, ceilings not added. Throws: std::invalid_argument for a malformed
/// regular expression.
std::vector<std::string> matching_ids(const Options& options);

}  // namespace sqrtn::bench
