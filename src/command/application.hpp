#pragma once

namespace sqrtn::command {

/// Does what the words after the program's name ask for, `sqrtn verify --blas blis`; what cannot be done is said in one
/// line on standard error. Returns: the exit code. A closed pipe ends the process, as it ends other programs.
int run_application(int argc, char** argv);

}  // namespace sqrtn::command
