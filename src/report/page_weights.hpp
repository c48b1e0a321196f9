#pragma once

#include <string>

#include "report/page.hpp"
#include "results/inspection.hpp"

namespace sqrtn::report {

/// "3 tensors: 2 draw, 1 no draw; 0 with a fault", in one line.
std::string verdict_line(const InspectionDocument& document);

/// Weights that were inspected, on the page of results: what each tensor is, those with a fault first, what differs
/// from another file, and the pictures that the document holds: its values beside the law's band, its singular values
/// beside Marchenko and Pastur's law and edges. `name`: of the file; `number` sets apart several on one page.
More page_part(const InspectionDocument& document, const std::string& name, std::size_t number);

}  // namespace sqrtn::report
