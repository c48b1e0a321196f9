#include <fmt/format.h>

#include <cctype>
#include <memory>

#include "command/command.hpp"
#include "command/init_options.hpp"
#include "command/options.hpp"
#include "command/usage.hpp"
#include "init/model.hpp"
#include "init/rule_text.hpp"
#include "init/weight.hpp"
#include "report/model_text.hpp"
#include "report/weights.hpp"
#include "results/document.hpp"
#include "results/json_input.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

/// Text on standard output, unless something else goes there.
int show(const InitOptions& options, const std::string& text, const nlohmann::ordered_json& json) {
  const bool standard_output_is_free = options.weight.output != "-" && options.json != "-";
  if (!standard_output_is_free) fmt::print(stderr, "{}", text);
  write_each({{standard_output_is_free ? "-" : "", text}, {options.json, results::to_text(json)}});
  return all_well;
}

void require_outputs(const InitOptions& options) {
  for (const std::string& path : {options.weight.output, options.json}) {
    if (!path.empty()) require_writable(path);
  }
}

int draw(const InitOptions& options, const auto& plan) {
  require_outputs(options);
  const auto drawn = init::draw(plan, options.weight);
  return show(options, report::weight_text(plan, drawn), report::weight_json(plan, drawn));
}

int draw_layers(const InitOptions& options) {
  constexpr std::size_t longest = std::size_t{16} << 20;
  const std::string& output = options.weight.output;
  require(output.empty() || output == "-" || output.ends_with(".safetensors"),
          "--layers writes .safetensors, which holds many weights; got --output '{}'", output);
  std::vector<init::NamedWeight> weights = init::plan_model(
      results::read_text(options.layers, longest, "file of names, shapes and rules"), options.layers, options.weight);
  require_outputs(options);
  init::draw_model(weights, options.weight);
  return show(options, report::model_text(weights), report::model_json(weights));
}

int run(InitOptions& options) {
  init::WeightOptions& weight = options.weight;
  require(!same_file(weight.output, options.json),
          "--output and --json both name '{}'; give the summary a file of its own", weight.output);
  if (options.list) return show(options, report::rules_text(), report::rules_json());
  if (!options.layers.empty()) return draw_layers(options);
  require(!weight.rule.empty() && !weight.shape.empty(),
          "init needs a rule and a shape, as 'sqrtn init he_normal 512x256'; 'sqrtn init --list' explains the rules");
  if (!options.gain.empty()) weight.gain = init::parse_gain(options.gain);
  const init::StructuredRule* structured = init::find_structured(weight.rule);
  return structured != nullptr ? draw(options, init::plan_matrix(weight, *structured))
                               : draw(options, init::plan_entries(weight));
}

/// A shape such as -1x3 looks like an option to the parser; it is to be refused as a shape.
void take_shape_from(const CLI::App& init, InitOptions& options) {
  for (const std::string& extra : init.remaining()) {
    require(options.weight.shape.empty() && extra.size() > 1 && std::isdigit(static_cast<unsigned char>(extra[1])),
            "{}", unknown_word(init, extra));
    options.weight.shape = extra;
  }
}

}  // namespace

void add_init(CLI::App& application, Action& chosen) {
  CLI::App* init = application.add_subcommand("init", "Draw a weight by rule, write it as NumPy file, and measure it");
  auto options = std::make_shared<InitOptions>();
  add_init_options(*init, *options);
  init->allow_extras();
  init->callback([init, options, &chosen] {
    chosen = [init, options] {
      take_shape_from(*init, *options);
      return run(*options);
    };
  });
}

}  // namespace sqrtn::command
