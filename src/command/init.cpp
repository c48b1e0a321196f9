#include "command/init.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "command/command.hpp"
#include "command/options.hpp"
#include "sqrtn/init/gain.hpp"
#include "sqrtn/report/record.hpp"
#include "sqrtn/support/npy.hpp"
#include "sqrtn/support/output.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/tensor.hpp"

namespace sqrtn::command {
namespace {

/// The command line as typed.
struct Arguments {
  std::string rule, shape, engine = "ars", dtype = "f32", layer, gain, mode, law, output, json;
  std::uint64_t seed = 1, stream = 0;
  std::optional<double> scale;
  std::optional<std::size_t> groups;
  unsigned threads = 0;
  bool list = false;
};

void find_fans(const Arguments& arguments, InitPlan& plan) {
  if (!plan.rule.uses_fans) {
    require(arguments.layer.empty() && !arguments.groups, "rule '{}' uses no fans; leave --layer and --groups out",
            plan.rule.name);
    return;
  }
  require(plan.shape.size() >= 2,
          "rule '{}' needs fans, which shape '{}' does not have; give fan_out x fan_in, as 512x256, or use normal, "
          "uniform or truncated_normal",
          plan.rule.name, arguments.shape);
  plan.layer = arguments.layer.empty() ? init::default_layer(plan.shape) : init::parse_layer(arguments.layer);
  plan.groups = arguments.groups.value_or(1);
  plan.fans = init::fans(plan.layer, plan.shape, plan.groups);
}

InitPlan understand(const Arguments& arguments) {
  require(!arguments.rule.empty() && !arguments.shape.empty(),
          "init needs a rule and a shape, as 'sqrtn init he_normal 512x256'; 'sqrtn init --list' explains the rules");
  InitPlan plan;
  plan.rule = init::find_rule(arguments.rule);
  plan.shape = parse_shape(arguments.shape);
  require(arguments.dtype == "f32" || arguments.dtype == "f64", "unknown dtype '{}'; known: f32, f64", arguments.dtype);
  plan.dtype = arguments.dtype;
  plan.stream = {random::parse_engine(arguments.engine), arguments.seed, arguments.stream};
  find_fans(arguments, plan);
  if (!arguments.gain.empty()) plan.options.gain = parse_gain(arguments.gain);
  if (!arguments.mode.empty()) plan.options.mode = init::parse_mode(arguments.mode);
  if (!arguments.law.empty()) plan.options.law = init::parse_law(arguments.law);
  plan.options.scale = arguments.scale;
  plan.distribution = init::distribution(plan.rule, plan.fans, plan.options);
  return plan;
}

/// Draws the elements from `first` on into `out`, in blocks that stay in cache while they are measured.
template <class T>
InitMeasured draw(const InitPlan& plan, std::size_t first, std::span<T> out, unsigned threads) {
  constexpr std::size_t block = std::size_t{1} << 16;
  const auto draw_block = [&](std::size_t i) {
    const std::span<T> part = out.subspan(i * block, std::min(block, out.size() - i * block));
    init::initialise(plan.distribution, plan.stream.skip(first + i * block), part);
    const auto [low, high] = std::minmax_element(part.begin(), part.end());
    return InitMeasured{statistics::Moments::of<T>(part), static_cast<double>(*low), static_cast<double>(*high)};
  };
  return parallel_reduce((out.size() + block - 1) / block, threads, draw_block,
                         [](InitMeasured& into, const InitMeasured& from) { into.merge(from); })
      .value_or(InitMeasured{});
}

/// Draws the whole tensor part by part, so that it may be larger than memory; writes it if asked to.
template <class T>
InitMeasured draw_all(const InitPlan& plan, const Arguments& arguments) {
  const std::size_t count = element_count(plan.shape);
  InitMeasured measured;
  Progress progress("init");
  const auto fill = [&](std::size_t first, std::span<T> part) {
    measured.merge(draw(plan, first, part, arguments.threads));
    progress.update(static_cast<double>(first + part.size()) / static_cast<double>(count), arguments.shape);
  };
  if (!arguments.output.empty()) {
    write_npy<T>(arguments.output, plan.shape, fill);
  } else {
    Buffer<T> part(std::min(count, std::size_t{1} << 22));
    for (std::size_t first = 0; first < count; first += part.size()) {
      fill(first, part.span().first(std::min(part.size(), count - first)));
    }
  }
  return measured;
}

/// Text on standard output, unless something else goes there.
int show(const Arguments& arguments, const std::string& text, const nlohmann::ordered_json& json) {
  if (!arguments.json.empty()) write_file(arguments.json, report::to_text(json));
  if (arguments.output == "-" || arguments.json == "-") {
    fmt::print(stderr, "{}", text);
  } else {
    write_file("-", text);
  }
  return all_well;
}

int run(const Arguments& arguments) {
  require(arguments.output.empty() || arguments.output != arguments.json,
          "--output and --json both name '{}'; give the summary a file of its own", arguments.output);
  if (arguments.list) return show(arguments, init_list(), init_list_json());
  const InitPlan plan = understand(arguments);
  for (const std::string& path : {arguments.output, arguments.json}) {
    if (!path.empty()) require_writable(path);
  }
  const InitMeasured measured =
      plan.dtype == "f64" ? draw_all<double>(plan, arguments) : draw_all<float>(plan, arguments);
  return show(arguments, init_summary(plan, measured), init_json(plan, measured));
}

/// A shape such as -1x3 looks like an option to the parser; it is to be refused as a shape.
void take_shape_from(const CLI::App& init, Arguments& arguments) {
  for (const std::string& extra : init.remaining()) {
    require(arguments.shape.empty() && extra.size() > 1 && std::isdigit(static_cast<unsigned char>(extra[1])),
            "init does not know '{}'; see 'sqrtn init --help'", extra);
    arguments.shape = extra;
  }
}

constexpr const char* examples = R"(Examples:
  sqrtn init he_normal 512x256 --seed 1 --output w.npy   linear weight, fan_out x fan_in
  sqrtn init glorot_uniform 64x3x7x7 --dtype f64         convolution; prints the summary alone
  sqrtn init lecun_normal 48x1x5x5 --groups 24 --gain tanh
  sqrtn init xavier_uniform 24x40x3x3 --layer transposed_conv --json -
  sqrtn init --list                                      rules and gains explained)";

}  // namespace

void add_init(CLI::App& application, Action& chosen) {
  CLI::App* init = application.add_subcommand("init", "Draw a weight by rule, write it as NumPy file, and measure it");
  auto arguments = std::make_shared<Arguments>();
  Arguments& a = *arguments;
  init->add_option("RULE", a.rule, "he_normal, glorot_uniform, ...; --list explains them");
  init->add_option(
      "SHAPE", a.shape,
      "linear fan_out x fan_in; conv c_out x c_in/groups x k...; transposed_conv c_in x c_out/groups x k...");
  init->add_flag("--list", a.list, "Explain the rules, and the activations with their gains");
  init->add_option("--seed", a.seed, "Seed")->check(whole_number_error)->transform(decimal)->capture_default_str();
  init->add_option("--stream", a.stream, "Stream; give every weight of a network its own")
      ->check(whole_number_error)
      ->transform(decimal)
      ->capture_default_str();
  init->add_option("--engine", a.engine, "Generator: ars or philox")->capture_default_str();
  init->add_option("--dtype", a.dtype, "Type of the entries: f32 or f64")->capture_default_str();
  init->add_option("--layer", a.layer, "linear, conv or transposed_conv; by default linear for two axes, else conv");
  init->add_option("--groups", a.groups,
                   "Groups stacked on the first axis; divides its share of the fans (default 1, as frameworks count)")
      ->check(whole_number_error)
      ->transform(decimal);
  init->add_option("--gain", a.gain, "Number, or an activation whose gain keeps the mean square: relu, tanh, ...");
  init->add_option("--mode", a.mode, "fan_in, fan_out or fan_avg instead of the rule's own");
  init->add_option("--law", a.law, "normal, uniform or truncated_normal instead of the rule's own");
  init->add_option("--scale", a.scale, "Factor of the variance beside gain^2, instead of the rule's own");
  init->add_option("--threads", a.threads, "Threads; 0: all. Changes no bit of the weight")
      ->check(whole_number_error)
      ->transform(decimal)
      ->capture_default_str();
  init->add_option("--output", a.output, "NumPy file to write, or - for standard output");
  init->add_option("--json", a.json, "Write the summary, or the list, as JSON to a file, or - for standard output");
  init->footer(examples);
  init->allow_extras();
  init->callback([init, arguments, &chosen] {
    chosen = [init, arguments] {
      take_shape_from(*init, *arguments);
      return run(*arguments);
    };
  });
}

}  // namespace sqrtn::command
