#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/document.hpp"
#include "sqrtn/blas/backend.hpp"
#include "support/process.hpp"

/// Libraries are loaded in children of this program alone, one a process, so that none can harm it.
namespace sqrtn::libraries {

/// What a child of this program answered.
struct Answer {
  std::optional<results::Document> document;  ///< none if it gave none that can be read
  std::string complaint;  ///< what happened in its place, or beside it: how it ended, what it printed
  ProcessEnd::How how = ProcessEnd::How::not_started;  ///< how it ended
  int code = -1;                                       ///< exit status, −1 if it had none
  double cpu_s = 0;                                    ///< processor time that it took
};

/// What a library did where an answer for `place` was expected, as its child told it: "… in `place`".
results::Incident incident_in(const Answer& answer, const std::string& place);

/// Runs `PROGRAM WORDS --json -` and reads what it wrote; nothing that the child does is trusted.
Answer ask(std::vector<std::string> command, const ProcessLimits& limits, const EnvironmentAdditions& environment = {});

/// The same of this very program.
Answer ask_child(std::vector<std::string> words, const ProcessLimits& limits,
                 const EnvironmentAdditions& environment = {});

/// What tells every library, before it is loaded, to start with so many threads.
EnvironmentAdditions started_with(int threads);

/// What a program said first, as a clause of a message: at most 400 bytes, without sqrtn's own name.
std::string first_line(const std::string& text);

/// A BLAS as the commands know it.
struct Candidate {
  std::string name;                           ///< short and unique: "openblas-pthread", "openblas-pthread@Haswell"
  std::string blas;                           ///< what --blas takes: the path of the file, with "@KERNEL" if it has one
  std::string vendor;                         ///< "openblas"
  std::optional<results::BlasRecord> record;  ///< none if it cannot be used
  std::string refusal;                        ///< why not, one line
};

/// All libraries that were found, each asked what it is in a child. With `kernels` also the kernels of each that
/// this processor can run, where the library can be told to use them and then says that it does.
/// Throws: as blas::discover.
std::vector<Candidate> find_backends(const std::vector<std::string>& search, bool kernels);

/// What Backend::load takes for a library that `sqrtn backends` lists by this name: its path, with "@KERNEL" if the
/// name has it. The name itself if load knows it, or nothing is called so.
std::string library_called(const std::string& name);

/// The library that `blas` names first, then those of `names`: "all", or short names as `sqrtn backends` lists
/// them, or vendors ("openblas" is each of its builds); none if it is empty. `kernels`: with the kernels for other
/// processors of those that are chosen.
/// Throws: std::invalid_argument if `blas` cannot be loaded, with the child's own line, or a name is not known.
std::vector<Candidate> choose_backends(const std::string& blas, const std::vector<std::string>& names,
                                       const std::vector<std::string>& search, bool kernels);

/// The library of that name, as library_called has it, loaded into this process.
/// Throws: as Backend::load.
blas::Backend load_library(const std::string& name);

}  // namespace sqrtn::libraries
