#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gate/document.hpp"
#include "results/format.hpp"

namespace sqrtn::gate {
namespace {

/// What XML takes inside an attribute: printable, and five signs escaped.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : results::printable(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&apos;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

struct Case {
  std::string group, name, tag, message;  ///< tag: failure, error, skipped, or empty if it passes
  double time_s = 0;
};

std::vector<Case> cases_of(const GateDocument& document) {
  std::vector<Case> cases;
  for (const std::string& claim : document.failed_claims) {
    cases.push_back({"claims", claim.substr(0, claim.find(": ")), "failure", claim, 0});
  }
  for (const GateRow& row : document.rows) {
    const std::string word = word_of(row);
    std::string tag;
    if (word == "slower") tag = "failure";
    if (word == "missing" || word == "unreadable") tag = "error";
    if (word == "unresolved") tag = "skipped";
    const auto& interval = row.result.change.interval;
    std::string message = word;
    if (interval)
      message += fmt::format(", new/old in [{:.4g}, {:.4g}]", std::exp(interval->low), std::exp(interval->high));
    if (!row.note.empty()) message += ": " + row.note;
    cases.push_back({"speed", row.name, tag, message, row.result.newer_s});
  }
  if (!document.error.empty()) cases.push_back({"gate", "run", "error", document.error, 0});
  if (cases.empty()) cases.push_back({"gate", "identical", "", headline(document), 0});
  return cases;
}

}  // namespace

std::string to_junit(const GateDocument& document) {
  const std::vector<Case> cases = cases_of(document);
  const auto count = [&](const char* tag) { return std::ranges::count(cases, tag, &Case::tag); };
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  text +=
      fmt::format(R"(<testsuite name="sqrtn gate" tests="{}" failures="{}" errors="{}" skipped="{}" time="{:.3f}">)",
                  cases.size(), count("failure"), count("error"), count("skipped"), document.run.time_s) +
      '\n';
  for (const Case& c : cases) {
    text +=
        fmt::format(R"(  <testcase classname="gate.{}" name="{}" time="{:.9f}")", c.group, escaped(c.name), c.time_s);
    text += c.tag.empty() ? "/>\n" : fmt::format("><{} message=\"{}\"/></testcase>\n", c.tag, escaped(c.message));
  }
  return text + "</testsuite>\n";
}

}  // namespace sqrtn::gate
