#include "results/findings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "claims/area.hpp"
#include "claims/promise.hpp"

namespace sqrtn::results {
namespace {

bool same_claims(const std::vector<const claims::Result*>& a, const std::vector<const claims::Result*>& b) {
  return std::ranges::equal(
      a, b, {}, [](const claims::Result* result) { return result->claim.id; },
      [](const claims::Result* result) { return result->claim.id; });
}

/// Values, then memory and process together, which make a library unsafe alike, then exceptions.
bool worse(const auto& a, const auto& b) { return claims::word_of(a.claim_class) > claims::word_of(b.claim_class); }

}  // namespace

std::vector<Symptom> symptoms_of(const Library& library) {
  std::vector<Symptom> symptoms;
  for (const claims::Result& result : library.claims) {
    if (result.outcome.verdict != claims::Verdict::fail) continue;
    const std::string text(claims::symptom_of(result));
    auto found = std::ranges::find(symptoms, text, &Symptom::text);
    if (found == symptoms.end()) {
      found = symptoms.insert(found, {.claim_class = result.claim.claim_class, .text = text, .failures = {}});
    }
    found->failures.push_back(&result);
  }
  for (const Incident& incident : library.incidents) {
    symptoms.push_back({.claim_class = claims::ClaimClass::process, .text = incident.text, .failures = {}});
  }
  std::ranges::stable_sort(symptoms, [](const Symptom& a, const Symptom& b) { return worse(a, b); });
  return symptoms;
}

std::vector<SharedFinding> shared_findings(const Libraries& libraries) {
  std::vector<SharedFinding> findings;
  for (std::size_t i = 0; i < libraries.backends.size(); ++i) {
    for (Symptom& symptom : symptoms_of(libraries.backends[i])) {
      const auto same = std::ranges::find_if(findings, [&](const SharedFinding& finding) {
        return finding.symptom == symptom.text && same_claims(finding.failures, symptom.failures);
      });
      if (same != findings.end()) {
        same->libraries.push_back(i);
      } else {
        findings.push_back({symptom.claim_class, std::move(symptom.text), {i}, std::move(symptom.failures)});
      }
    }
  }
  std::ranges::stable_sort(findings, [](const SharedFinding& a, const SharedFinding& b) { return worse(a, b); });
  return findings;
}

std::string symptom_text(const std::string& symptom, const std::vector<const claims::Result*>& failures) {
  return failures.empty() ? symptom : fmt::format("{} ({})", symptom, routines_text(failures));
}

std::string names_text(const Libraries& libraries, const SharedFinding& finding) {
  std::vector<std::string> names;
  for (const std::size_t library : finding.libraries) names.push_back(libraries.backends[library].name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string routines_text(const std::vector<const claims::Result*>& results) {
  std::vector<std::string> routines;
  std::map<std::string, std::set<std::string>> types;
  for (const claims::Result* result : results) {
    const claims::ProductClaim parts = claims::product_claim(result->claim.id);
    std::string routine = parts.routine == "all" ? "all routines" : std::string(parts.routine);
    if (types[routine].empty()) routines.push_back(routine);
    types[routine].emplace(parts.dtype);
  }
  for (std::string& routine : routines) {
    const std::set<std::string>& of_routine = types[routine];
    if (of_routine.size() == 1) routine += ' ' + *of_routine.begin();
  }
  return fmt::format("{}", fmt::join(routines, ", "));
}

}  // namespace sqrtn::results
