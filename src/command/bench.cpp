#include "bench.hpp"

#include <memory>

#include "command/command.hpp"
#include "command/options.hpp"
#include "command/shapes.hpp"
#include "command/steps.hpp"
#include "libraries/children.hpp"
#include "libraries/measuring.hpp"
#include "report/summary.hpp"
#include "report/table.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

struct BenchOptions {
  CommonOptions common;
  ShapeOptions shapes;
  bool quick = false;
  bool list = false;
  double sample_cap_s = 0;  ///< > 0: one sample of each product, for a parent that compares libraries
  int threads = 0;          ///< of all rows, for a parent that started this child with so many
  double limit_s = 0;       ///< what such a parent leaves it of the time
  bool unchecked = false;
};

std::string measurements_text(const results::Document& document) {
  std::string text;
  for (const std::string& group : report::measurement_groups(document)) {
    text += report::to_screen(report::measurement_table(document, group)) + '\n';
  }
  return text + report::findings(document);
}

int list_measurements(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) text += id + '\n';
  write_file("-", text);
  return all_well;
}

int sample(const BenchOptions& options, bench::Options bench_options, const std::vector<std::string>& command) {
  const CommonOptions& common = options.common;
  const blas::Backend backend = libraries::load_library(common.blas);
  bench_options.check = !options.unchecked;
  deliver(make_document(backend, command, common.seed, {},
                        bench::sample_products(backend, bench_options, options.sample_cap_s)),
          "-", "");
  return all_well;
}

/// In a process that was started for this number of threads.
int measure_here(const BenchOptions& options, const bench::Options& bench_options,
                 const std::vector<std::string>& command) {
  const blas::Backend backend = libraries::load_library(options.common.blas);
  deliver(make_document(backend, command, options.common.seed, {},
                        bench::run_benchmarks(backend, bench_options, libraries::told_to_parent())),
          "-", "");
  return all_well;
}

int measure_all(const BenchOptions& options, const std::vector<std::string>& command) {
  const CommonOptions& common = options.common;
  bench::Options bench_options{.filter = {},
                               .quick = options.quick,
                               .seed = common.seed,
                               .threads = options.threads,
                               .limit_s = options.limit_s,
                               .products = asked_products(options.shapes)};
  bench_options.filter = filter_for(common.filter, bench_options.products);
  if (options.sample_cap_s > 0) return sample(options, std::move(bench_options), command);
  if (options.threads > 0) return measure_here(options, bench_options, command);
  const std::vector<std::string> ids = bench::matching_ids(bench_options);
  if (ids.empty()) return nothing_matches("measurement", bench_options.filter, "bench");
  if (options.list) return list_measurements(ids);
  if (!common.json.empty()) require_writable(common.json);
  const libraries::Candidate library = libraries::choose_backends(common.blas, {}, {}, false).front();
  libraries::Measured measured = libraries::measure_in_children(library, bench_options);
  results::Document document =
      make_document(*library.record, command, common.seed, {}, std::move(measured.measurements));
  add_incidents(document, library.incidents);
  add_incidents(document, measured.incidents);
  deliver(document, common.json, measurements_text(document));
  if (!all_measured(ids, document.measurements)) return nothing_measured;
  return document.verdict == claims::Verdict::fail ? claim_failed : all_well;
}

}  // namespace

void add_bench(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* subcommand = application.add_subcommand(
      "bench", "Times products, initialisers and the Monte-Carlo loop beside ceilings measured in the same run");
  add_common_options(*subcommand, options->common, "a measurement's id");
  add_timed_shapes(*subcommand, options->shapes);
  subcommand->add_flag("--quick", options->quick, "Fewer shapes and rounds");
  subcommand->add_option("--sample", options->sample_cap_s)->group("");
  subcommand->add_option("--threads", options->threads)->group("");
  subcommand->add_option("--limit", options->limit_s)->group("");
  subcommand->add_flag("--unchecked", options->unchecked)->group("");
  subcommand->add_flag("--list", options->list, "Only list the measurements that match")->excludes("--json");
  subcommand->footer(
      "The environment variable SQRTN_SIMD keeps the fills to one SIMD target, as SQRTN_SIMD=AVX2; a name that is not "
      "available is answered with those that are.\n"
      "Examples:\n  sqrtn bench --quick --filter '^products/gemm/512x512x512/'\n"
      "  sqrtn bench --quick --shape gemm:180x512x512 --shape gemv:512x180\n"
      "  sqrtn bench --list");
  subcommand->callback([options, subcommand, &chosen] {
    chosen = [options, subcommand] { return measure_all(*options, command_line(*subcommand)); };
  });
}

}  // namespace sqrtn::command
