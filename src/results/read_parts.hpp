#pragma once

#include <set>
#include <string>
#include <vector>

#include "report/libraries.hpp"
#include "results/json_input.hpp"

/// What the documents of several schemas have in common, and the documents themselves.
namespace sqrtn::results {

claims::Verdict read_verdict(const JsonInput& json);
std::string read_word(const JsonInput& json);  ///< not empty
std::vector<std::string> read_words(const JsonInput& json);
blas::Identity read_identity(const JsonInput& json);

/// The elements of the array `json`, read by `read`, no id twice.
template <class Read>
auto read_records(const JsonInput& json, Read read) {
  std::vector<decltype(read(json))> records;
  std::set<std::string> ids;
  for (const JsonInput& element : json.elements()) {
    records.push_back(read(element));
    if (!ids.insert(element["id"].text()).second) element["id"].refuse("an id that stands once");
  }
  return records;
}

/// The note of a document of the first version, which tells its kind by its words alone.
Note read_note(const JsonInput& json);

Environment read_environment(const JsonInput& json);
ChainRecord read_chain(const JsonInput& json);
Document read_results(const JsonInput& json);
Libraries read_libraries(const JsonInput& json);

}  // namespace sqrtn::results
