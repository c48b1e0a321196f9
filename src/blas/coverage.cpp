#include "blas/coverage.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include "blas/call.hpp"
#include "blas/operations.hpp"

namespace sqrtn::blas {
namespace {

/// Routines of the standard and of widespread libraries that no description covers, by Fortran's names; ? is a type.
/// Source: "Basic Linear Algebra Subprograms Technical Forum Standard", ch. 2 and annex B; OpenBLAS's and MKL's lists.
constexpr std::array<std::string_view, 9> others{"?imatcopy", "?omatcopy",   "?omatcopy2",
                                                 "i?max",     "i?min",       "sbgemmt",
                                                 "shgemv",    "?gemm_batch", "?gemm_batch_strided"};

/// Names that are C's for something else than a routine.
constexpr std::array<std::string_view, 2> no_routines{"xerbla", "errprn"};

/// What MKL adds to each routine's name for 64-bit integers and for compilers of Fortran, the longest first.
constexpr std::array<std::string_view, 3> other_endings{"_64_", "_64", "_"};

/// More are no library's: a file may say anything.
constexpr std::size_t most = 300, longest = 40;

bool is_plain(std::string_view name) {
  return name.size() <= longest && std::ranges::all_of(name, [](char letter) {
           return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_';
         });
}

/// What stands between, if the name begins and ends so.
std::optional<std::string_view> inside(std::string_view name, std::string_view prefix, std::string_view suffix) {
  if (name.size() <= prefix.size() + suffix.size() || !name.starts_with(prefix) || !name.ends_with(suffix)) return {};
  name.remove_prefix(prefix.size());
  name.remove_suffix(suffix.size());
  return name;
}

bool is_type(char letter) { return std::string_view("sdcz").find(letter) != std::string_view::npos; }

bool fits(std::string_view name, std::string_view pattern) {
  return std::ranges::equal(
      name, pattern, [](char letter, char expected) { return expected == '?' ? is_type(letter) : letter == expected; });
}

/// A routine without the letter of its type, and where the letter was; as it is if none of its letters is one.
std::pair<std::string, char> stem_of(const std::string& name) {
  const std::size_t at = name.starts_with('i') && !name.starts_with("imat") ? 1 : 0;
  if (at >= name.size() || !is_type(name[at])) return {name, ' '};
  std::string stem = name;
  stem.erase(at, 1);
  return {stem, name[at]};
}

/// "..._64" for names that only differ so from others, of which it is enough to know that they are there.
std::set<std::string> without_other_endings(const std::set<std::string>& names,
                                            const std::set<std::string, std::less<>>& known) {
  std::set<std::string> words;
  for (const std::string& name : names) {
    const auto ending = std::ranges::find_if(other_endings, [&](std::string_view one) {
      const std::optional<std::string_view> begin = inside(name, "", one);
      return begin && (known.contains(*begin) || names.contains(std::string(*begin)));
    });
    words.insert(ending == other_endings.end() ? name : fmt::format("...{}", *ending));
  }
  return words;
}

}  // namespace

Coverage coverage_of(const std::set<std::string, std::less<>>& symbols, const Naming& naming) {
  const auto is_exported = [&symbols](const std::string& name) { return symbols.contains(name); };
  std::set<std::string, std::less<>> known;
  Coverage coverage;
  for (const Operation& operation : operations()) {
    for (const char type : operation.types) {
      const bool has = is_exported(naming.c(routine_of_c(operation, type))) ||
                       (is_called_by_fortran(operation) && is_exported(naming.fortran(name_of(operation, type))));
      if (has) known.insert({name_of(operation, type), routine_of_c(operation, type)});
      coverage.n_described += has ? 1 : 0;
    }
  }
  std::set<std::string> missing;
  const std::string prefix = Naming{naming.prefix, "", ""}.c("");
  for (const std::string& symbol : symbols) {
    const auto of_c = inside(symbol, prefix, naming.c_suffix);
    const auto of_fortran = inside(symbol, naming.prefix, naming.fortran_suffix);
    if (of_c && std::ranges::find(no_routines, *of_c) == no_routines.end()) missing.emplace(*of_c);
    if (of_fortran && std::ranges::any_of(others, [&](std::string_view one) { return fits(*of_fortran, one); })) {
      missing.emplace(*of_fortran);
    }
  }
  std::erase_if(missing, [&known](const std::string& name) { return known.contains(name) || !is_plain(name); });
  for (const std::string& name : without_other_endings(missing, known)) {
    if (coverage.not_described.size() < most) coverage.not_described.push_back(name);
  }
  return coverage;
}

std::vector<std::string> by_routine(const std::vector<std::string>& names) {
  std::map<std::string, std::string> types;
  for (const std::string& name : names) {
    const auto [stem, type] = stem_of(name);
    types[stem] += type;
  }
  std::vector<std::string> words;
  for (const std::string& name : names) {
    const auto [stem, type] = stem_of(name);
    const std::string& letters = types.at(stem);
    if (letters.size() == 1) words.push_back(name);
    if (letters.size() > 1 && letters.front() == type)
      words.push_back(fmt::format("{} ({})", stem, fmt::join(letters, " ")));
  }
  return words;
}

}  // namespace sqrtn::blas
