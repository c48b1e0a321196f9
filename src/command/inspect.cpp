#include <fmt/format.h>

#include <memory>

#include "command/command.hpp"
#include "command/inspect_options.hpp"
#include "report/inspection.hpp"
#include "results/inspection.hpp"
#include "support/output.hpp"
#include "support/progress.hpp"

namespace sqrtn::command {
namespace {

namespace weights = claims::weights;

int exit_code_of(const weights::Inspection& inspection, bool asserts) {
  if (inspection.n_wrong() > 0) return claim_failed;
  if (inspection.tensors.empty() || (asserts && inspection.n_asserted() == 0)) return nothing_measured;
  return inspection.n_inconclusive() > 0 ? inconclusive : all_well;
}

std::size_t n_pictures(const weights::Inspection& inspection) {
  return static_cast<std::size_t>(std::ranges::count_if(
      inspection.tensors, [](const weights::Judged& judged) { return judged.picture.has_value(); }));
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
  const std::size_t pictured =
      options.picture.empty() ? 0 : weights::add_pictures(set, Filter(options.picture), options.threads, inspection);
  std::string text = report::to_screen(report::inspection_table(inspection));
  if (!options.diff.empty()) {
    const std::string table = report::to_screen(report::change_table(changes));
    text += "\n" + (table.empty() ? "no tensor differs from " + options.diff + "\n" : table);
  }
  text += "\n" + report::inspection_summary(inspection);
  if (!options.picture.empty())
    text += fmt::format("pictures of {} of {} tensors that --picture finds\n", n_pictures(inspection), pictured);
  const int code = exit_code_of(inspection, !settings.rules.empty());
  const bool json_on_output = options.json == "-";
  if (json_on_output) fmt::print(stderr, "{}", text);
  write_each(
      {{json_on_output ? "" : "-", text},
       {options.json,
        options.json.empty() ? "" : results::to_text(results::to_json({std::move(inspection), std::move(changes)}))}});
  return code;
}

}  // namespace

void add_inspect(CLI::App& application, Action& chosen) {
  CLI::App* inspect = application.add_subcommand(
      "inspect", "Tells of weights in files which rule drew them, or what is odd about them");
  auto options = std::make_shared<InspectOptions>();
  add_inspect_options(*inspect, *options);
  inspect->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace sqrtn::command
