#pragma once

#include <string>

#include "claims/weights/inspection.hpp"
#include "report/table.hpp"

/// What `sqrtn inspect` found, for people and for programs.
namespace sqrtn::report {

/// Whether it has a fault, or what was asserted of it fails.
bool is_faulty(const claims::weights::Judged& judged);

/// A tensor a line.
Table inspection_table(const claims::weights::Inspection& inspection);
Table change_table(const std::vector<claims::weights::Change>& changes);

/// The lines below the table: how many of each word, what was not judged, what is wrong, which tensors are untouched
/// draws among others that are not.
std::string inspection_summary(const claims::weights::Inspection& inspection);

}  // namespace sqrtn::report
