#include "report/records.hpp"

#include "results/write.hpp"

namespace sqrtn::report {
namespace {

using Cells = std::vector<std::string>;

/// The fields of a struct as cells, and what their columns are called.
class Record {
 public:
  template <class Value, class Rule>
  void operator()(const std::string& name, const Value& value, const Rule& rule) {
    results::Writer writer;
    writer(name.c_str(), value, rule);
    const results::Json& json = writer.json[name];
    if constexpr (std::is_same_v<Rule, results::rule::Bounds>) {
      add(name + "_low", json.is_null() ? json : json[0]);
      add(name + "_high", json.is_null() ? json : json[1]);
    } else {
      add(name, json);
    }
  }
  void operator()(const std::string& name, const Note& note) {
    results::Writer writer;
    writer(name.c_str(), note);
    for (const auto& [field, value] : writer.json.items()) add(field, value);
  }

  [[nodiscard]] report::Row row() const { return {cells.begin(), cells.end()}; }

  Cells names, cells;

 private:
  void add(const std::string& name, const results::Json& value) {
    names.push_back(name);
    cells.push_back(results::cell(value));
  }
};

template <class Struct>
Record record_of(const Struct& value, const Cells& names = {}, const Cells& cells = {}) {
  Record row;
  row.names = names;
  row.cells = cells;
  list(row, value);
  return row;
}

template <class Struct>
Table records(const Document& document, const std::vector<Struct>& values) {
  const Environment& environment = document.environment;
  const Cells names{"machine", "commit", "seed"};
  const Cells provenance{environment.cpu_model, environment.commit + (environment.dirty ? "-dirty" : ""),
                         fmt::to_string(document.seed)};
  Table table{.title = "", .columns = record_of(Struct{}, names).names, .rows = {}};
  for (const Struct& value : values) table.rows.push_back(record_of(value, names, provenance).row());
  return table;
}

}  // namespace

Table claim_records(const Document& document) { return records(document, document.claims); }

Table measurement_records(const Document& document) { return records(document, document.measurements); }

Table reproduction_records(const Document& document) {
  Table table = records(document, document.reproduced);
  table.columns.emplace_back("verdict");
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    table.rows[i].push_back(experiment::verdict(document.reproduced[i]));
  }
  return table;
}

Table backend_records(const Libraries& report) {
  const Cells names{"provenance", "backend", "verdict", "sha256"};
  Table table{.title = "", .columns = record_of(LibrarySpeed{}, names).names, .rows = {}};
  for (const Library& library : report.backends) {
    const Cells provenance{report.provenance, library.name, std::string(word_text(word_of(library))),
                           library.record ? library.record->identity.sha256 : ""};
    for (const LibrarySpeed& speed : library.speeds) table.rows.push_back(record_of(speed, names, provenance).row());
  }
  return table;
}

}  // namespace sqrtn::report
