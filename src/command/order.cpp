#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "command/command.hpp"
#include "command/options.hpp"
#include "command/steps.hpp"
#include "libraries/orders.hpp"
#include "report/order_text.hpp"
#include "sqrtn/support/require.hpp"
#include "support/output.hpp"
#include "support/progress.hpp"

namespace sqrtn::command {
namespace {

struct OrderOptions {
  std::vector<std::string> requests, backends, search, dtypes{"f32"};
  std::vector<int> threads{1};
  std::string blas = "openblas", json, svg, page, expect;
  libraries::Ordering ordering;
  bool kernels = false, in_process = false;
};

/// Each library with each request, type and number of threads.
std::vector<results::LibraryOrder> read_all(const OrderOptions& options) {
  std::vector<libraries::Ordering> orderings;
  for (const std::string& request : options.requests) {
    for (const std::string& dtype : options.dtypes) {
      for (const int threads : options.threads) {
        libraries::Ordering& one = orderings.emplace_back(options.ordering);
        one.request = order::parse_request(request);
        one.dtype = dtype;
        one.request.bfloat16 = dtype == "bf16";
        one.threads = threads;
      }
    }
  }
  if (options.in_process) return {libraries::order_in_process(options.blas, orderings.front())};
  Progress progress("orders");
  return libraries::orders_apart(
      libraries::choose_backends(options.blas, options.backends, options.search, options.kernels), orderings,
      [&](double done, const std::string& name) { progress.update(done, name); });
}

/// Tells on standard error what is not as it was; true if nothing is.
bool is_expected(const results::OrderDocument& expected, const results::OrderDocument& found) {
  const std::vector<results::OrderChanged> changes = results::unexpected(expected, found);
  for (const results::OrderChanged& one : changes)
    fmt::print(stderr, "sqrtn: the order changed: {}: {}\n", one.of, one.text);
  return changes.empty();
}

int order(const OrderOptions& options, const std::vector<std::string>& command) {
  require(!options.backends.empty() || (options.search.empty() && !options.kernels),
          "with --blas alone, {} has nothing to choose from; add --backends all",
          options.kernels ? "--kernels" : "--search");
  for (const std::string& path : {options.json, options.svg, options.page}) {
    if (!path.empty()) require_writable(path);
  }
  results::OrderDocument expected;
  if (!options.expect.empty()) expected = results::read_orders(options.expect);
  results::OrderDocument document{
      .environment = describe_environment(), .command = command, .seed = options.ordering.seed, .orders = {}};
  document.orders = read_all(options);
  const std::string picture = options.svg.empty() ? "" : report::tree_svg(document);
  const std::string svg = picture.empty() ? "" : options.svg;
  const auto write_files = [&] { write_each({{options.page, report::orders_page(document)}, {svg, picture}}); };
  attempt_all({[&] { deliver(results::to_json(document), options.json, report::orders_text(document)); }, write_files});
  if (!options.expect.empty() && !is_expected(expected, document)) return claim_failed;
  if (std::ranges::none_of(document.orders, [](const auto& one) { return one.refusal.empty(); }))
    return nothing_measured;
  return std::ranges::all_of(document.orders, &results::LibraryOrder::certified) ? all_well : inconclusive;
}

}  // namespace

void add_order(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<OrderOptions>();
  CLI::App* subcommand = application.add_subcommand(
      "order", "Tells in which order a BLAS adds, proves it bit by bit, and where libraries part");
  subcommand->add_option("request", options->requests, order::request_forms())->required();
  add_blas(*subcommand, options->blas);
  const auto names = [&](const char* name, auto& values, const char* text, const char* type) {
    return subcommand->add_option(name, values, text)->type_name(type)->delimiter(',')->allow_extra_args(false);
  };
  names("--backends", options->backends, "Libraries to compare with it: all, or names of 'sqrtn backends'", "NAME,…")
      ->check(word_error);
  names("--search", options->search, "Also look for libraries in these folders", "DIR,…")->check(word_error);
  subcommand->add_flag("--kernels", options->kernels, "Also the kernels for other processors that these hold");
  names("--dtype", options->dtypes, "f32, f64, and bf16 added in f32 [f32]", "TYPE,…")
      ->check(CLI::IsMember({"f32", "f64", "bf16"}));
  names("--threads", options->threads, "Numbers of threads [1]", "N,…")->check(whole_number_between(1, 4096));
  subcommand->add_flag("--invariance", options->ordering.invariance,
                       "Also whether a row's answer depends on how many there are, on its place, ld, alignment, "
                       "threads and calls");
  const auto number = [&](const char* name, auto& value, const char* text, WholeNumbers range) {
    add_whole_number(*subcommand, name, value, text, range)->type_name("N")->capture_default_str();
  };
  number("--entries", options->ordering.entries, "Fresh entries to predict", {1, 1ULL << 30});
  add_time(*subcommand, "--limit", options->ordering.limit_s, "Time for each library [1m]");
  number("--seed", options->ordering.seed, "Seed of every draw", {});
  add_json(*subcommand, options->json);
  add_file(*subcommand, "--svg", options->svg, "Also draw the tree of most entries; '-' is standard output");
  add_file(*subcommand, "--page", options->page, "Also write the tables as Markdown");
  add_file(*subcommand, "--expect", options->expect, "Fail if an order is not as this document of --json has it");
  subcommand->add_flag("--in-process", options->in_process)->group("");
  subcommand->footer(
      "Exit codes: 0 all orders are certified; 1 not as expected; 3 some entries are unknown, or it is not repeatable; "
      "4 nothing was read.\n"
      "Examples:\n  sqrtn order gemm:512x512x512\n"
      "  sqrtn order gemm:300x96x300 --backends all --kernels --invariance\n"
      "  sqrtn order gemm:512x512x512 --json order.json; sqrtn order gemm:512x512x512 --expect order.json\n"
      "  sqrtn order gemm/TN:300x96x300 symm/RL:60x96 dot:100 --dtype f32,f64 --threads 1,2");
  subcommand->callback([options, subcommand, &chosen] {
    chosen = [options, subcommand] { return order(*options, command_line(*subcommand)); };
  });
}

}  // namespace sqrtn::command
