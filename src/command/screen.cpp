#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "command/command.hpp"
#include "command/options.hpp"
#include "command/steps.hpp"
#include "report/screening_text.hpp"
#include "screen/certify.hpp"
#include "support/interrupt.hpp"
#include "support/output.hpp"
#include "support/place_name.hpp"
#include "support/progress.hpp"

namespace sqrtn::command {
namespace {

constexpr double a_week_min = 7 * 24 * 60;

struct ScreenOptions {
  std::string blas = "openblas", json, cores, call;
  std::vector<std::string> orders;  ///< for a worker: see screen::word_of
  double minutes = 5;
  std::uint64_t seed = 1;
  std::size_t size = 0;
  int worker = -1;  ///< the processor that this very process screens, for its parent
};

screen::Plan plan_of(const ScreenOptions& options) {
  std::vector<int> numbers;
  if (!options.cores.empty()) numbers = *parse_processors(options.cores);
  // A worker's own comes first.
  const auto own = std::ranges::find(numbers, options.worker);
  if (own != numbers.end()) std::rotate(numbers.begin(), own, own + 1);
  screen::Plan plan{.processors = screen::chosen_processors(numbers),
                    .seed = options.seed,
                    .time_s = 60 * options.minutes,
                    .size = options.size,
                    .only = {},
                    .orders = screen::orders_of(options.orders)};
  if (!options.call.empty()) plan.only = screen::parse_address(options.call);
  return plan;
}

int screen_machine(const ScreenOptions& options, const std::vector<std::string>& command) {
  const screen::Plan plan = plan_of(options);
  if (options.worker >= 0) {
    screen::screen_in_process(options.blas, plan);
    return all_well;
  }
  const std::string json = name_of_place(options.json);
  if (!json.empty()) require_writable(json);
  const libraries::Candidate library = libraries::choose_backends(options.blas, {}, {}, false).front();
  const Interruptible until_all_is_shown;
  results::Screening screening;
  {
    Progress progress("screen");
    screening = screen::screen(library, plan, [&](double done, const results::Screening& now, screen::Stage stage) {
      progress.update(done, stage == screen::Stage::screening ? report::live_text(now)
                                                              : "reading the order in which the library adds");
    });
  }
  screening.environment = describe_environment();
  screening.command = command;
  screening.blas->asked = options.blas;
  deliver(results::to_json(screening), json, report::screening_text(screening));
  Interruptible::end_if_interrupted();
  return exit_code(results::verdict_of(screening));
}

std::string cores_error(const std::string& text) {
  return parse_processors(text) ? "" : fmt::format("'{}' is no list of processors; write 0-7 or 0,2,4", text);
}

std::string call_error(const std::string& text) {
  return screen::parse_address(text)
             ? ""
             : fmt::format("'{}' is no call; copy it from a finding: CORE:ROUND:STEP, as 3:17:5", text);
}

}  // namespace

void add_screen(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<ScreenOptions>();
  CLI::App* subcommand = application.add_subcommand(
      "screen", "Loads every core with products of known answers: is it the library, a core or the memory?");
  subcommand->add_option("--minutes", options->minutes, "How long every core computes, up to a week [5]")
      ->type_name("MINUTES")
      ->check(number_between(0.001, a_week_min));
  subcommand->add_option("--cores", options->cores, "Processors, as 0-7 or 0,2,4; else one of each core")
      ->type_name("LIST")
      ->check(cores_error);
  add_whole_number(*subcommand, "--seed", options->seed, "Seed of the data")->type_name("N")->capture_default_str();
  add_blas(*subcommand, options->blas);
  add_json(*subcommand, options->json);
  add_whole_number(*subcommand, "--size", options->size, "Rows and columns of every product; else several", {8, 1024})
      ->type_name("N");
  subcommand->add_option("--call", options->call, "One call of a finding again and again, on every core")
      ->type_name("CORE:ROUND:STEP")
      ->check(call_error);
  subcommand->add_option("--worker", options->worker)->group("");
  subcommand->add_option("--order", options->orders)->group("");
  subcommand->footer(
      "One process a core, pinned, all at once; new data in every call, and every answer is known exactly: what is "
      "called wrong is wrong. A wrong call is repeated on the same core and on the others: wrong on all of them, the "
      "library; on one alone, the processor; an operand changed, the memory. First the order in which the library adds "
      "is read, so that the bits of inexact sums are known as well. In the name of the JSON file %N is the "
      "node, %j the job, %t the task (Slurm, OpenMPI, PMI).\n"
      "Exit codes: 0 no fault, 1 a fault or a crash, 3 not every core was screened, or sums contradict their order, 4 "
      "nothing was. Ctrl-C, SIGTERM and SIGUSR1 show what there is by then.\n"
      "Examples:\n  sqrtn screen --minutes 30 --json node.json\n  sqrtn screen --cores 0-7 --blas reference\n"
      "  srun --ntasks-per-node=1 --cpus-per-task=64 sqrtn screen --json out/%N.json\n  sqrtn merge out/*.json");
  subcommand->callback([options, subcommand, &chosen] {
    chosen = [options, subcommand] { return screen_machine(*options, command_line(*subcommand)); };
  });
}

}  // namespace sqrtn::command
