#include "command/gate_options.hpp"

#include "command/options.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::command {

void add_rates(CLI::App& gate, gate::Options& options) {
  gate::Settings& settings = options.settings;
  add_share(gate, "--min-effect", settings.change.min_effect, "The smallest slow-down worth a failure [2%]");
  gate.add_option("--alpha", settings.change.alpha,
                  "Probability that a case is called slower though none is, over all cases and looks of a run")
      ->type_name("P")
      ->check(number_between(1e-12, 0.24))
      ->capture_default_str();
  add_time(gate, "--budget", settings.budget_s, "Time for the launches that are compared [5m]");
  gate.add_option("--extend", settings.extend,
                  "How often the budget may be spent where less could not have told a slow-down; 1: never extended")
      ->type_name("TIMES")
      ->check(number_between(1, 100))
      ->capture_default_str();
  add_time(gate, "--timeout", options.timeout_s, "The longest that one launch may take [2m]");
  add_whole_number(gate, "--seed", settings.seed, "Seed of the order of the launches [drawn anew]")->type_name("N");
}

void add_quantity(CLI::App& gate, gate::Options& options) {
  CLI::Option* cpu = gate.add_flag_callback(
      "--cpu-time", [&options] { options.quantity.clock = gate::BenchmarkClock::cpu; },
      "Compare the processor's time instead of the wall clock's");
  CLI::Option* counter = gate.add_option("--counter", options.quantity.counter,
                                         "Compare a counter instead, as items_per_second or one of your own");
  counter->type_name("NAME")->check(word_error)->excludes(cpu);
  gate.add_option("--better", options.better,
                  "Whether more or less of the counter is better [more of a rate, …_per_second]")
      ->type_name("more|less")
      ->check(CLI::IsMember({"more", "less"}))
      ->needs(counter);
}

void settle_quantity(gate::Options& options) {
  gate::Quantity& quantity = options.quantity;
  if (quantity.counter.empty()) return;
  const bool is_rate = quantity.counter.ends_with("_per_second");
  require(is_rate || !options.better.empty(),
          "--counter '{}' is no rate (…_per_second): add --better more or --better less", quantity.counter);
  quantity.more_is_better = options.better.empty() ? is_rate : options.better == "more";
}

}  // namespace sqrtn::command
