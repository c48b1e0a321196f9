#include "blas/call.hpp"

#include <ffi.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "blas/operations.hpp"

namespace sqrtn::blas {
namespace {

using What = Argument::What;

bool is_flag(What what) { return what < What::length; }
bool is_number(What what) { return what == What::length || what == What::leading || what == What::increment; }

enum class Returns { nothing, real, complex, index };

Returns returned_by(const Operation& operation, char type) {
  if (operation.outputs.front().operand != '=') return Returns::nothing;
  if (is_search(operation)) return Returns::index;
  return is_complex(type) && operation.pattern.front() == '?' ? Returns::complex : Returns::real;
}

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
  static constexpr std::size_t most = 24;  // gemm has 14, and Fortran's lengths of characters after them
  ffi_type* integer_;
  unsigned n_ = 0, n_addresses_ = 0;
  std::array<ffi_type*, most> types_{};
  std::array<void*, most> places_{}, addresses_{};
};

bool is_real(const Operation& operation, char type, char scalar) {
  return !is_complex(type) || operation.real_scalars.find(scalar) != std::string_view::npos;
}

ffi_type* real_type(char type) { return type == 's' || type == 'c' ? &ffi_type_float : &ffi_type_double; }

void call_c(void* function, int integer_bits, const Call& call) {
  Arguments arguments(integer_bits);
  const std::vector<Argument>& described = call.operation.arguments;
  const std::int64_t layout = call.row_major ? 101 : 102;
  std::array<std::int64_t, 4> flags{};
  std::size_t n_flags = 0;
  if (has_matrix(call.operation)) arguments.add(&ffi_type_sint32, &layout);
  for (std::size_t i = 0; i < described.size(); ++i) {
    const auto& [what, of] = described[i];
    const Value& value = call.values[i];
    if (is_flag(what)) {
      flags.at(n_flags) = c_flag(value.integer);
      arguments.add(&ffi_type_sint32, &flags.at(n_flags++));
    } else if (is_number(what)) {
      arguments.add_integer(value.integer);
    } else if (what == What::scalar && is_real(call.operation, call.type, of)) {
      arguments.add(real_type(call.type), value.address);
    } else {
      arguments.add_address(value.address);
    }
  }
  const Returns returns = returned_by(call.operation, call.type);
  if (returns == Returns::complex) arguments.add_address(call.result);
  ffi_type* const returned = returns == Returns::real    ? real_type(call.type)
                             : returns == Returns::index ? &ffi_type_uint64
                                                         : &ffi_type_void;
  arguments.call(function, returned, call.result);
}

/// Everything by address, and the lengths of the characters after all else.
void call_fortran(void* function, int integer_bits, const Call& call) {
  Arguments arguments(integer_bits);
  const std::vector<Argument>& described = call.operation.arguments;
  static constexpr std::size_t one = 1;
  std::array<char, 4> letters{};
  std::size_t n_letters = 0;
  for (std::size_t i = 0; i < described.size(); ++i) {
    const What what = described[i].what;
    const Value& value = call.values[i];
    if (is_flag(what)) {
      letters.at(n_letters) = static_cast<char>(value.integer & ~0x20);  // upper case
      arguments.add_pointer_to(&letters.at(n_letters++));
    } else if (is_number(what)) {
      arguments.add_pointer_to(&value.integer);
    } else {
      arguments.add_address(value.address);
    }
  }
  for (std::size_t i = 0; i < n_letters; ++i) arguments.add(&ffi_type_uint64, &one);
  const Returns returns = returned_by(call.operation, call.type);
  std::int64_t index = 0;
  if (returns == Returns::index) {
    arguments.call(function, &ffi_type_sint64, &index);
    *static_cast<std::int64_t*>(call.result) = (integer_bits == 64 ? index : static_cast<std::int32_t>(index)) - 1;
    return;
  }
  arguments.call(function, returns == Returns::real ? real_type(call.type) : &ffi_type_void, call.result);
}

/// Asks for each name once: the proof whose function it is goes through all that the process has loaded.
SymbolLookup remembered(const SymbolLookup& look_up) {
  struct Known {
    std::mutex mutex;
    std::map<std::string, void*> addresses;
  };
  return [look_up, known = std::make_shared<Known>()](const std::string& name) {
    const std::lock_guard lock(known->mutex);
    const auto [found, is_new] = known->addresses.try_emplace(name);
    if (is_new) found->second = look_up(name);
    return found->second;
  };
}

}  // namespace

std::string routine_of_c(const Operation& operation, char type) {
  return name_of(operation, type) + (returned_by(operation, type) == Returns::complex ? "_sub" : "");
}

bool is_called_by_fortran(const Operation& operation, char type) {
  return !operation.of_c_alone && returned_by(operation, type) != Returns::complex;
}

std::int64_t c_flag(std::int64_t letter) {
  switch (letter) {
    case 'N':
      return 111;
    case 'T':
      return 112;
    case 'C':
      return 113;
    case 'U':
      return 121;
    case 'L':
      return 122;
    case 'n':
      return 131;
    case 'u':
      return 132;
    case 'l':
      return 141;
    case 'r':
      return 142;
    default:
      throw std::logic_error("no flag of the BLAS has this letter");
  }
}

std::vector<Interface> interfaces_of(const SymbolLookup& library, const Naming& naming, int integer_bits) {
  const SymbolLookup look_up = remembered(library);
  const auto c_symbol = [naming](const Operation& o, char type) { return naming.c(routine_of_c(o, type)); };
  const auto fortran_symbol = [naming](const Operation& o, char type) { return naming.fortran(name_of(o, type)); };
  std::vector<Interface> interfaces{
      {.of_c = true,
       .has = [=](const Operation& o, char type) { return look_up(c_symbol(o, type)) != nullptr; },
       .call = [=](const Call& call) { call_c(look_up(c_symbol(call.operation, call.type)), integer_bits, call); },
       .symbol = c_symbol},
      {.of_c = false,
       .has = [=](const Operation& o,
                  char type) { return is_called_by_fortran(o, type) && look_up(fortran_symbol(o, type)) != nullptr; },
       .call =
           [=](const Call& call) {
             call_fortran(look_up(fortran_symbol(call.operation, call.type)), integer_bits, call);
           },
       .symbol = fortran_symbol}};
  std::erase_if(interfaces, [](const Interface& interface) {
    return std::ranges::none_of(operations(), [&](const Operation& operation) {
      return std::ranges::any_of(operation.types, [&](char type) { return interface.has(operation, type); });
    });
  });
  return interfaces;
}

}  // namespace sqrtn::blas
