#pragma once

#include <filesystem>
#include <vector>

#include "sqrtn/report/record.hpp"

/// Results documents to test readers, comparisons and pages with.
namespace sqrtn::verify {

/// A small document with every field set somewhere and unset elsewhere: claims of three verdicts, a
/// measurement with and one without a ceiling, a finding, text that markup would interpret.
report::Document synthetic_document();

/// The results.json and reproduced.json of the checkout that this was built from.
std::vector<std::filesystem::path> published_documents();

/// The files that the fuzz target begins with, and those that it once found something by.
std::vector<std::filesystem::path> fuzz_corpus();

}  // namespace sqrtn::verify
