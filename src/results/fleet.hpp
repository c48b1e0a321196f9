#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/libraries.hpp"
#include "results/screening.hpp"

/// The documents of many machines as one: what each is, what it found, and in what it differs from the others.
namespace sqrtn::results {

enum class NodeKind {
  screen,      ///< of sqrtn screen
  results,     ///< of run, verify, bench, propagate or reproduce
  backends,    ///< of every library
  unreadable,  ///< no document of any kind
};
/// In the order of NodeKind.
inline constexpr std::string_view node_words[] = {"screen", "results", "backends", "unreadable"};

/// What was wrong on a node.
struct NodeFinding {
  std::string id;    ///< "dense integers f32", the id of a claim, the place of an incident, a library and its word
  std::string kind;  ///< a fault's cause, a claim's class or "incident"
  std::optional<std::size_t> processor;  ///< that it lies on
};

/// One document.
struct Node {
  std::string name;  ///< of its file, without what all have in common
  NodeKind kind = NodeKind::screen;
  std::string problem;                  ///< why it cannot be read
  std::string model, system;            ///< processor with its stepping, kernel of the operating system
  std::string library, sha256, kernel;  ///< file name, its hash, the library's own kernels
  std::string version;                  ///< of sqrtn, with its commit
  std::string answer;                   ///< equal where the same was judged with the same verdicts
  std::size_t cores = 0;
  std::optional<double> rate;      ///< FLOP/s: of all cores together, or the geometric mean over products
  std::optional<double> clock_hz;  ///< the lowest of its cores
  std::uint64_t calls = 0, faults = 0;
  double alpha = 0;  ///< the chance that any of its statistical claims fails where all is well, at most
  claims::Verdict verdict = claims::Verdict::skipped;
  std::vector<NodeFinding> findings;
};

/// In order of their names and then of their content, each once: the order in which files are named changes no bit.
struct Fleet {
  std::vector<Node> nodes;
};

Node node_of(const Screening& screening);
Node node_of(const Document& document);
Node node_of(const Libraries& libraries);

/// The nodes of all files, read on `threads` threads (0: all available): a file of one node, or a fleet. A file that is
/// no document is a node that says so.
/// Throws: std::invalid_argument as the first file was refused, if all were.
Fleet merge(std::vector<std::string> paths, unsigned threads = 0);

/// Fail if any node fails; else inconclusive if any is, or cannot be read; skipped if nothing was judged anywhere.
claims::Verdict verdict_of(const Fleet& fleet);

/// What can differ from node to node, by name: "answer", "model", "library", "kernel", "system", "version".
struct Trait {
  std::string_view name;
  std::string Node::*value;
};
const std::vector<Trait>& traits();

/// How many nodes of one kind have which value of a trait; nodes without the trait are left out.
std::map<std::string, std::size_t> spread(const Fleet& fleet, NodeKind kind, const Trait& trait);

/// By node, in their order, the names of the traits in which it is not as most of its kind are; the first of values
/// that are as frequent counts as most.
std::vector<std::vector<std::string_view>> oddities(const Fleet& fleet);

/// Of the rates of that kind; none if there is none.
std::optional<double> median_rate(const Fleet& fleet, NodeKind kind);

inline constexpr const char* fleet_schema = "sqrtn.fleet";

/// Schema "sqrtn.fleet/1".
nlohmann::ordered_json to_json(const Fleet& fleet);
/// Throws: std::invalid_argument, as parse_any.
Fleet parse_fleet(std::string_view text, const std::string& name);

}  // namespace sqrtn::results
