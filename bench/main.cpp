#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "case.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/support/require.hpp"
#include "support/environment.hpp"
#include "support/number.hpp"
#include "support/output.hpp"

namespace sqrtn::bench {
namespace {

void print_help() {
  fmt::print(
      "sqrtn-bench: sqrtn's benchmarks as a Google Benchmark program.\n"
      "          [--blas=<name or path>]   library to load; default: openblas\n"
      "          [--seed=<number>]         of the random operands; default: 1\n"
      "          [--quick]                 fewer shapes\n"
      "          [--unchecked]             products are timed without a look at their answers\n"
      "example:   sqrtn-bench --blas=openblas --benchmark_filter=products/gemm/512x\n");
  benchmark::PrintDefaultHelp();
}

/// What Google Benchmark's own context lacks, for its console, JSON and CSV.
void describe_run(const blas::Backend& backend, const Options& options) {
  const Environment environment = describe_environment();
  const blas::Identity& library = backend.identity();
  benchmark::AddCustomContext("cpu_model", environment.cpu_model);
  benchmark::AddCustomContext("simd_target", random::simd_target());
  benchmark::AddCustomContext("compiler", environment.compiler);
  benchmark::AddCustomContext("compile_flags", environment.compile_flags);
  benchmark::AddCustomContext("commit", environment.commit + (environment.dirty ? " and uncommitted changes" : ""));
  benchmark::AddCustomContext("blas", library.file_name);
  benchmark::AddCustomContext("blas_version", library.version);
  benchmark::AddCustomContext("blas_kernel", library.kernel);
  benchmark::AddCustomContext("blas_sha256", library.sha256);
  benchmark::AddCustomContext("blas_threads", "the last part of a products row's name, 1 elsewhere");
  benchmark::AddCustomContext("seed", fmt::format("{}", options.seed));
}

/// By hand because CLI11 reads "-1" as 2⁶⁴ − 1, and larger numbers as well.
std::uint64_t parse_seed(const std::string& text) {
  const std::optional<std::uint64_t> seed = parse_number<std::uint64_t>(text);
  require(seed.has_value(), "--seed takes a whole number from 0 to 2^64 - 1, got '{}'", text);
  return *seed;
}

int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv, print_help);
  std::string blas = "openblas", seed = "1";
  Options options;
  bool unchecked = false;
  CLI::App application;
  application.set_help_flag();
  application.add_option("--blas", blas);
  application.add_option("--seed", seed);
  application.add_flag("--quick", options.quick);
  application.add_flag("--unchecked", unchecked);
  try {
    application.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    throw std::invalid_argument(fmt::format("{}; see --help", error.what()));
  }
  options.seed = parse_seed(seed);
  options.check = !unchecked;
  const blas::Backend backend = blas::Backend::load(blas);
  register_benchmarks(backend, options);
  describe_run(backend, options);
  const std::size_t n_run = benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  require(static_cast<bool>(std::cout.flush()), "standard output could not be written; the results are lost");
  constexpr int nothing_measured = 4;
  return n_run == 0 ? nothing_measured : 0;
}

}  // namespace
}  // namespace sqrtn::bench

int main(int argc, char** argv) {
  try {
    sqrtn::remove_temporaries_on_signals();
    return sqrtn::bench::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "sqrtn-bench: {}\n", error.what());
    return 2;
  }
}
