#include <CLI/CLI.hpp>
#include <exception>
#include <filesystem>
#include <iostream>

#include "command/values.hpp"
#include "fleet/judge.hpp"
#include "fleet/message.hpp"
#include "fleet/replicates.hpp"
#include "support/exit_code.hpp"

/// `sqrtn` on many machines: every rank of MPI is one of them.
namespace sqrtn::fleet {
namespace {

constexpr const char* examples =
    R"(Every other word goes to sqrtn; `sqrtn SUBCOMMAND --help` has them. With --enable-recovery mpirun (OpenMPI)
lets the other ranks go on where one dies; without it, it ends them all and names the one. With --bind-to none a
rank has all cores of its node. Slurm: srun --mpi=pmix --ntasks-per-node=1, in an allocation of whole nodes.
SIGTERM, SIGINT and SIGUSR1 show what there is by then; below mpirun SIGUSR1 leaves ranks the time to answer.
Exit codes: 0 all nodes pass, 1 a node fails, 2 wrong usage, 3 a node is open, or missing.
Examples:
  mpirun -n 16 --map-by node --bind-to none --enable-recovery sqrtn-fleet screen --minutes 10
  mpirun -n 16 --map-by node --bind-to none sqrtn-fleet --json fleet.json verify --filter '^products/'
  mpirun -n 64 sqrtn-fleet reproduce --filter '^000/' --repetitions 10000000)";

struct Options {
  Judging judging;
  std::string blas = "openblas";
  double limit_min = 60;
};

std::filesystem::path own_folder() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

int run(const Ranks& ranks, int argc, char** argv) {
  CLI::App application("sqrtn on many machines, a rank of MPI each, and one table of all.", "sqrtn-fleet");
  Options options;
  application.add_option("--silence", options.judging.silence_s, "Seconds after which a silent rank is lost [30]")
      ->type_name("S")
      ->check(command::number_between(1, 1e6));
  application.add_option("--limit", options.limit_min, "Minutes that a node may take [60]")
      ->type_name("MINUTES")
      ->check(command::number_between(0.01, 1e5));
  application.add_option("--blas", options.blas, "Library for reproduce [openblas]")->type_name("NAME");
  application.add_option("--json", options.judging.json, "Also write the fleet's document, '-' for standard output")
      ->type_name("FILE");
  application.require_subcommand(1);
  application.footer(examples);
  for (const auto& [name, what] : {std::pair{"screen", "Load every core of every node with products of known answers"},
                                   {"verify", "Judge library, generator and initialisers of every node"},
                                   {"bench", "Time every node"},
                                   {"reproduce", "The notebooks' experiments, their replicates on all ranks"}}) {
    application.add_subcommand(name, what)->prefix_command();
  }
  try {
    application.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (ranks.own() != 0) return error.get_exit_code() == 0 ? all_well : wrong_usage;
    if (error.get_exit_code() == 0) return application.exit(error);
    std::cerr << "sqrtn-fleet: " << error.what() << "; see sqrtn-fleet --help\n";
    return wrong_usage;
  }
  const CLI::App& chosen = *application.get_subcommands().front();
  std::vector<std::string> arguments = chosen.remaining();
  arguments.insert(arguments.begin(), chosen.get_name());
  if (chosen.get_name() == "reproduce") {
    if (!options.judging.json.empty()) arguments.insert(arguments.end(), {"--json", options.judging.json});
    return reproduce(ranks, {std::move(arguments), options.blas, options.judging.silence_s});
  }
  options.judging.command = (own_folder() / "sqrtn").string();
  options.judging.arguments = std::move(arguments);
  options.judging.limit_s = 60 * options.limit_min;
  return judge(ranks, options.judging);
}

}  // namespace
}  // namespace sqrtn::fleet

int main(int argc, char** argv) {
  const sqrtn::fleet::Ranks ranks(argc, argv);
  try {
    return sqrtn::fleet::run(ranks, argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "sqrtn-fleet: " << error.what() << '\n';
    ranks.leave(sqrtn::wrong_usage);
  }
}
