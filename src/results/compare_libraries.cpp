#include <fmt/format.h>

#include <map>

#include "results/compare.hpp"

/// Every BLAS of a machine, earlier and later: as the results of one run, each id led by the library's name.
namespace sqrtn::results {
namespace {

/// A machine of which the processor's name is all that is known: from a line of provenance, empty if it tells none.
Environment machine_of(const std::string& provenance) {
  Environment machine;
  const std::size_t begin = provenance.find("; ");
  if (begin == std::string::npos) return machine;
  machine.cpu_model = provenance.substr(begin + 2, provenance.find("; ", begin + 2) - begin - 2);
  return machine;
}

/// A class whose breach makes this word.
claims::ClaimClass class_behind(claims::Word word) {
  if (word == claims::Word::wrong) return claims::ClaimClass::values;
  return word == claims::Word::unsafe ? claims::ClaimClass::process : claims::ClaimClass::exceptions;
}

/// The library as a whole, as a claim of the worst class that it broke.
claims::Result verdict_claim(const Library& backend) {
  claims::Result result;
  result.claim.id = backend.name + ": verdict";
  if (const std::optional<claims::Word> word = word_of(backend)) {
    result.outcome.verdict = *word == claims::Word::right ? claims::Verdict::pass : claims::Verdict::fail;
    result.claim.claim_class = class_behind(*word);
  } else {
    result.outcome.verdict = claims::Verdict::skipped;
  }
  std::vector<std::string> reasons{backend.refusal};
  for (const Incident& incident : backend.incidents) reasons.push_back(incident.text);
  std::erase(reasons, "");
  result.outcome.reason = fmt::format("{}", fmt::join(reasons, "; "));
  return result;
}

Document as_document(const Libraries& report) {
  Document document;
  document.environment = report.environment.value_or(machine_of(report.provenance));
  document.seed = report.seed;
  for (const Library& backend : report.backends) {
    document.claims.push_back(verdict_claim(backend));
    for (claims::Result result : backend.claims) {
      result.claim.id = fmt::format("{}: {}", backend.name, result.claim.id);
      document.claims.push_back(std::move(result));
    }
    for (claims::Property property : backend.properties) {
      property.id = fmt::format("{}: {}", backend.name, property.id);
      document.properties.push_back(std::move(property));
    }
    for (const LibrarySpeed& speed : backend.speeds) {
      document.measurements.push_back(speed.row);
      document.measurements.back().id = fmt::format("{}: {}", backend.name, speed.row.id);
      document.measurements.back().group = backend.name;
    }
  }
  return document;
}

OrderDocument orders_of(const Libraries& report) {
  OrderDocument document;
  document.seed = report.seed;
  for (const Library& library : report.backends) {
    for (const LibraryOrder& order : library.orders) {
      document.orders.push_back(order);
      document.orders.back().name = library.name;
    }
  }
  return document;
}

/// Earlier documents tell of no orders.
void compare_orders(const Libraries& before, const Libraries& after, Comparison& comparison) {
  const OrderDocument older = orders_of(before), newer = orders_of(after);
  if (older.orders.empty() || newer.orders.empty()) return;
  comparison.orders = unexpected(older, newer);
  comparison.orders_in_both = orders_in_both(older, newer);
}

/// What each library is, where it is another one now.
void add_identities(const Libraries& before, const Libraries& after, std::vector<Difference>& all) {
  std::map<std::string, const Library*> old_entries;
  for (const Library& backend : before.backends) old_entries[backend.name] = &backend;
  for (const Library& backend : after.backends) {
    const auto found = old_entries.find(backend.name);
    if (found == old_entries.end() || !found->second->record || !backend.record) continue;
    const blas::Identity &older = found->second->record->identity, &newer = backend.record->identity;
    const auto add = [&](const char* field, const std::string& from, const std::string& to) {
      if (from != to) all.push_back({fmt::format("{}: {}", backend.name, field), from, to});
    };
    add("version", older.version, newer.version);
    add("kernel", older.kernel, newer.kernel);
    add("file_name", older.file_name, newer.file_name);
    add("sha256", older.sha256, newer.sha256);
  }
}

}  // namespace

Comparison compare(const Libraries& before, const Libraries& after) {
  Document older = as_document(before), newer = as_document(after);
  if (!before.environment || !after.environment) {
    older.environment = machine_of(before.provenance);
    newer.environment = machine_of(after.provenance);
  }
  Comparison comparison = compare(older, newer);
  if (before.provenance != after.provenance) {
    comparison.other.push_back({"provenance", before.provenance, after.provenance});
  }
  add_identities(before, after, comparison.other);
  compare_orders(before, after, comparison);
  return comparison;
}

}  // namespace sqrtn::results
