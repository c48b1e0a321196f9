#include "results/read_fields.hpp"

namespace sqrtn::results {

void check_word(const JsonInput& json, std::optional<claims::Word> follows) {
  if (json.is_null() || json.text() == word_text(follows)) return;
  json.refuse(fmt::format("\"{}\", which follows from its claims and incidents", word_text(follows)));
}

namespace {

/// The first version of the documents told the kind of a note by its words alone.
NoteKind first_kind(const std::string& text) {
  if (text.empty()) return NoteKind::none;
  if (text.starts_with("wrong answer")) return NoteKind::wrong_answer;
  if (text.starts_with("left out")) return NoteKind::left_out;
  if (text.starts_with("hard limit")) return NoteKind::cut_short;
  return text.ends_with("not ranked") ? NoteKind::busy_threads : NoteKind::idle_threads;
}

}  // namespace

void Reader::operator()(const char* name, Note& note) {
  note.text = json_[name].text_or_empty();
  note.kind = first_kind(note.text);
  if (!json_["note_kind"].is_null()) (*this)("note_kind", note.kind, note_kinds);
}

std::string Reader::alternatives(const rule::Enum& values) {
  return fmt::format("{} or {}", fmt::join(values.words.first(values.words.size() - 1), ", "), values.words.back());
}

std::optional<statistics::Interval> Reader::ends(const JsonInput& low, const JsonInput& high, double least) {
  if (low.is_null() && high.is_null()) return std::nullopt;
  const statistics::Interval interval{low.number_or_none(least).value_or(unknown),
                                      high.number_or_none(least).value_or(unknown)};
  if (interval.low > interval.high) low.refuse(fmt::format("a number not above {}", interval.high));
  return interval;
}

}  // namespace sqrtn::results
