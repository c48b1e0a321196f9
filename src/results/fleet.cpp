#include "results/fleet.hpp"

#include <algorithm>
#include <cmath>

#include "results/format.hpp"
#include "results/libraries.hpp"
#include "sqrtn/statistics/median.hpp"

namespace sqrtn::results {
namespace {

void describe(Node& node, const Environment& environment, const std::optional<BlasRecord>& blas) {
  node.model = environment.cpu_model;
  if (!environment.cpu_stepping.empty()) node.model += (node.model.empty() ? "" : ", ") + environment.cpu_stepping;
  node.system = environment.kernel;
  node.version = environment.version;
  if (!environment.commit.empty())
    node.version += fmt::format(" ({}{})", environment.commit, environment.dirty ? "+" : "");
  node.cores = static_cast<std::size_t>(std::max(environment.cores, 0));
  if (!blas) return;
  node.library = blas->identity.file_name;
  node.sha256 = blas->identity.sha256;
  node.kernel = blas->identity.kernel;
}

/// Sixteen digits that tell answers apart, whatever their order.
std::string digest_of(std::vector<std::string> answers) {
  std::ranges::sort(answers);
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const std::string& answer : answers) {
    for (const char c : answer + '\n') hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return fmt::format("{:016x}", hash);
}

void add_claims(Node& node, const std::vector<claims::Result>& claims, const std::string& before,
                std::vector<std::string>& answers) {
  for (const claims::Result& result : claims) {
    answers.push_back(fmt::format("{}{} {}", before, result.claim.id, claims::to_string(result.outcome.verdict)));
    node.alpha += result.claim.alpha.value_or(0);
    if (result.outcome.verdict != claims::Verdict::fail || !result.outcome.accepted.empty()) continue;
    node.findings.push_back(
        {.id = before + result.claim.id,
         .kind = std::string(claims::class_words[static_cast<std::size_t>(result.claim.claim_class)]),
         .processor = {}});
  }
}

void add_incidents(Node& node, const std::vector<Incident>& incidents) {
  for (const Incident& incident : incidents) {
    node.findings.push_back({.id = incident.place, .kind = "incident", .processor = {}});
  }
}

/// FLOP/s of the products that were timed.
std::optional<double> rate_of(const std::vector<Measurement>& rows) {
  double sum = 0;
  std::size_t n = 0;
  for (const Measurement& row : rows) {
    if (row.group != "products" || row.rate_unit != "GFLOP/s" || !row.rate || !(*row.rate > 0)) continue;
    sum += std::log(*row.rate);
    ++n;
  }
  return n > 0 ? std::optional(1e9 * std::exp(sum / static_cast<double>(n))) : std::nullopt;
}

}  // namespace

Node node_of(const Screening& screening) {
  Node node;
  describe(node, screening.environment, screening.blas);
  node.cores = screening.cores.size();
  node.verdict = verdict_of(screening);
  node.answer = claims::to_string(node.verdict);
  double rate = 0;
  for (const ScreenedCore& core : screening.cores) {
    rate += core.rate();
    node.calls += core.calls();
    node.faults += core.faults();
    if (core.clock_hz) node.clock_hz = std::min(node.clock_hz.value_or(*core.clock_hz), *core.clock_hz);
  }
  if (rate > 0 && std::isfinite(rate)) node.rate = rate;
  for (const Fault& fault : screening.faults) {
    node.findings.push_back(
        {.id = fmt::format("{} {}", family_words[static_cast<std::size_t>(fault.family)], fault.dtype),
         .kind = std::string(cause_words[static_cast<std::size_t>(cause_of(screening, fault))]),
         .processor = static_cast<std::size_t>(guilty_processor(fault))});
  }
  for (const Prediction& prediction : screening.predictions) {
    if (!prediction.is_contradicted) continue;
    node.findings.push_back({.id = fmt::format("sums of {} {}", prediction.dtype, prediction.size),
                             .kind = "contradicted order",
                             .processor = {}});
  }
  add_incidents(node, screening.incidents);
  return node;
}

Node node_of(const Document& document) {
  Node node;
  node.kind = NodeKind::results;
  describe(node, document.environment, document.blas);
  std::vector<std::string> answers;
  add_claims(node, document.claims, "", answers);
  add_incidents(node, document.incidents);
  node.answer = digest_of(std::move(answers));
  node.rate = rate_of(document.measurements);
  node.verdict = document.verdict;
  return node;
}

/// Libraries have words of their own; a node of them fails only where one of them is unsafe or wrong.
Node node_of(const Libraries& libraries) {
  Node node;
  node.kind = NodeKind::backends;
  const auto first = std::ranges::find(libraries.backends, libraries.default_name, &Library::name);
  describe(node, libraries.environment.value_or(Environment{}),
           first == libraries.backends.end() ? std::nullopt : first->record);
  std::vector<std::string> answers;
  for (const Library& library : libraries.backends) {
    const std::optional<claims::Word> word = word_of(library);
    answers.push_back(fmt::format("{} {}", library.name, word_text(word)));
    if (!word) continue;
    node.verdict = claims::Verdict::pass;
    if (*word < claims::Word::unsafe) continue;
    node.findings.push_back(
        {.id = fmt::format("{} {}", library.name, word_text(word)), .kind = "library", .processor = {}});
  }
  if (!node.findings.empty()) node.verdict = claims::Verdict::fail;
  node.answer = digest_of(std::move(answers));
  return node;
}

claims::Verdict verdict_of(const Fleet& fleet) {
  bool open = false, judged = false;
  for (const Node& node : fleet.nodes) {
    if (node.verdict == claims::Verdict::fail) return claims::Verdict::fail;
    open = open || node.verdict == claims::Verdict::inconclusive || node.kind == NodeKind::unreadable;
    judged = judged || node.verdict == claims::Verdict::pass;
  }
  if (open) return claims::Verdict::inconclusive;
  return judged ? claims::Verdict::pass : claims::Verdict::skipped;
}

const std::vector<Trait>& traits() {
  static const std::vector<Trait> all{
      {"answer", &Node::answer}, {"model", &Node::model},   {"library", &Node::library}, {"build", &Node::sha256},
      {"kernel", &Node::kernel}, {"system", &Node::system}, {"version", &Node::version}};
  return all;
}

std::map<std::string, std::size_t> spread(const Fleet& fleet, NodeKind kind, const Trait& trait) {
  std::map<std::string, std::size_t> values;
  for (const Node& node : fleet.nodes) {
    if (node.kind == kind && !(node.*trait.value).empty()) ++values[node.*trait.value];
  }
  return values;
}

std::vector<std::vector<std::string_view>> oddities(const Fleet& fleet) {
  std::vector<std::vector<std::string_view>> odd(fleet.nodes.size());
  for (const NodeKind kind : {NodeKind::screen, NodeKind::results, NodeKind::backends}) {
    for (const Trait& trait : traits()) {
      const auto values = spread(fleet, kind, trait);
      if (values.size() < 2) continue;
      const auto most = std::ranges::max_element(values, {}, [](const auto& value) { return value.second; });
      for (std::size_t i = 0; i < odd.size(); ++i) {
        const Node& node = fleet.nodes[i];
        const std::string& value = node.*trait.value;
        if (node.kind == kind && !value.empty() && value != most->first) odd[i].push_back(trait.name);
      }
    }
  }
  return odd;
}

std::optional<double> median_rate(const Fleet& fleet, NodeKind kind) {
  std::vector<double> rates;
  for (const Node& node : fleet.nodes) {
    if (node.kind == kind && node.rate) rates.push_back(*node.rate);
  }
  return statistics::median(rates);
}

}  // namespace sqrtn::results
