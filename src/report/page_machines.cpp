#include "report/page_machines.hpp"

#include "report/fleet_text.hpp"
#include "report/screening_text.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

using html::escaped;

constexpr std::size_t most_faults = 40;

std::string entry_of(const Fault& fault) {
  if (fault.got.empty() && fault.operand.empty()) return "";
  return fmt::format("{}({}, {})", fault.operand, fault.row, fault.col);
}

Table fault_table(const Screening& screening) {
  Table table{.title = "",
              .columns = {"cause", "core", "family", "type", "size", "entry", "got", "expected", "bits", "wrong again",
                          "again"},
              .rows = {}};
  for (const Fault& fault : screening.faults) {
    if (table.rows.size() == most_faults) break;
    std::uint64_t calls = 0, wrong = 0;
    for (const Repeats& repeats : fault.repeats) {
      calls += repeats.calls;
      wrong += repeats.wrong;
    }
    table.add(
        {std::string(cause_words[static_cast<std::size_t>(cause_of(screening, fault))]),
         fmt::to_string(guilty_processor(fault)), std::string(family_words[static_cast<std::size_t>(fault.family)]),
         fault.dtype, fmt::to_string(fault.size), entry_of(fault), fault.got, fault.expected, fault.bits,
         fmt::format("{} of {}", wrong, calls), repeating_command(screening, fault)},
        "wrong");
  }
  return table;
}

Table prediction_table(const Screening& screening) {
  Table table{.title = "", .columns = {"type", "size", "certified", "used", "why not"}, .rows = {}};
  for (const results::Prediction& one : screening.predictions) {
    table.rows.push_back(
        {one.dtype, fmt::to_string(one.size), percent(one.share), one.is_used ? "yes" : "no", one.reason});
  }
  return table;
}

Table finding_table(const Fleet& fleet) {
  Table table{.title = "", .columns = {"node", "kind", "core", "what"}, .rows = {}};
  for (const Node& node : fleet.nodes) {
    if (!node.problem.empty()) table.add({node.name, "unreadable", "", node.problem}, "wrong");
    for (const NodeFinding& finding : node.findings) {
      table.add({node.name, finding.kind, finding.processor ? fmt::to_string(*finding.processor) : "", finding.id},
                "wrong");
    }
  }
  if (table.rows.size() > most_faults) table.rows.resize(most_faults);
  drop_empty_columns(table, 2);
  return table;
}

std::string titled(const char* title, const Table& table) {
  return table.rows.empty() ? "" : fmt::format("<h3>{}</h3>\n{}", title, html::table(table));
}

std::string left_out(std::size_t shown, std::size_t all, const char* what) {
  return all > shown ? fmt::format("<p>{} more {} are not shown.\n", all - shown, what) : "";
}

}  // namespace

More page_part(const Screening& screening, const std::string& name, std::size_t number) {
  const Environment& environment = screening.environment;
  const Table faults = fault_table(screening);
  std::string content = html::verdict_box(verdict_of(screening), "", outcome_text(screening));
  content +=
      fmt::format("<p>{}\n", escaped(environment.cpu_model.empty() ? environment.architecture : environment.cpu_model));
  if (screening.blas) {
    const blas::Identity& identity = screening.blas->identity;
    content += fmt::format("with {} {}\n", escaped(identity.file_name), escaped(identity.kernel));
  }
  content += titled("Faults", faults) + left_out(faults.rows.size(), screening.faults.size(), "faults");
  for (const Incident& incident : screening.incidents) content += fmt::format("<p>{}\n", escaped(incident.text));
  content += titled("Cores", core_table(screening)) + titled("What was computed", exposure_table(screening)) +
             titled("Orders of sums that predict bits", prediction_table(screening));
  return {{.id = fmt::format("screening-{}", number),
           .heading = fmt::format("Screening {}", name),
           .content = std::move(content)},
          screening_text(screening)};
}

More page_part(const Fleet& fleet, const std::string& name, std::size_t number) {
  const Table nodes = node_table(fleet);
  std::string content = html::verdict_box(verdict_of(fleet), "", verdict_line(fleet));
  content += titled("Nodes, the odd ones first", nodes) + left_out(nodes.rows.size(), fleet.nodes.size(), "nodes");
  content += titled("In what they differ", trait_table(fleet)) + titled("What is wrong", finding_table(fleet));
  return {{.id = fmt::format("fleet-{}", number),
           .heading = fmt::format("Machines of {}", name),
           .content = std::move(content)},
          fleet_text(fleet)};
}

}  // namespace sqrtn::report
