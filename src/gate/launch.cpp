#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <sstream>

#include "gate/program.hpp"
#include "libraries/children.hpp"
#include "results/format.hpp"
#include "support/exit_code.hpp"
#include "support/machine_watch.hpp"
#include "support/process.hpp"
#include "support/progress.hpp"

namespace sqrtn::gate {
namespace {

// Short rounds and more launches: the launch is the sampling unit, and most of its variation is between launches.
const std::vector<std::string> short_rounds{"--benchmark_min_time=0.01", "--benchmark_repetitions=3"};

// std::regex, which Google Benchmark may use, gives up on long ones; then all cases run.
constexpr std::size_t longest_filter = 10'000;

std::filesystem::path own_folder() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

/// The file that execvp would take; empty if there is none.
std::string file_of(const std::string& program) {
  const auto runs = [](const std::string& path) {
    return std::filesystem::is_regular_file(path) && access(path.c_str(), X_OK) == 0;
  };
  if (program.find('/') != std::string::npos) return runs(program) ? program : "";
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (std::string file = folder + '/' + program; runs(file)) return file;
  }
  return "";
}

Program side(const Options& options, const std::string& role, const std::string& name,
             const std::vector<std::string>& arguments) {
  Program program;
  program.role = role;
  program.name = name;
  program.filter = options.filter;
  program.timeout_s = options.timeout_s;
  program.quantity = options.quantity;
  if (options.blas.empty()) {
    program.file = file_of(name);
    if (program.file.empty()) {
      throw Stop(program, {.code = wrong_usage,
                           .message = " is no program that can be run",
                           .remedy = "give the path of a Google Benchmark program"});
    }
    program.command = {program.file};
  } else {
    program.blas = libraries::library_called(name);
    if (program.filter.empty()) program.filter = "^products/";
    program.command = {(own_folder() / "sqrtn-bench").string(), "--blas=" + program.blas};
    if (arguments.empty()) program.command.emplace_back("--quick");
  }
  program.command.insert(program.command.end(), short_rounds.begin(), short_rounds.end());
  program.command.insert(program.command.end(), arguments.begin(), arguments.end());
  program.command.emplace_back("--benchmark_format=json");
  return program;
}

/// The last case that was reported before the end, as far as the output shows.
std::string last_case(const std::string& out) {
  static const std::string key = "\"run_name\": \"";
  const std::size_t at = out.rfind(key);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + key.size();
  return " after case '" + out.substr(begin, std::min(out.find('"', begin) - begin, std::size_t{200})) + "'";
}

/// Throws unless the process ended well.
void require_success(const Program& program, const ProcessEnd& end, const std::vector<std::string>& cases) {
  if (end.succeeded()) return;
  std::string where = last_case(end.out);
  if (where.empty() && cases.size() == 1) where = " in case '" + cases.front() + "'";
  const char* remedy = "run it alone to see why";
  if (end.how == ProcessEnd::How::timed_out) remedy = "raise --timeout, or choose fewer cases by --filter";
  if (end.how == ProcessEnd::How::not_started) remedy = "give the path of a Google Benchmark program";
  const bool no_library = !program.blas.empty() && end.how == ProcessEnd::How::exited && end.code == wrong_usage;
  if (no_library) remedy = "give libraries that are installed";
  const bool unreadable =
      no_library || end.how == ProcessEnd::How::not_started || end.how == ProcessEnd::How::too_much_output;
  throw Stop(program, {.code = unreadable ? wrong_usage : nothing_measured,
                       .message = ' ' + end.to_text() + where,
                       .said = libraries::first_line(end.err),
                       .remedy = remedy});
}

std::string filter_of(const Program& program, const std::vector<std::string>& cases) {
  std::string filter;
  for (const std::string& name : cases) {
    const std::string exact = results::exact_filter(name);
    filter += fmt::format("{}{}", filter.empty() ? "" : "|", std::string_view(exact).substr(1, exact.size() - 2));
  }
  if (filter.empty() || filter.size() > longest_filter) return program.filter;
  return fmt::format("^({})$", filter);
}

double now_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// What is compared of these cases, in their order, more of it worse; NaN for one that has none, and `say` is told why.
std::vector<double> values_of(const Program& program, const BenchmarkOutput& output,
                              const std::vector<std::string>& cases,
                              const std::function<void(const std::string& name, const std::string& fault)>& say) {
  std::map<std::string_view, const BenchmarkCase*> by_name;
  for (const BenchmarkCase& c : output.cases) by_name[c.name] = &c;
  std::vector<double> values;
  for (const std::string& name : cases) {
    const auto found = by_name.find(name);
    if (found == by_name.end()) {
      throw Stop(program, {.code = nothing_measured,
                           .message = fmt::format(", case '{}': missing, though it was there at first", name),
                           .remedy = "run it alone to see why"});
    }
    const BenchmarkCase& c = *found->second;
    const std::string& fault = c.stopped.empty() ? c.fault : c.stopped;
    if (!fault.empty()) say(name, fault);
    const double cost = program.quantity.more_is_better ? 1 / c.value : c.value;
    values.push_back(fault.empty() ? cost : std::numeric_limits<double>::quiet_NaN());
  }
  return values;
}

/// The sentence, about the program if it is about one.
std::string told(const Trouble& trouble, const std::string& name, const std::string& said) {
  return (trouble.role.empty() ? "" : fmt::format("{} '{}'", trouble.role, name)) + trouble.message +
         (said.empty() ? "" : fmt::format(" (it says: {})", said)) +
         (trouble.remedy.empty() ? "" : "; " + trouble.remedy);
}

}  // namespace

std::string Trouble::to_text() const { return told(*this, name, said); }

std::string Trouble::published() const { return told(*this, results::published(name), ""); }

std::vector<Program> programs_of(const Options& options) {
  const std::size_t wanted = options.self_test ? 1 : 2, given = options.blas.size();
  std::vector<std::string> names = options.blas, words;
  for (const std::string& word : {options.older, options.newer}) {
    if (!word.empty()) words.push_back(word);
  }
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  for (auto word = words.begin(); names.size() < wanted && given == 0 && word != words.end();) {
    if (word->starts_with('-')) break;
    names.push_back(*word);
    word = words.erase(word);
  }
  if (names.size() != wanted) {
    const char* example = options.self_test ? "'sqrtn gate --self-test NEW'"
                                            : "'sqrtn gate OLD NEW' or 'sqrtn gate --blas openblas --blas blis'";
    throw Stop({.code = wrong_usage,
                .message = fmt::format("{} {} given, {} wanted", names.size(),
                                       given > 0 ? "libraries are" : "programs are", wanted),
                .remedy = fmt::format("write for example {}", example)});
  }
  return {side(options, "OLD", names.front(), words), side(options, "NEW", names.back(), words)};
}

Launch launch(const Program& program, const std::vector<std::string>& cases) {
  std::vector<std::string> command = program.command;
  const std::string filter = filter_of(program, cases);
  if (!filter.empty()) command.push_back("--benchmark_filter=" + filter);
  // The first launch, which is for all cases, has looked at a library's answers: they are half of a launch's time.
  if (!cases.empty() && !program.blas.empty()) command.emplace_back("--unchecked");
  ProcessLimits limits;
  limits.wall_s = program.timeout_s;
  const double start_s = now_s();
  const ProcessEnd end = run_process(command, limits);
  const double wall_s = now_s() - start_s;
  const bool asked_for_some =
      end.how == ProcessEnd::How::exited && end.out.find_first_not_of(" \n") == std::string::npos;
  if (asked_for_some && (end.code == 0 || end.code == nothing_measured)) {
    const std::string filter_given = program.filter.empty() ? "" : " for --filter '" + program.filter + "'";
    throw Stop(program, {.code = nothing_measured,
                         .message = " measured nothing" + filter_given,
                         .said = libraries::first_line(end.err),
                         .remedy = "choose other cases by --filter"});
  }
  require_success(program, end, cases);
  try {
    return {read_benchmark_output(end.out, program.quantity), end.cpu_s, wall_s};
  } catch (const std::invalid_argument& error) {
    throw Stop(program, {.code = wrong_usage,
                         .message = fmt::format("{}: {}", last_case(end.out), error.what()),
                         .remedy = "it must print what Google Benchmark does with --benchmark_format=json"});
  }
}

Run time_cases(const std::vector<Program>& programs, const std::vector<std::string>& cases, const Settings& settings) {
  MachineWatch watch;
  Progress progress("gate");
  World world;
  world.now_s = now_s;
  world.disturbed = [&watch] { return watch.disturbed(); };
  world.progress = [&](double share, std::size_t n_open) {
    progress.update(std::min(share, 1.0), fmt::format("{} of {} cases open", n_open, cases.size()));
  };
  std::map<std::string, std::string> faults;
  std::array<std::size_t, 2> launches{};
  world.launch = [&](Side side, const std::vector<std::size_t>& indices) {
    const Program& program = programs[static_cast<std::size_t>(side)];
    const std::size_t number = ++launches[static_cast<std::size_t>(side)];
    std::vector<std::string> names;
    for (const std::size_t i : indices) names.push_back(cases[i]);
    watch.before_launch();
    const Launch launched = launch(program, names);
    watch.after_launch(launched.cpu_s);
    return values_of(program, launched.output, names, [&](const std::string& name, const std::string& fault) {
      faults.try_emplace(name, fmt::format("{}: {}, in launch {} of the blocks", program.role, fault, number));
    });
  };
  Run run = run_blocks(cases.size(), settings, world);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (const auto fault = faults.find(cases[i]); fault != faults.end()) run.cases[i].fault = fault->second;
  }
  return run;
}

}  // namespace sqrtn::gate
