#include "results/accepted.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "results/read_fields.hpp"
#include "results/write.hpp"
#include "support/output.hpp"

namespace sqrtn::results {

template <class Fields>
void list(Fields& field, Of<Accepted> auto& accepted) {
  field("claim", accepted.claim, rule::Word{});
  field("class", accepted.claim_class, classes);
  field("library", accepted.library, rule::Maybe{});
  field("sha256", accepted.sha256, rule::Maybe{});
  field("reason", accepted.reason, rule::Text{});
}

namespace {

constexpr const char* schema = "sqrtn.accepted/2";
constexpr const char* first_schema = "sqrtn.accepted/1";

/// The library that the claim is about; none where it is about none.
const blas::Identity* library_of(const claims::Result& result, const Document& document) {
  return result.claim.uses_blas && document.blas ? &document.blas->identity : nullptr;
}

/// What stays the same from one version to the next.
std::string name_of(const blas::Identity& library) {
  return library.soname.empty() ? library.file_name : library.soname;
}

bool is_meant(const Accepted& one, const claims::Result& result, const Document& document, bool exact) {
  if (one.claim != result.claim.id || one.claim_class != result.claim.claim_class) return false;
  const blas::Identity* library = library_of(result, document);
  if (library == nullptr) return one.sha256.empty() && one.library.empty();
  const bool by_build = exact || one.library.empty();
  return by_build ? one.sha256 == library->sha256 : one.library == name_of(*library);
}

Accepted as_accepted(const claims::Result& result, const Document& document, const std::string& reason) {
  const blas::Identity* library = library_of(result, document);
  return {.claim = result.claim.id,
          .library = library == nullptr ? "" : name_of(*library),
          .sha256 = library == nullptr ? "" : library->sha256,
          .claim_class = result.claim.claim_class,
          .reason = reason};
}

Accepted read_one(const JsonInput& json) {
  Accepted one;
  one.claim_class = claims::class_of(json["claim"].text());
  Reader reader(json);
  list(reader, one);
  if (one.reason.find_first_not_of(" \t\n\r") == std::string::npos) {
    json["reason"].refuse("why this finding is accepted, in words");
  }
  return one;
}

}  // namespace

std::vector<Accepted> parse_accepted(std::string_view text, const std::string& name) {
  const nlohmann::ordered_json parsed = parse_json(text, name);
  const JsonInput json(parsed, name);
  const std::string version = json["schema"].is_null() ? "" : json["schema"].text();
  if (version != schema && version != first_schema) {
    json["schema"].refuse(fmt::format("\"{}\", as --write-accepted writes it", schema));
  }
  std::vector<Accepted> accepted;
  for (const JsonInput& one : json["accepted"].elements()) accepted.push_back(read_one(one));
  return accepted;
}

std::vector<Accepted> read_accepted(const std::string& path) {
  // A finding is three short strings; a list of a MiB is thousands of them.
  return parse_accepted(read_text(path, std::size_t{1} << 20, "list of accepted findings"), path);
}

bool is_finding(const claims::Result& result) {
  return result.outcome.verdict == claims::Verdict::fail || result.outcome.verdict == claims::Verdict::inconclusive;
}

std::vector<std::string> write_accepted(const Document& document, const std::string& reason, const std::string& path) {
  Json json{{"schema", schema}, {"accepted", Json::array()}};
  std::vector<std::string> left_out;
  for (const claims::Result& result : document.claims) {
    if (!is_finding(result)) continue;
    const bool severe = result.claim.claim_class == claims::ClaimClass::values ||
                        result.claim.claim_class == claims::ClaimClass::memory;
    if (severe && document.claims.size() > 1) {
      left_out.push_back(result.claim.id);
    } else {
      json["accepted"].push_back(written(as_accepted(result, document, reason)));
    }
  }
  write_file(path, to_text(json));
  return left_out;
}

std::vector<Accepted> accept(Document& document, const std::vector<Accepted>& accepted, bool exact) {
  std::vector<Accepted> gone;
  for (claims::Result& result : document.claims) {
    const auto known =
        std::ranges::find_if(accepted, [&](const Accepted& one) { return is_meant(one, result, document, exact); });
    if (known == accepted.end()) continue;
    if (is_finding(result)) {
      result.outcome.accepted = known->reason;
    } else if (result.outcome.verdict == claims::Verdict::pass) {
      gone.push_back(*known);
    }
  }
  document.verdict = verdict_of(document);
  return gone;
}

std::string acceptance_text(const Document& document, const std::vector<Accepted>& gone) {
  std::string text;
  for (const auto& [claim, outcome] : document.claims) {
    if (!outcome.accepted.empty()) text += fmt::format("accepted: {}: {}\n", claim.id, outcome.accepted);
  }
  for (const Accepted& one : gone) {
    text += fmt::format("gone: {} passes now; take it off the list ({})\n", one.claim, one.reason);
  }
  return text;
}

}  // namespace sqrtn::results
