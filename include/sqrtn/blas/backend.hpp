#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sqrtn/blas/functions.hpp"
#include "sqrtn/blas/interface.hpp"

namespace sqrtn::blas {

/// What a loaded library says of itself, and what its file is.
struct Identity {
  std::string name;                 ///< as asked for: "openblas", "openblas@Haswell", or the file name of a path
  std::string file_name;            ///< after links, without folders: "libopenblasp-r0.3.21.so"
  std::string soname;               ///< DT_SONAME, empty if none
  std::string sha256;               ///< of the file, lower-case hex
  std::string version;              ///< self-reported, empty if it has no such call
  std::string kernel;               ///< self-reported core type, "SkylakeX"; empty if none
  std::string threading;            ///< "pthread", "openmp", "serial" or empty
  int integer_bits = 32;            ///< width of its BLAS integers, as its functions read them
  std::string interface = "cblas";  ///< through which it is called; "fortran" where it has no other
  std::string naming;               ///< what it calls dgemm there: "scipy_cblas_dgemm64_"
  std::size_t routines = 0;         ///< those, with their types, that claims judge; 0: not known
  /// What it exports beside these, that looks like a routine of the BLAS: "drotg".
  std::vector<std::string> not_judged;
};

/// Whether Backend::load needs this word alone: a path, a SONAME, or a short name that the loader has a library for.
bool is_name_or_path(std::string_view word);

/// One BLAS library, opened with dlopen and local scope. A process loads exactly one: loading a
/// second, different one throws. The functions' addresses are proved by dladdr to come from that
/// file or from its own dependencies, never from another BLAS in the process.
class Backend {
 public:
  /// `name_or_path`: "openblas" (default), another library's short name ("blis", "atlas",
  /// "reference", "mkl"), a SONAME ("libblas.so.3"), or a path (contains '/'); each may end in "@KERNEL", the
  /// library's own name of the kernels that it shall use (OPENBLAS_CORETYPE, MKL_ENABLE_INSTRUCTIONS).
  /// Throws: std::invalid_argument, one line with the input and the remedy: no such library, not a
  /// regular file, not a shared library, for another machine, needed symbols missing (names them),
  /// symbols from another BLAS, kernels that it does not report to use then, or a second library in this process.
  static Backend load(std::string_view name_or_path = "openblas");

  /// The first call reads the whole file, for its SHA-256.
  [[nodiscard]] const Identity& identity() const;
  /// As in identity(), at no cost.
  [[nodiscard]] const std::string& file_name() const;
  [[nodiscard]] const Functions& functions() const;
  /// To all routines of the BLAS that the library has.
  [[nodiscard]] std::vector<Interface> interfaces() const;

  /// Asks the library for `threads` ≥ 1 threads and returns what it reads back; libraries without
  /// thread control return 1 and change nothing.
  int set_threads(int threads) const;
  /// As read back; 1 for libraries without thread control.
  [[nodiscard]] int threads() const;
  /// Whether the library lets its number of threads be set.
  [[nodiscard]] bool has_thread_control() const;

 private:
  struct State;
  explicit Backend(std::shared_ptr<const State> state);
  static std::set<std::string, std::less<>> exported(const State& state);
  std::shared_ptr<const State> state_;
};

}  // namespace sqrtn::blas
