#pragma once

#include <string>
#include <vector>

/// Which BLAS libraries are on this machine, whoever installed them.
namespace sqrtn::blas {

/// A shared library with the functions of a BLAS, or one that is damaged.
struct Found {
  std::string path;    ///< of the file, links followed
  std::string soname;  ///< empty if none
  std::string vendor;  ///< by symbols that only it has: "openblas", "blis", "atlas", "gsl", "reference", …
};

/// The libraries in the usual folders and their subfolders, /etc/alternatives, LD_LIBRARY_PATH, the loader's
/// cache, the folders of the active Python, of Conda, R and Julia, and in `search`: folders, of which every file counts
/// whatever its name, or files. Files are judged by their symbol tables; none of their code runs. Links to one file,
/// and copies of it, count once; so do several interfaces to one library (libblas.so.3 on top of libopenblas.so.0; the
/// three of ATLAS on top of libatlas.so.3), of which the library itself stands, or else the one with most functions.
/// What lies in `search` and is no whole library for this machine, though it was meant to be one by its first bytes or
/// its name, is returned as well: loading it tells why it cannot be used.
/// Returns: sorted by vendor and path, the system's first. Throws: std::invalid_argument if an entry of `search` does
/// not exist, or is a file and no shared library.
std::vector<Found> discover(const std::vector<std::string>& search = {});

}  // namespace sqrtn::blas
