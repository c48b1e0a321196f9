#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "claims/weights/inspection.hpp"

/// What `sqrtn inspect` found, as a document.
namespace sqrtn::results {

inline constexpr const char* inspection_schema = "sqrtn.inspection";

struct InspectionDocument {
  claims::weights::Inspection inspection;
  std::vector<claims::weights::Change> changes;  ///< empty: nothing was compared
};

/// Schema "sqrtn.inspection/1": of each tensor its word, laws, rules, findings and, where one was asked for, what its
/// picture shows.
nlohmann::ordered_json to_json(const InspectionDocument& document);

/// The document that `text` holds, under the rules of read.hpp: to_json of it equals what was read.
/// **limits**: 64 MiB, four million values; a picture holds at most 32 bins and 64 singular values.
/// Throws: std::invalid_argument, also for a word that the laws of its tensor do not bear out.
InspectionDocument parse_inspection(std::string_view text, const std::string& name);

}  // namespace sqrtn::results
