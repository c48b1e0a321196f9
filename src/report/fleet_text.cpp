#include "report/fleet_text.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

#include "results/format.hpp"

namespace sqrtn::report {
namespace {

using claims::Verdict;

/// The worse, the smaller.
int severity(const Node& node) {
  if (node.verdict == Verdict::fail) return 0;
  if (node.kind == NodeKind::unreadable) return 1;
  return node.verdict == Verdict::inconclusive ? 2 : 3;
}

std::string_view word_of(const Node& node) {
  return node.kind == NodeKind::unreadable ? node_words[static_cast<std::size_t>(node.kind)]
                                           : claims::to_string(node.verdict);
}

std::string share_of(const Node& node, const std::array<std::optional<double>, 4>& medians) {
  if (!node.rate) return "–";
  const std::optional<double>& median = medians.at(static_cast<std::size_t>(node.kind));
  return median && *median > 0 ? fmt::format("{:.3f}", *node.rate / *median) : "–";
}

std::array<std::optional<double>, 4> medians_of(const Fleet& fleet) {
  return {median_rate(fleet, NodeKind::screen), median_rate(fleet, NodeKind::results),
          median_rate(fleet, NodeKind::backends), std::nullopt};
}

std::string finding_text(const Node& node, const NodeFinding& finding) {
  std::string text = fmt::format("- **{}** {}", markdown_text(finding.kind), markdown_text(node.name));
  if (finding.processor && finding.kind == results::cause_words[static_cast<std::size_t>(Cause::processor)]) {
    text += fmt::format(", core {}", *finding.processor);
  }
  return text + fmt::format(": {}\n", markdown_text(finding.id));
}

}  // namespace

std::string verdict_line(const Fleet& fleet) {
  std::map<std::string_view, std::size_t> counts;
  for (const Node& node : fleet.nodes) ++counts[word_of(node)];
  std::string text = fmt::format("{} node{}", fleet.nodes.size(), fleet.nodes.size() == 1 ? "" : "s");
  const char* separator = ": ";
  for (const auto& [word, n] : counts) {
    text += fmt::format("{}{} {}", separator, n, word);
    separator = ", ";
  }
  return text;
}

std::string fleet_findings(const Fleet& fleet, std::size_t most) {
  std::string text;
  std::size_t told = 0, all = 0;
  for (const Node& node : fleet.nodes) {
    all += node.findings.size() + (node.problem.empty() ? 0 : 1);
    if (!node.problem.empty() && told < most) {
      text += fmt::format("- **unreadable** {}: {}\n", markdown_text(node.name), markdown_text(node.problem));
      ++told;
    }
    for (const NodeFinding& finding : node.findings) {
      if (told == most) break;
      text += finding_text(node, finding);
      ++told;
    }
  }
  return all > told ? text + fmt::format("- and {} more; --json has all\n", all - told) : text;
}

Table node_table(const Fleet& fleet, std::size_t most) {
  const auto odd = oddities(fleet);
  const auto medians = medians_of(fleet);
  std::vector<std::size_t> order(fleet.nodes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t i) {
    const Node& node = fleet.nodes[i];
    return std::tuple(severity(node), -static_cast<int>(odd[i].size()), node.rate.value_or(INFINITY), i);
  };
  const std::size_t shown = std::min(most, order.size());
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(shown), {}, key);
  Table table{.title = "",
              .columns = {"node", "verdict", "differs in", "model", "library", "kernel", "cores", "GFLOP/s",
                          "of the median", "clock", "faults"},
              .rows = {}};
  for (std::size_t place = 0; place < shown; ++place) {
    const Node& node = fleet.nodes[order[place]];
    table.add({node.name, std::string(word_of(node)), fmt::format("{}", fmt::join(odd[order[place]], ", ")), node.model,
               node.library, node.kernel, node.cores > 0 ? fmt::to_string(node.cores) : "",
               node.rate ? significant(*node.rate / 1e9, 4) : "–", share_of(node, medians),
               node.clock_hz ? fmt::format("{:.2f} GHz", *node.clock_hz / 1e9) : "",
               node.kind == NodeKind::screen ? fmt::to_string(node.faults) : ""},
              node.verdict == Verdict::fail ? "wrong" : "");
  }
  drop_empty_columns(table, 2);
  return table;
}

Table trait_table(const Fleet& fleet, std::size_t most) {
  Table table{.title = "", .columns = {"of", "differs in", "nodes", "value"}, .rows = {}};
  for (const NodeKind kind : {NodeKind::screen, NodeKind::results, NodeKind::backends}) {
    for (const Trait& trait : traits()) {
      const auto values = spread(fleet, kind, trait);
      if (values.size() < 2) continue;
      std::vector<std::pair<std::size_t, std::string>> rarest;
      for (const auto& [value, n] : values) rarest.emplace_back(n, value);
      std::ranges::sort(rarest);
      for (std::size_t i = 0; i < rarest.size(); ++i) {
        // The most frequent closes the list, however long it is.
        if (i + 1 < rarest.size() && i + 1 >= most) continue;
        table.rows.push_back({std::string(node_words[static_cast<std::size_t>(kind)]), std::string(trait.name),
                              fmt::to_string(rarest[i].first), rarest[i].second});
      }
    }
  }
  return table;
}

std::string fleet_text(const Fleet& fleet) {
  std::string text;
  const auto section = [&text](const std::string& part) {
    if (!part.empty()) text += part + '\n';
  };
  const Table nodes = node_table(fleet);
  section(to_screen(nodes));
  if (nodes.rows.size() < fleet.nodes.size()) {
    section(fmt::format("… and {} nodes more; --json has all\n", fleet.nodes.size() - nodes.rows.size()));
  }
  section(to_screen(trait_table(fleet)));
  section(fleet_findings(fleet));
  double alpha = 0;
  for (const Node& node : fleet.nodes) alpha += node.alpha;
  if (alpha > 0) {
    section(fmt::format(
        "Were all well, a claim of chance would fail on any node at all with a chance of at most {:.2g}\n", alpha));
  }
  return text + verdict_line(fleet) + '\n';
}

}  // namespace sqrtn::report
