#include "results/accepted.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "results/json_input.hpp"
#include "support/output.hpp"

namespace sqrtn::results {
namespace {

constexpr const char* schema = "sqrtn.accepted/1";

/// Of the library that the claim is about; empty where it is about none.
std::string sha256_of(const claims::Result& result, const Document& document) {
  return result.claim.uses_blas && document.blas ? document.blas->identity.sha256 : "";
}

const Accepted* find(const claims::Result& result, const Document& document, const std::vector<Accepted>& accepted) {
  const auto found = std::ranges::find_if(accepted, [&](const Accepted& one) {
    return one.claim == result.claim.id && one.sha256 == sha256_of(result, document);
  });
  return found != accepted.end() ? &*found : nullptr;
}

}  // namespace

std::vector<Accepted> parse_accepted(std::string_view text, const std::string& name) {
  const nlohmann::ordered_json parsed = parse_json(text, name);
  const JsonInput json(parsed, name);
  if (json["schema"].is_null() || json["schema"].text() != schema) {
    json["schema"].refuse(fmt::format("\"{}\", as --write-accepted writes it", schema));
  }
  std::vector<Accepted> accepted;
  for (const JsonInput& one : json["accepted"].elements()) {
    accepted.push_back({.sha256 = one["sha256"].text_or_empty(),
                        .claim = one["claim"].text(),
                        .reason = one["reason"].text_or_empty()});
    if (accepted.back().reason.find_first_not_of(" \t\n\r") == std::string::npos) {
      one["reason"].refuse("why this finding is accepted, in words");
    }
  }
  return accepted;
}

std::vector<Accepted> read_accepted(const std::string& path) {
  // A finding is three short strings; a list of a MiB is thousands of them.
  return parse_accepted(read_text(path, std::size_t{1} << 20, "list of accepted findings"), path);
}

bool is_finding(const claims::Result& result) {
  return result.outcome.verdict == claims::Verdict::fail || result.outcome.verdict == claims::Verdict::inconclusive;
}

void write_accepted(const Document& document, const std::string& reason, const std::string& path) {
  nlohmann::ordered_json json{{"schema", schema}};
  json["accepted"] = nlohmann::ordered_json::array();
  for (const claims::Result& result : document.claims) {
    if (!is_finding(result)) continue;
    const std::string sha256 = sha256_of(result, document);
    json["accepted"].push_back({{"sha256", sha256.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(sha256)},
                                {"claim", result.claim.id},
                                {"reason", reason}});
  }
  write_file(path, to_text(json));
}

std::vector<claims::Result> not_accepted(const Document& document, const std::vector<Accepted>& accepted) {
  std::vector<claims::Result> results = document.claims;
  std::erase_if(results, [&](const claims::Result& result) {
    return is_finding(result) && find(result, document, accepted) != nullptr;
  });
  return results;
}

std::string acceptance_text(const Document& document, const std::vector<Accepted>& accepted) {
  std::string text;
  for (const claims::Result& result : document.claims) {
    const Accepted* known = find(result, document, accepted);
    if (known == nullptr) continue;
    text += is_finding(result) ? fmt::format("accepted: {}: {}\n", known->claim, known->reason)
                               : fmt::format("gone: {} is {} now; take it off the list ({})\n", known->claim,
                                             claims::to_string(result.outcome.verdict), known->reason);
  }
  return text;
}

}  // namespace sqrtn::results
