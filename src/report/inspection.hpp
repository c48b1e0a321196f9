#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "claims/weights/inspection.hpp"
#include "report/table.hpp"

/// What `sqrtn inspect` found, for people and for programs.
namespace sqrtn::report {

/// A tensor a line.
Table inspection_table(const claims::weights::Inspection& inspection);
Table change_table(const std::vector<claims::weights::Change>& changes);

/// The lines below the table: how many of each word, what was not judged, what is wrong, which tensors are untouched
/// draws among others that are not.
std::string inspection_summary(const claims::weights::Inspection& inspection);

nlohmann::ordered_json inspection_json(const claims::weights::Inspection& inspection,
                                       const std::vector<claims::weights::Change>& changes);

}  // namespace sqrtn::report
