#pragma once

#include <string>
#include <vector>

#include "libraries/children.hpp"

namespace sqrtn::command {

/// The BLAS libraries that a program, library, process or package gets, the first of which its calls go to, each asked
/// in a child what it is. Throws: as blas::linked_blas.
std::vector<libraries::Candidate> linked_backends(const std::string& of);

/// "numpy gets one BLAS:", or that there are several and what that means.
std::string linked_text(const std::string& of, const std::vector<libraries::Candidate>& backends);

}  // namespace sqrtn::command
