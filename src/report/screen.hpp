#pragma once

#include <string>
#include <vector>

#include "report/libraries.hpp"
#include "results/document.hpp"

/// What a terminal shows of a document.
namespace sqrtn::report {

/// The claims with their laws and sources, none of them judged.
std::string claims_list(const std::vector<claims::Claim>& claims);

/// Every claim with its figures, what failed, and the verdict last, where a terminal shows it.
std::string claims_text(const results::Document& document);

/// What fits on a screen: the verdicts first, what failed, the speeds; the claims are in the folder.
std::string run_text(const results::Document& document, const results::Libraries& comparison,
                     const std::string& folder);

}  // namespace sqrtn::report
