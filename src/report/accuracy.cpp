#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sqrtn/report/backends.hpp"
#include "sqrtn/report/format.hpp"

namespace sqrtn::report {
namespace {

const claims::Property* find(const BackendEntry& backend, std::string_view dtype, std::string_view name) {
  const std::string id = fmt::format("products/gemm/{}/{}", dtype, name);
  const auto found = std::ranges::find(backend.properties, id, &claims::Property::id);
  return found == backend.properties.end() ? nullptr : &*found;
}

std::string word(const BackendEntry& backend, std::string_view dtype, std::string_view name) {
  const claims::Property* property = find(backend, dtype, name);
  return property == nullptr ? "–" : property->value;
}

/// "1.60 [1.07, 2.39]", of "rounding/positive/constant".
std::string figure(const BackendEntry& backend, std::string_view dtype, std::string_view inputs,
                   std::string_view what) {
  const claims::Property* property = find(backend, dtype, fmt::format("rounding/{}/{}", inputs, what));
  if (property == nullptr) return "–";
  return fmt::format("{} {}", significant(property->number, 3), compact(property->confidence_interval, 3));
}

}  // namespace

Table accuracy_table(const BackendReport& report, std::string_view dtype) {
  Table table{.title = std::string(dtype), .columns = {"backend", "grade", "algorithm"}, .rows = {}};
  constexpr std::array<std::array<std::string_view, 2>, 4> inputs{
      {{"normal", "N(0,1)"}, {"positive", "U(0,1)"}, {"cancelling", "cancelling"}, {"scaled", "badly scaled"}}};
  for (const auto& [name, law] : inputs) {
    table.columns.push_back(fmt::format("constant, {}", law));
    table.columns.push_back(fmt::format("exponent, {}", law));
  }
  table.columns.insert(table.columns.end(), {"run to run", "threads and one"});
  for (const BackendEntry& backend : report.backends) {
    if (backend.properties.empty()) continue;
    std::vector<std::string> row{backend.name, word(backend, dtype, "grade"), word(backend, dtype, "algorithm")};
    for (const auto& [name, law] : inputs) {
      row.push_back(figure(backend, dtype, name, "constant"));
      row.push_back(figure(backend, dtype, name, "exponent"));
    }
    row.push_back(word(backend, dtype, "run_to_run"));
    row.push_back(word(backend, dtype, "threads"));
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string accuracy_text(const BackendReport& report) {
  if (std::ranges::all_of(report.backends, [](const BackendEntry& backend) { return backend.properties.empty(); })) {
    return "";
  }
  std::string text =
      "## Accuracy\n\n"
      "Reported and never judged. The root of the mean square of gemm's error/(u·|A||B|) grows like "
      "constant·k^exponent\n"
      "with the number of terms, k = 16 … 4096. Terms that are added one by one give an exponent of 0 if their mean is "
      "0\n"
      "and of ½ if all are positive, the √n law of rounding; partial sums side by side and blocks of terms lower it.\n"
      "Intervals of 99 %. Grade A: each entry within f(k)·u·|A||B|, f linear. The last columns say whether 20 equal\n"
      "calls of one thread, and several threads compared with one, give the same bits.\n";
  for (const char* dtype : {"f32", "f64"}) text += '\n' + to_markdown(accuracy_table(report, dtype));
  return text;
}

}  // namespace sqrtn::report
