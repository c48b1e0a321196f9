#pragma once

#include <string>
#include <vector>

#include "command/shapes.hpp"
#include "results/document.hpp"
#include "sqrtn/blas/backend.hpp"
#include "sqrtn/claims/claim.hpp"

/// What verify, bench and run do in common, one step a function.
namespace sqrtn::command {

/// The claims whose id matches the filter, in their order.
/// Throws: std::invalid_argument for a malformed filter.
std::vector<claims::Claim> matching_claims(const claims::Settings& settings, const std::string& filter);

/// The same of claims about shapes of one's own, if there are any or ids name some; of those that ids name, if there
/// are any. Throws: as for_asked_shapes and claims_of_shape too.
std::vector<claims::Claim> chosen_claims(const claims::Settings& settings, const std::string& filter,
                                         const ShapeOptions& shapes, const std::vector<std::string>& ids);

/// Whether each of the ids has been measured.
bool all_measured(const std::vector<std::string>& ids, const std::vector<results::Measurement>& measurements);

/// What the library did beside answering makes the document's verdict fail.
void add_incidents(results::Document& document, const std::vector<results::Incident>& incidents);

/// A document of this machine and library, with the verdict over the claims.
results::Document make_document(const results::BlasRecord& blas, std::vector<std::string> command, std::uint64_t seed,
                                std::vector<claims::Result> claims, std::vector<results::Measurement> measurements);
results::Document make_document(const blas::Backend& backend, std::vector<std::string> command, std::uint64_t seed,
                                std::vector<claims::Result> claims, std::vector<results::Measurement> measurements);

/// Shows `text`, then writes the document to the file of --json, if there is one; alone if that is standard output.
void deliver(const nlohmann::ordered_json& content, const std::string& json, const std::string& text);
void deliver(const results::Document& document, const std::string& json, const std::string& text);

/// A line on standard error that the filter matched nothing, with the remedy.
/// Returns: the exit code for it.
int nothing_matches(const std::string& what, const std::string& filter, const std::string& subcommand);

/// The exit code that a verdict over claims stands for; skipped: nothing was measured.
int exit_code(claims::Verdict verdict);

}  // namespace sqrtn::command
