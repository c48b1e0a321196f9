#pragma once

#include "report/table.hpp"
#include "results/libraries.hpp"

/// Records for programs, as CSV has them: the fields of the JSON under the same names, numbers in full, unset ones
/// empty, an interval as two columns …_low and …_high. Provenance leads each row, so that the files of several machines
/// can be joined.
namespace sqrtn::report {

Table claim_records(const Document& document);
Table measurement_records(const Document& document);
Table reproduction_records(const Document& document);

/// Every measurement of every library.
Table backend_records(const Libraries& report);

}  // namespace sqrtn::report
