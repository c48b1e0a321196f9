#include "command/inspect_options.hpp"

#include "command/options.hpp"
#include "results/json_input.hpp"

namespace sqrtn::command {
namespace {

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
  sqrtn inspect model.safetensors --picture weight --json weights.json; sqrtn report weights.json --output weights
A line of --rules: a regular expression for names, then a rule: '\.weight$ he_normal,mode=fan_out'.)";

}  // namespace

std::vector<claims::weights::ExpectedOf> rules_of(const InspectOptions& options) {
  std::vector<claims::weights::ExpectedOf> rules;
  constexpr std::size_t longest = 1 << 20;
  if (!options.rules.empty()) {
    rules = claims::weights::parse_expected_lines(
        results::read_text(options.rules, longest, "file of patterns and rules"), options.rules);
  }
  if (!options.rule.empty()) rules.push_back({Filter(""), claims::weights::parse_expected(options.rule)});
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

void add_inspect_options(CLI::App& inspect, InspectOptions& options) {
  inspect.add_option("FILE", options.files, "Files of weights; - for raw values on standard input")->required();
  inspect.add_option("--rule", options.rule, "Assert that every tensor follows this rule, as he_normal,mode=fan_out")
      ->check(word_error);
  add_file(inspect, "--rules", options.rules, "Assert the rules of a file, each for the names that a pattern finds");
  inspect.add_option("--shape", options.shape, "Shape of raw values, C order")->type_name("RxC...");
  inspect.add_option("--dtype", options.dtype, "Type of raw values, little-endian")->type_name("f16|bf16|f32|f64");
  inspect.add_option("--filter", options.filter, "Only tensors whose name matches this regular expression")
      ->type_name(regex_type)
      ->check(filter_error);
  add_file(inspect, "--diff", options.diff, "Also tell which tensors differ from those of the same names in a file");
  add_whole_number(inspect, "--threads", options.threads, "Threads; 0: all. Changes no verdict", thread_counts)
      ->capture_default_str();
  add_file(inspect, "--json", options.json, "Write all that was found as JSON to a file, or - for standard output");
  inspect
      .add_option("--picture", options.picture,
                  "Put into --json what the page of `sqrtn report` draws of the first 32 tensors whose name matches")
      ->type_name(regex_type)
      ->check(filter_error)
      ->needs("--json");
  inspect.footer(inspect_footer);
}

}  // namespace sqrtn::command
