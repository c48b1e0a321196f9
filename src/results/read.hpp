#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "results/document.hpp"
#include "results/libraries.hpp"

/// Results documents as they come back from outside. Nothing in them is trusted: a document is taken
/// whole or refused with one line that names the file and the field.
namespace sqrtn::results {

/// The document that `text` holds: to_json of it equals what was read, but for fields that this version
/// does not know. Claims have no check; a document says only what was found.
/// `name`: what messages call the text.
/// **limits**: 64 MiB, a million values, 16 levels, 64 KiB a string; then it takes below 400 MiB.
/// Throws: std::invalid_argument for what is not strict JSON (NaN included), another schema than
/// "sqrtn.results/1", a field of a wrong type or out of range ("results.json: claims[12].p_value:
/// expected a number between 0 and 1, got "x""), an id that stands twice, or a verdict that the claims
/// do not bear out.
Document parse_document(std::string_view text, const std::string& name);

/// The same of a file. Throws also std::system_error if it cannot be read; a file above the limit is
/// refused before it is read.
Document read_document(const std::string& path);

/// Whether the text's beginning names that schema, "sqrtn.screen": a look by which to choose a reader.
bool names_schema(std::string_view text, std::string_view schema);

/// The document of a run, or every BLAS of a machine ("sqrtn.backends/1", backends.json), as its schema says.
using AnyDocument = std::variant<Document, Libraries>;

/// **limits**: as above, and 256 libraries that were timed at 2,000 products. A list of `sqrtn backends` is taken as
/// libraries that were not judged.
/// Throws: as parse_document; a library's verdict must follow from its claims and incidents.
AnyDocument parse_any(std::string_view text, const std::string& name);

/// The same of a file, as read_document.
AnyDocument read_any(const std::string& path);

}  // namespace sqrtn::results
