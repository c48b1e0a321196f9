#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libraries/children.hpp"
#include "sqrtn/claims/claim.hpp"

/// Claims about a library are judged in children, so that one that crashes, hangs or ends the process is a
/// finding, and everything else goes on.
namespace sqrtn::libraries {

/// What judging one library found.
struct Judged {
  std::vector<claims::Result> claims;  ///< in the order of those asked for; a crash is a claim that failed
  std::vector<claims::Property> properties;
  std::vector<results::Incident> incidents;
  double time_s = 0;
};

struct Judging {
  claims::Settings settings;
  bool identified = true;       ///< its file is read for its SHA-256 and routines, which a parent has done for a child
  bool names_all_calls = true;  ///< that end a child, or the first of each routine alone
  bool properties = false;      ///< one more child is asked for them, if there was no incident before
  /// Of one call. That of the largest product takes 1 s with the slowest library that we know, on a processor that
  /// nobody else uses. Whoever was silent once is waited for half as long.
  double call_limit_s = 10;
  double limit_s = 120;  ///< of all children of one library; claims that it leaves no time are inconclusive
};

/// Judges the claims by children, each asked for some groups of them and for no other. The groups of one that did
/// anything but answer are asked again alone, and the claims of a group that did not answer too, so that the one to
/// blame is known; after `patience` silences no more are.
/// `progress(claims done, group)` is called before each group.
Judged judge_in_children(const Candidate& backend, const std::vector<claims::Claim>& claims, const Judging& judging,
                         const std::function<void(std::size_t, const std::string&)>& progress);

/// One library by name, judged by all the claims, those about sqrtn itself among them.
struct JudgedLibrary {
  results::BlasRecord blas;
  Judged judged;
};

/// What is claimed of the library is judged in children. Throws: as choose_backends.
JudgedLibrary judge_apart(const std::string& blas, const std::vector<claims::Claim>& claims, const Judging& judging);

/// All in this very process with one BLAS thread; the library may end it. Throws: as load_library.
JudgedLibrary judge_in_process(const std::string& blas, const std::vector<claims::Claim>& claims,
                               const Judging& judging);

/// Those of the claims that are about sqrtn itself, in the same way; this process holds no BLAS.
std::vector<claims::Result> judge_own(std::vector<claims::Claim> claims, const claims::Settings& settings);

/// Results in the order of the claims, whichever of the two judged them.
std::vector<claims::Result> in_order(const std::vector<claims::Claim>& claims, std::vector<claims::Result> own,
                                     std::vector<claims::Result> of_library);

}  // namespace sqrtn::libraries
