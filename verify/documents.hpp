#pragma once

#include <filesystem>
#include <vector>

#include "report/libraries.hpp"
#include "results/document.hpp"

/// Results documents to test readers, comparisons and pages with.
namespace sqrtn::verify {

/// A small document with every field set somewhere and unset elsewhere: claims of three verdicts, a
/// measurement with and one without a ceiling, a finding, deep chains, text that markup would interpret.
results::Document synthetic_document();

/// Every BLAS of the machine of that document: one that passed, the default, one that failed and one that cannot be
/// used; with times, properties and text that markup would interpret.
results::Libraries synthetic_libraries();

/// The results.json and reproduced.json of the checkout that this was built from.
std::vector<std::filesystem::path> published_documents();
/// Its backends.json.
std::vector<std::filesystem::path> published_libraries();

/// The files that the fuzz target begins with, and those that it once found something by.
std::vector<std::filesystem::path> fuzz_corpus();

}  // namespace sqrtn::verify
