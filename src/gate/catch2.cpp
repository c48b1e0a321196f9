#include "gate/catch2.hpp"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "gate/suite_cases.hpp"
#include "gate/xml.hpp"
#include "results/format.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::gate {
namespace {

constexpr double nanosecond = 1e-9;  // "All values in nano seconds"

/// Follows the elements of a report.
class Catch2Reader {
 public:
  explicit Catch2Reader(const std::string& name) : name_(name) {}

  void begin(const XmlElement& element) {
    const std::string& parent = path_.empty() ? none_ : path_.back();
    require(!path_.empty() || element.name == "Catch" || element.name == "Catch2TestRun",
            "{} is no XML of Catch2's: its outermost element is '{}'; of XML only --reporter xml of Catch2 is read",
            name_, results::printable(results::shortened(element.name, 60)));
    if (element.name == "TestCase" || element.name == "Section") scopes_.push_back(text_of(element, "name"));
    if (element.name == "BenchmarkResults") begin_benchmark(element);
    if (parent == "BenchmarkResults") add(element);
    path_.push_back(element.name);
  }

  void end() {
    if (path_.back() == "TestCase" || path_.back() == "Section") scopes_.pop_back();
    path_.pop_back();
  }

  BenchmarkOutput take() { return output_of(std::move(cases_), Tool::catch2, name_); }

 private:
  static std::string text_of(const XmlElement& element, const char* attribute) {
    const std::string* found = element.find(attribute);
    return found == nullptr ? std::string() : *found;
  }

  void begin_benchmark(const XmlElement& element) {
    SuiteCase& one = cases_.emplace_back();
    one.basis = Basis::own_mean;
    const std::string name = text_of(element, "name");
    require(!name.empty(), "{}: a BenchmarkResults of Catch2's has no name", name_);
    for (const std::string& scope : scopes_) one.name += scope + "/";
    one.name += name;
  }

  void add(const XmlElement& element) {
    if (element.name == "failed") cases_.back().stopped = "error: " + text_of(element, "message");
    if (element.name != "mean") return;
    const std::string value = text_of(element, "value");
    double time_ns = 0;
    const auto [stopped, error] = std::from_chars(value.data(), value.data() + value.size(), time_ns);
    require(error == std::errc() && stopped == value.data() + value.size(),
            "{}: the mean of '{}' is '{}', not a number", name_,
            results::printable(results::shortened(cases_.back().name, 100)),
            results::printable(results::shortened(value, 60)));
    cases_.back().add(time_ns * nanosecond, "the mean");
  }

  const std::string& name_;
  const std::string none_;
  std::vector<std::string> path_, scopes_;
  std::vector<SuiteCase> cases_;
};

}  // namespace

BenchmarkOutput read_catch2(std::string_view text, const std::string& name) {
  Catch2Reader reader(name);
  const XmlEvents events{.begin = [&](const XmlElement& element) { reader.begin(element); },
                         .end = [&] { reader.end(); }};
  read_xml(text, name, events);
  return reader.take();
}

}  // namespace sqrtn::gate
