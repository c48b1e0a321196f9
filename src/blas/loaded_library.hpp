#pragma once

#include <link.h>

#include <memory>
#include <string>

/// A shared library in this process, and which object a symbol really comes from.
namespace sqrtn::blas {

class LoadedLibrary {
 public:
  LoadedLibrary() = default;
  /// Opens a path or SONAME with all symbols bound now and kept out of the global scope. Null inside
  /// if that failed, with the loader's one-line reason in `error`.
  ///
  /// Not RTLD_DEEPBIND: it would make the library prefer its own symbols over the program's, malloc
  /// among them, so AddressSanitizer refuses it and an interposed allocator breaks. Instead a process
  /// with another BLAS in its global scope is refused (backend.cpp).
  static LoadedLibrary open(const std::string& name, std::string& error);
  /// As open, but only if the loader has that very file in this process already; no reason is given.
  static LoadedLibrary open_if_present(const std::string& name, std::string& error);

  explicit operator bool() const { return handle_ != nullptr; }
  bool operator==(const LoadedLibrary& other) const { return handle_ == other.handle_; }

  /// The function of that name in the library or its dependencies; nullptr if there is none.
  template <class Function>
  [[nodiscard]] Function* symbol(const char* name) const {
    return reinterpret_cast<Function*>(address(name));
  }
  [[nodiscard]] void* address(const char* name) const;
  /// Whether the library itself, and none of its dependencies, holds `address`.
  [[nodiscard]] bool defines(const void* address) const;
  /// Whether the object that holds `address` is the library or one of its DT_NEEDED dependencies, at
  /// any depth.
  [[nodiscard]] bool provides(const void* address) const;
  /// DT_SONAME, empty if none.
  [[nodiscard]] std::string soname() const;
  /// Path of the library's file, links followed.
  [[nodiscard]] std::string path() const;

 private:
  explicit LoadedLibrary(void* handle);
  [[nodiscard]] const link_map* map() const;
  std::shared_ptr<void> handle_;
};

/// Path of the object that holds `address`, empty if none does.
std::string owner_of(const void* address);

}  // namespace sqrtn::blas
