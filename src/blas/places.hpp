#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// Where libraries lie.
namespace sqrtn::blas {

/// Whether a file of that name may be a BLAS: "libopenblas.so.0".
bool is_telling(const std::string& name);

/// What a folder holds; nothing if it cannot be read.
std::vector<std::filesystem::path> entries(const std::filesystem::path& folder);

/// The file that the shell runs by that name, and the library that the loader opens by that name.
std::optional<std::filesystem::path> program_on_path(const std::string& name);
std::optional<std::filesystem::path> library_of_loader(const std::string& name);

/// Which kind of ELF file one says that it is (ET_DYN, ET_EXEC …); ET_NONE if it ends before, nullopt if it is none.
std::optional<int> elf_type(const std::filesystem::path& path);

/// Whether a file begins as programs and libraries do.
inline bool is_elf(const std::filesystem::path& path) { return elf_type(path).has_value(); }

/// The shared libraries that were asked for, by file or by folder.
/// Throws: std::invalid_argument if an entry does not exist, or is a file and no shared library.
std::vector<std::filesystem::path> asked_for(const std::vector<std::string>& search);

/// Files whose names tell, in the usual places, and those that were asked for.
std::vector<std::filesystem::path> places(const std::vector<std::string>& search);

}  // namespace sqrtn::blas
