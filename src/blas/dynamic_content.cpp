#include <link.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "blas/file.hpp"
#include "blas/library_file.hpp"

namespace sqrtn::blas {
namespace {

using Header = ElfW(Ehdr);
using Section = ElfW(Shdr);

/// No library has tables of names as large as this; a file that says so is not worth the memory.
constexpr std::size_t largest_table = std::size_t{64} << 20;

/// `count` records of type T at `offset`; nullopt if they do not lie within the file.
template <class T>
std::optional<std::vector<T>> records(const File& file, std::size_t offset, std::size_t count) {
  if (count > largest_table / sizeof(T) || offset > file.size() || count * sizeof(T) > file.size() - offset) return {};
  std::vector<T> content(count);
  if (!file.read(content.data(), count * sizeof(T), offset)) return {};
  return content;
}

/// The tables that hold one dynamic object, by way of its section headers.
class Tables {
 public:
  explicit Tables(const File& file) : file_(file) {
    const auto header = records<Header>(file, 0, 1);
    if (!header || header->front().e_shentsize != sizeof(Section)) return;
    sections_ = records<Section>(file, header->front().e_shoff, header->front().e_shnum).value_or(sections_);
  }

  /// The records of the first section of that type, and the names that they refer to.
  template <class T>
  std::optional<std::vector<T>> of(ElfW(Word) type) {
    const auto section = std::ranges::find(sections_, type, &Section::sh_type);
    if (section == sections_.end() || section->sh_link >= sections_.size()) return {};
    const Section& names = sections_[section->sh_link];
    const auto text = records<char>(file_, names.sh_offset, names.sh_size);
    if (!text) return {};
    names_.assign(text->begin(), text->end());
    return records<T>(file_, section->sh_offset, section->sh_size / sizeof(T));
  }
  /// The name at that place in the names, up to its zero; empty if it has none.
  [[nodiscard]] std::string name(std::size_t at) const {
    const std::size_t end = names_.find('\0', std::min(at, names_.size()));
    return end == std::string::npos ? std::string() : names_.substr(at, end - at);
  }

 private:
  const File& file_;
  std::vector<Section> sections_;
  std::string names_;
};

}  // namespace

std::optional<DynamicContent> dynamic_content(const std::string& path) try {
  require_shared_library(path);
  const File file(path);
  Tables tables(file);
  DynamicContent content;
  const auto entries = tables.of<ElfW(Dyn)>(SHT_DYNAMIC);
  if (!entries) return {};
  for (const auto& entry : *entries) {
    if (entry.d_tag == DT_NULL) break;
    if (entry.d_tag == DT_SONAME) content.soname = tables.name(entry.d_un.d_val);
    if (entry.d_tag == DT_NEEDED) content.needed.push_back(tables.name(entry.d_un.d_val));
  }
  const auto symbols = tables.of<ElfW(Sym)>(SHT_DYNSYM);
  if (!symbols) return {};
  for (const auto& symbol : *symbols) {
    if (symbol.st_shndx != SHN_UNDEF) content.symbols.insert(tables.name(symbol.st_name));
  }
  return content;
} catch (const std::invalid_argument&) {
  return {};
}

}  // namespace sqrtn::blas
