#include "results/read.hpp"

#include "results/read_parts.hpp"

namespace sqrtn::results {
namespace {

/// Whether it is the first version of that schema, with whatever later minor versions add.
bool is_schema(const std::string& word, const std::string& schema) {
  return word == schema || word.starts_with(schema + '.');
}

constexpr const char* results_schema = "sqrtn.results/1";
constexpr const char* backends_schema = "sqrtn.backends/1";

AnyDocument read(const JsonInput& json) {
  const JsonInput schema = json["schema"];
  const std::string word = schema.is_null() ? "" : schema.text();
  if (is_schema(word, results_schema)) return read_results(json);
  if (is_schema(word, backends_schema)) return read_libraries(json);
  schema.refuse(
      "\"sqrtn.results/1\", the results of sqrtn run, verify, bench, propagate or reproduce, or \"sqrtn.backends/1\"");
}

}  // namespace

claims::Verdict read_verdict(const JsonInput& json) {
  const std::string word = json.text();
  for (const auto verdict :
       {claims::Verdict::pass, claims::Verdict::fail, claims::Verdict::inconclusive, claims::Verdict::skipped}) {
    if (word == claims::to_string(verdict)) return verdict;
  }
  json.refuse("pass, fail, inconclusive or skipped");
}

std::string read_word(const JsonInput& json) {
  std::string word = json.text();
  if (word.empty()) json.refuse("a string that is not empty");
  return word;
}

std::vector<std::string> read_words(const JsonInput& json) {
  std::vector<std::string> words;
  for (const JsonInput& word : json.elements()) words.push_back(word.text());
  return words;
}

Note read_note(const JsonInput& json) {
  const std::string text = json.text_or_empty();
  if (text.empty()) return {};
  if (text.starts_with("wrong answer")) return {NoteKind::wrong_answer, text};
  if (text.starts_with("left out")) return {NoteKind::left_out, text};
  if (text.starts_with("hard limit")) return {NoteKind::cut_short, text};
  return {text.ends_with("not ranked") ? NoteKind::busy_threads : NoteKind::idle_threads, text};
}

blas::Identity read_identity(const JsonInput& json) {
  blas::Identity identity{.name = read_word(json["name"]),
                          .file_name = read_word(json["file_name"]),
                          .soname = json["soname"].text_or_empty(),
                          .sha256 = json["sha256"].text_or_empty(),
                          .version = json["version"].text_or_empty(),
                          .kernel = json["kernel"].text_or_empty(),
                          .threading = json["threading"].text_or_empty(),
                          .integer_bits = json["integer_bits"].integer<int>()};
  if (!json["interface"].is_null()) identity.interface = json["interface"].text();
  return identity;
}

AnyDocument parse_any(std::string_view text, const std::string& name) {
  const nlohmann::ordered_json parsed = parse_json(text, name);
  return read(JsonInput(parsed, name));
}

AnyDocument read_any(const std::string& path) { return parse_any(read_text(path), path); }

Document parse_document(std::string_view text, const std::string& name) {
  const nlohmann::ordered_json parsed = parse_json(text, name);
  const JsonInput json(parsed, name);
  const JsonInput schema = json["schema"];
  if (!is_schema(schema.is_null() ? "" : schema.text(), results_schema)) {
    schema.refuse("\"sqrtn.results/1\", the results of sqrtn run, verify, bench, propagate or reproduce");
  }
  return read_results(json);
}

Document read_document(const std::string& path) { return parse_document(read_text(path), path); }

}  // namespace sqrtn::results
