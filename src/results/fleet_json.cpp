#include <algorithm>
#include <filesystem>
#include <mutex>
#include <system_error>

#include "results/fleet.hpp"
#include "results/format.hpp"
#include "results/read.hpp"
#include "results/read_fields.hpp"
#include "results/read_screening.hpp"
#include "results/write.hpp"
#include "sqrtn/support/parallel.hpp"

/// Many documents as one, in JSON and from it.
namespace sqrtn::results {

template <class Fields>
void list(Fields& field, Of<NodeFinding> auto& finding) {
  field("id", finding.id, rule::Maybe{});
  field("kind", finding.kind, rule::Word{});
  field("processor", finding.processor, rule::Count{});
}

template <class Fields>
void list(Fields& field, Of<Node> auto& node) {
  field("name", node.name, rule::Word{});
  field("kind", node.kind, rule::Enum{node_words});
  field("problem", node.problem, rule::Maybe{});
  field("verdict", node.verdict, verdicts);
  field("model", node.model, rule::Maybe{});
  field("system", node.system, rule::Maybe{});
  field("library", node.library, rule::Maybe{});
  field("sha256", node.sha256, rule::Maybe{});
  field("library_kernel", node.kernel, rule::Maybe{});
  field("version", node.version, rule::Maybe{});
  field("answer", node.answer, rule::Maybe{});
  field("cores", node.cores, rule::Count{});
  field("flop_per_s", node.rate, rule::positive);
  field("clock_hz", node.clock_hz, rule::positive);
  field("calls", node.calls, rule::Count{});
  field("faults", node.faults, rule::Count{});
  field("alpha", node.alpha, rule::positive);
  field("findings", node.findings);
}

namespace {

// A document names a claim in each; more would make the table of a fleet as long as all documents together.
constexpr std::size_t most_findings = 64;

std::vector<Node> read_nodes(const JsonInput& json) {
  std::vector<Node> nodes;
  for (const JsonInput& element : json["nodes"].elements()) {
    Node& node = nodes.emplace_back(read_as<Node>(element));
    if (!std::isfinite(node.alpha)) node.alpha = 0;
    const bool unreadable = node.kind == NodeKind::unreadable;
    if (unreadable == node.problem.empty()) element["problem"].refuse("text where the kind is unreadable, else null");
    if (unreadable && node.verdict != claims::Verdict::skipped) element["verdict"].refuse("skipped");
  }
  return nodes;
}

/// In the order of names and then of content, none twice.
void put_in_order(std::vector<Node>& nodes) {
  std::vector<std::pair<std::string, std::size_t>> keys;
  for (std::size_t i = 0; i < nodes.size(); ++i) keys.emplace_back(nodes[i].name + '\n' + written(nodes[i]).dump(), i);
  std::ranges::sort(keys);
  std::vector<Node> sorted;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i == 0 || keys[i].first != keys[i - 1].first) sorted.push_back(std::move(nodes[keys[i].second]));
  }
  nodes = std::move(sorted);
}

/// What a file holds.
std::vector<Node> nodes_in(const std::string& path) {
  const nlohmann::ordered_json parsed = parse_json(read_text(path), path);
  const JsonInput json(parsed, path);
  const std::string schema = json["schema"].text_or_empty();
  if (is_schema(schema, fleet_schema)) return read_nodes(json);
  std::vector<Node> nodes;
  if (is_schema(schema, screen_schema)) {
    nodes.push_back(node_of(read_screening(json)));
  } else {
    std::visit([&nodes](const auto& document) { nodes.push_back(node_of(document)); }, read_any(json));
  }
  if (nodes.front().findings.size() > most_findings) nodes.front().findings.resize(most_findings);
  return nodes;
}

/// The paths without the folders that all have in common, and without ".json".
std::vector<std::string> short_names(const std::vector<std::string>& paths) {
  std::string common = paths.front().substr(0, paths.front().rfind('/') + 1);
  for (const std::string& path : paths) {
    while (!path.starts_with(common)) common = common.substr(0, common.rfind('/', common.size() - 2) + 1);
  }
  std::vector<std::string> names;
  for (const std::string& path : paths) {
    std::string name = path.substr(common.size());
    if (name.ends_with(".json") && name.size() > 5) name.resize(name.size() - 5);
    names.push_back(printable(name.empty() ? path : name));
  }
  return names;
}

/// A file that was refused, under its short name: where it lies is nobody's business.
Node unreadable(std::string why, const std::string& path, const std::string& name) {
  if (const std::size_t at = why.find(path); at != std::string::npos) why.replace(at, path.size(), name);
  Node node;
  node.kind = NodeKind::unreadable;
  node.problem = shortened(printable(why), 400);
  return node;
}

}  // namespace

Fleet merge(std::vector<std::string> paths, unsigned threads) {
  std::ranges::sort(paths);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  if (paths.empty()) return {};
  const std::vector<std::string> names = short_names(paths);
  std::vector<std::vector<Node>> of_files(paths.size());
  std::vector<std::string> refusals(paths.size());
  parallel_for(paths.size(), threads, [&](std::size_t i) {
    try {
      of_files[i] = nodes_in(paths[i]);
    } catch (const std::invalid_argument& error) {
      refusals[i] = error.what();
    } catch (const std::system_error& error) {
      refusals[i] = error.what();
    }
    if (!refusals[i].empty()) of_files[i] = {unreadable(refusals[i], paths[i], names[i])};
    // Nodes of a fleet have their names.
    if (of_files[i].size() == 1 && of_files[i].front().name.empty()) of_files[i].front().name = names[i];
  });
  const auto refused = [](const std::string& refusal) { return !refusal.empty(); };
  if (std::ranges::all_of(refusals, refused)) throw std::invalid_argument(refusals.front());
  Fleet fleet;
  for (std::vector<Node>& nodes : of_files) std::ranges::move(nodes, std::back_inserter(fleet.nodes));
  put_in_order(fleet.nodes);
  return fleet;
}

Json to_json(const Fleet& fleet) {
  Json json;
  json["schema"] = "sqrtn.fleet/1";
  json["nodes"] = Json::array();
  for (const Node& node : fleet.nodes) json["nodes"].push_back(written(node));
  json["verdict"] = claims::to_string(verdict_of(fleet));
  return json;
}

Fleet parse_fleet(std::string_view text, const std::string& name) {
  const nlohmann::ordered_json parsed = parse_json(text, name);
  const JsonInput json(parsed, name);
  if (!is_schema(json["schema"].text_or_empty(), fleet_schema)) {
    json["schema"].refuse("\"sqrtn.fleet/1\", what sqrtn merge writes");
  }
  Fleet fleet{read_nodes(json)};
  const std::string_view verdict = claims::to_string(verdict_of(fleet));
  if (json["verdict"].text() != verdict) {
    json["verdict"].refuse(fmt::format("\"{}\", which follows from its nodes", verdict));
  }
  return fleet;
}

}  // namespace sqrtn::results
