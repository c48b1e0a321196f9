#pragma once

#include <string>
#include <vector>

#include "report/table.hpp"
#include "results/libraries.hpp"

/// The answer before the tables: which library is the fastest that is right, and what is to be known of each.
namespace sqrtn::report {

/// A setting and the fastest of the libraries that are right there, in words.
struct Fastest {
  std::string setting;  ///< "gemm and gemv f32, 1 thread"
  std::string library;  ///< "": none is right there
  std::string margin;   ///< "1.08 [1.05, 1.10] times as fast as blis-serial"; "" where it is the only one
  std::string faster;   ///< "atlas, unsafe there, is 1.2 times as fast"; "" if no other is faster
};

/// By type and threads, of the libraries that are right for finite data in what was timed, whatever they get wrong
/// elsewhere.
std::vector<Fastest> fastest_libraries(const Libraries& libraries);

/// One line a library: its word and in how many of the routines that were judged it is due, its speed as a multiple of
/// the fastest's by type and threads, and what it gets wrong.
Table answer_table(const Libraries& libraries);

/// By routine, type and threads: the place and the speed as a multiple of the fastest's, or "wrong".
Table rank_table(const Libraries& libraries);

/// What a library gets wrong, the worst first: "is not safe from several threads (all routines); …". "" if nothing.
std::string complaints_of(const Library& library);

/// What stands against the answer, a sentence each: that something else ran while the libraries were timed, and that a
/// quick run left claims out.
std::vector<std::string> caveats(const Libraries& libraries);

}  // namespace sqrtn::report
