#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/document.hpp"
#include "samplers/question.hpp"
#include "sqrtn/claims/claim.hpp"
#include "support/filter.hpp"

/// A program that draws weights, judged.
namespace sqrtn::samplers {

struct Judging {
  std::string command;  ///< as a shell takes it
  double answer_limit_s = 20;
  claims::Settings settings;
  Filter filter;  ///< of ids
  /// Through which layers are computed, as libraries::load_library takes it; empty: OpenBLAS, and their claims are
  /// skipped where that is not installed.
  std::optional<std::string> blas;
};

/// A weight of a rule that does not follow it, and what it is instead.
struct Diagnosis {
  std::string rule, dtype, layout;
  std::string why;  ///< "sigma is 0.7071 [0.705, 0.709] x the rule's (1/sqrt(2))"
};

struct Judged {
  Known known;
  std::vector<claims::Result> claims;  ///< the first, sampler/answers, is about the program's answers
  std::vector<Diagnosis> diagnoses;
  std::string blas;  ///< file name of the library through which layers were computed; empty: none was
  std::vector<results::Measurement> speeds;  ///< of each rule and type: the program's, then sqrtn's on one thread
};

/// The claims that would be judged. Throws: as Program::known, and its faults as std::invalid_argument.
std::vector<claims::Claim> claims_for(const Judging& judging);

/// Judges all that the program says it knows. What it does in an answer's place is one finding, sampler/answers, and
/// the claims that met it are inconclusive. Throws: std::invalid_argument if the program cannot be asked anything, or
/// the library that it names cannot be loaded.
Judged judge(const Judging& judging);

}  // namespace sqrtn::samplers
