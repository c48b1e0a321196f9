#pragma once

#include <ffi.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

/// Calls of functions whose arguments are known as data alone, in the platform's own way.
namespace sqrtn::blas {

/// Types and places of the arguments, one after the other. The places stay where they are while more are added.
class Arguments {
 public:
  explicit Arguments(int integer_bits) : integer_(integer_bits == 64 ? &ffi_type_sint64 : &ffi_type_sint32) {}

  void add(ffi_type* type, const void* place) {
    types_.at(n_) = type;
    places_.at(n_++) = const_cast<void*>(place);
  }
  void add_address(void* const& address) { add(&ffi_type_pointer, &address); }
  /// Little-endian: the lower half of a 64-bit integer is the 32-bit one.
  void add_integer(const std::int64_t& integer) { add(integer_, &integer); }
  void add_pointer_to(const void* place) {
    addresses_.at(n_addresses_) = const_cast<void*>(place);
    add_address(addresses_.at(n_addresses_++));
  }
  void call(void* function, ffi_type* returned, void* result) {
    ffi_cif interface;
    if (ffi_prep_cif(&interface, FFI_DEFAULT_ABI, n_, returned, types_.data()) != FFI_OK)
      throw std::logic_error("libffi refuses the types of a call");
    ffi_call(&interface, reinterpret_cast<void (*)()>(function), result, places_.data());
  }

 private:
  static constexpr std::size_t most = 24;  // a strided batch has 18, and Fortran's lengths of characters come last
  ffi_type* integer_;
  unsigned n_ = 0, n_addresses_ = 0;
  std::array<ffi_type*, most> types_{};
  std::array<void*, most> places_{}, addresses_{};
};

inline ffi_type* real_type(char type) { return type == 's' || type == 'c' ? &ffi_type_float : &ffi_type_double; }

/// Two numbers of the type, which calls return as they return a complex one.
class PairType {
 public:
  explicit PairType(char type) : elements_{real_type(type), real_type(type), nullptr} {
    pair_.type = FFI_TYPE_STRUCT;
    pair_.elements = elements_.data();
  }
  ffi_type* get() { return &pair_; }

 private:
  std::array<ffi_type*, 3> elements_;
  ffi_type pair_{};
};

}  // namespace sqrtn::blas
