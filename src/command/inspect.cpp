#include <fmt/format.h>

#include <memory>

#include "command/command.hpp"
#include "command/options.hpp"
#include "report/inspection.hpp"
#include "results/json_input.hpp"
#include "support/output.hpp"
#include "support/progress.hpp"
#include "support/tensor_file.hpp"

namespace sqrtn::command {
namespace {

namespace weights = claims::weights;

struct InspectOptions {
  std::vector<std::string> files;
  std::string rule, rules, shape, dtype, filter, json, diff;
  unsigned threads = 0;
};

std::vector<weights::ExpectedOf> rules_of(const InspectOptions& options) {
  std::vector<weights::ExpectedOf> rules;
  constexpr std::size_t longest = 1 << 20;
  if (!options.rules.empty()) {
    rules = weights::parse_expected_lines(results::read_text(options.rules, longest, "file of patterns and rules"),
                                          options.rules);
  }
  if (!options.rule.empty()) rules.push_back({Filter(""), weights::parse_expected(options.rule)});
  return rules;
}

TensorSet read_weights(const InspectOptions& options, const std::vector<std::string>& files) {
  require(options.shape.empty() == options.dtype.empty(), "raw values need both --shape and --dtype");
  std::optional<RawLayout> raw;
  if (!options.shape.empty()) raw = {parse_shape(options.shape), parse_dtype(options.dtype)};
  TensorSet all = read_tensors(files, raw);
  if (options.filter.empty()) return all;
  const Filter filter(options.filter);
  std::erase_if(all.tensors, [&](const StoredTensor& tensor) { return !filter.finds(tensor.name); });
  return all;
}

int exit_code_of(const weights::Inspection& inspection, bool asserts) {
  if (inspection.n_wrong() > 0) return claim_failed;
  if (inspection.tensors.empty() || (asserts && inspection.n_asserted() == 0)) return nothing_measured;
  return inspection.n_inconclusive() > 0 ? inconclusive : all_well;
}

int run(const InspectOptions& options) {
  if (!options.json.empty()) require_writable(options.json);
  weights::InspectionSettings settings{.rules = rules_of(options), .threads = options.threads};
  const TensorSet set = read_weights(options, options.files);
  std::vector<weights::Change> changes;
  if (!options.diff.empty()) changes = weights::find_changes(read_weights(options, {options.diff}), set);
  weights::Inspection inspection;
  {
    Progress progress("inspect");
    settings.progress = [&](std::size_t done, std::size_t all) {
      progress.update(static_cast<double>(done) / static_cast<double>(all), "");
    };
    inspection = weights::inspect_all(set, settings);
  }
  std::string text = report::to_screen(report::inspection_table(inspection));
  if (!options.diff.empty()) {
    const std::string table = report::to_screen(report::change_table(changes));
    text += "\n" + (table.empty() ? "no tensor differs from " + options.diff + "\n" : table);
  }
  text += "\n" + report::inspection_summary(inspection);
  const bool json_on_output = options.json == "-";
  if (json_on_output) fmt::print(stderr, "{}", text);
  write_each(
      {{json_on_output ? "" : "-", text},
       {options.json, options.json.empty() ? "" : results::to_text(report::inspection_json(inspection, changes))}});
  return exit_code_of(inspection, !settings.rules.empty());
}

constexpr const char* inspect_footer = R"(Reads .safetensors and its index of shards, .npy, .npz, and raw values.
Word of each tensor: draw (of which rule), undecided (so few values fit several rules), no rule (a known law, a factor away), located, structured, no draw (trained, or from elsewhere), broken.
finds: the effect on the variance that so many values cannot hide. A false word comes in at most one run in 10^9.
Exit codes: 0 nothing is wrong, 1 a fault or a rule that does not hold, 3 too few values for the asserted rule, 4 nothing to judge.
Examples:
  sqrtn inspect model.safetensors
  sqrtn inspect w.npy --rule he_normal
  sqrtn inspect w.npy --rule normal,gain=0.02 --json -
  sqrtn inspect model.safetensors.index.json --rules rules.txt
  sqrtn inspect - --shape 512x256 --dtype bf16 < w.bin
  sqrtn inspect new.safetensors --diff old.safetensors
A line of --rules: a regular expression for names, then a rule: '\.weight$ he_normal,mode=fan_out'.)";

}  // namespace

void add_inspect(CLI::App& application, Action& chosen) {
  CLI::App* inspect = application.add_subcommand(
      "inspect", "Tells of weights in files which rule drew them, or what is odd about them");
  auto options = std::make_shared<InspectOptions>();
  inspect->add_option("FILE", options->files, "Files of weights; - for raw values on standard input")->required();
  inspect->add_option("--rule", options->rule, "Assert that every tensor follows this rule, as he_normal,mode=fan_out")
      ->check(word_error);
  add_file(*inspect, "--rules", options->rules, "Assert the rules of a file, each for the names that a pattern finds");
  inspect->add_option("--shape", options->shape, "Shape of raw values, C order")->type_name("RxC...");
  inspect->add_option("--dtype", options->dtype, "Type of raw values, little-endian")->type_name("f16|bf16|f32|f64");
  inspect->add_option("--filter", options->filter, "Only tensors whose name matches this regular expression")
      ->type_name(regex_type)
      ->check(filter_error);
  add_file(*inspect, "--diff", options->diff, "Also tell which tensors differ from those of the same names in a file");
  add_whole_number(*inspect, "--threads", options->threads, "Threads; 0: all. Changes no verdict", thread_counts)
      ->capture_default_str();
  add_file(*inspect, "--json", options->json, "Write all that was found as JSON to a file, or - for standard output");
  inspect->footer(inspect_footer);
  inspect->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace sqrtn::command
