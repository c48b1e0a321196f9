#include "blas/loaded_library.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <vector>

namespace sqrtn::blas {
namespace {

/// The strings of one tag (DT_NEEDED, DT_SONAME) in an object's dynamic section.
std::vector<std::string_view> strings_of(const link_map* object, ElfW(Sxword) tag) {
  const char* table = nullptr;
  for (const ElfW(Dyn)* entry = object->l_ld; entry->d_tag != DT_NULL; ++entry) {
    // The loader has relocated this address, but not where the section is read-only (the vDSO).
    if (entry->d_tag != DT_STRTAB) continue;
    const ElfW(Addr) base = entry->d_un.d_ptr < object->l_addr ? object->l_addr : 0;
    table = reinterpret_cast<const char*>(base + entry->d_un.d_ptr);  // NOLINT(performance-no-int-to-ptr)
  }
  std::vector<std::string_view> strings;
  for (const ElfW(Dyn)* entry = object->l_ld; table != nullptr && entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == tag) strings.emplace_back(table + entry->d_un.d_val);
  }
  return strings;
}

/// Whether `object` answers to a DT_NEEDED entry: by SONAME, by path, or by the name of its file.
bool answers_to(const link_map* object, std::string_view needed) {
  const auto sonames = strings_of(object, DT_SONAME);
  const std::string_view path = object->l_name;
  return std::find(sonames.begin(), sonames.end(), needed) != sonames.end() || path == needed ||
         path.substr(path.rfind('/') + 1) == needed;
}

const link_map* object_of(const void* address) {
  Dl_info info{};
  void* object = nullptr;
  return dladdr1(address, &info, &object, RTLD_DL_LINKMAP) != 0 ? static_cast<const link_map*>(object) : nullptr;
}

}  // namespace

LoadedLibrary::LoadedLibrary(void* handle) {
  if (handle != nullptr) handle_ = {handle, dlclose};
}

LoadedLibrary LoadedLibrary::open(const std::string& name, std::string& error) {
  LoadedLibrary library(dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL));
  if (!library) error = dlerror();
  return library;
}

LoadedLibrary LoadedLibrary::open_if_present(const std::string& name, std::string& /*error*/) {
  return LoadedLibrary(dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD));
}

void* LoadedLibrary::address(const char* name) const { return dlsym(handle_.get(), name); }

const link_map* LoadedLibrary::map() const {
  link_map* map = nullptr;
  dlinfo(handle_.get(), RTLD_DI_LINKMAP, &map);
  return map;
}

bool LoadedLibrary::defines(const void* address) const { return address != nullptr && object_of(address) == map(); }

bool LoadedLibrary::provides(const void* address) const {
  const link_map* const owner = object_of(address);
  const link_map* first = map();
  std::vector<const link_map*> closure{first};
  while (first->l_prev != nullptr) first = first->l_prev;
  for (std::size_t i = 0; i < closure.size(); ++i) {
    if (closure[i] == owner) return true;
    for (std::string_view needed : strings_of(closure[i], DT_NEEDED)) {
      for (const link_map* object = first; object != nullptr; object = object->l_next) {
        const bool known = std::find(closure.begin(), closure.end(), object) != closure.end();
        if (!known && answers_to(object, needed)) closure.push_back(object);
      }
    }
  }
  return false;
}

std::string LoadedLibrary::soname() const {
  const auto names = strings_of(map(), DT_SONAME);
  return names.empty() ? std::string() : std::string(names.front());
}

std::string LoadedLibrary::path() const {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::canonical(map()->l_name, error);
  return error ? map()->l_name : path.string();
}

std::string owner_of(const void* address) {
  const link_map* const object = object_of(address);
  return object != nullptr ? object->l_name : "";
}

}  // namespace sqrtn::blas
