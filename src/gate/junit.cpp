#include <fmt/format.h>

#include <algorithm>

#include "gate/document.hpp"
#include "report/html.hpp"
#include "results/format.hpp"

namespace sqrtn::gate {
namespace {

std::string escaped(std::string_view text) { return report::html::escaped(results::printable(text)); }

/// A test as CI systems see it.
struct Test {
  std::string group, name;
  std::string_view element;  ///< failure, error, skipped, or empty if it passes
  std::string message;
  double time_s = 0;
};

Test test_of(const Row& row, const Document& document) {
  const OutcomeWords& words = words_of(row.outcome);
  std::string message = words.word;
  if (const auto interval = ratio_interval(row, document.quantity)) {
    message += fmt::format(", new/old in [{:.4g}, {:.4g}]", interval->low, interval->high);
  }
  if (!row.note.empty()) message += ": " + row.note;
  return {.group = "speed",
          .name = row.name,
          .element = words.junit,
          .message = message,
          .time_s = document.quantity.counter.empty() ? row.timed.newer : 0};
}

std::vector<Test> tests_of(const Document& document) {
  std::vector<Test> tests;
  for (const Failure& failure : document.failures) {
    tests.push_back({.group = "claims", .name = failure.id, .element = "failure", .message = failure.to_text()});
  }
  for (const Row& row : document.rows) tests.push_back(test_of(row, document));
  if (!document.powerless.empty()) {
    tests.push_back({.group = "gate", .name = "power", .element = "error", .message = document.powerless});
  }
  if (!document.error.empty()) {
    tests.push_back({.group = "gate", .name = "run", .element = "error", .message = document.error});
  }
  if (tests.empty()) {
    tests.push_back({.group = "gate", .name = "identical", .element = "", .message = headline(document)});
  }
  return tests;
}

}  // namespace

std::string to_junit(const Document& document) {
  const std::vector<Test> tests = tests_of(document);
  const auto number_of = [&](std::string_view element) { return std::ranges::count(tests, element, &Test::element); };
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  text += fmt::format(
      "<testsuite name=\"sqrtn gate\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\">\n",
      tests.size(), number_of("failure"), number_of("error"), number_of("skipped"), document.run.time_s);
  for (const Test& t : tests) {
    text +=
        fmt::format(R"(  <testcase classname="gate.{}" name="{}" time="{:.9f}")", t.group, escaped(t.name), t.time_s);
    text +=
        t.element.empty() ? "/>\n" : fmt::format("><{} message=\"{}\"/></testcase>\n", t.element, escaped(t.message));
  }
  return text + "</testsuite>\n";
}

}  // namespace sqrtn::gate
