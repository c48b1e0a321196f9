#include "blas/call.hpp"

#include <ffi.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "blas/added_flags.hpp"
#include "blas/arguments.hpp"
#include "blas/asked_once.hpp"
#include "blas/call_batch.hpp"
#include "blas/complex_result.hpp"
#include "blas/operations.hpp"

namespace sqrtn::blas {
namespace {

using What = Argument::What;

bool is_flag(What what) { return what < What::length; }
bool is_number(What what) { return what == What::length || what == What::leading || what == What::increment; }

enum class Returns { nothing, real, complex, index };

Returns returned_by(const Operation& operation, char type) {
  if (operation.outputs.front().operand != '=') return Returns::nothing;
  if (returns_index(operation)) return Returns::index;
  return returns_complex(operation, type) ? Returns::complex : Returns::real;
}

bool is_real(const Operation& operation, char type, char scalar) {
  return !is_complex(type) || operation.real_scalars.find(scalar) != std::string_view::npos;
}

ffi_type* returned_real(const Operation& operation, char type) {
  return operation.returns_double ? &ffi_type_double : real_type(type);
}

constexpr std::int64_t c_plain = 111;
constexpr char plain = 'N';

void call_c(void* function, int integer_bits, bool has_added_flags, const Call& call) {
  if (call.operation.batch != Batch::none) return call_batch(function, integer_bits, call);
  Arguments arguments(integer_bits);
  const std::vector<Argument>& described = call.operation.arguments;
  const std::int64_t layout = call.row_major ? 101 : 102;
  std::array<std::int64_t, 4> flags{};
  std::size_t n_flags = 0;
  if (has_matrix(call.operation)) arguments.add(&ffi_type_sint32, &layout);
  for (int i = 0; has_added_flags && i < 2; ++i) arguments.add(&ffi_type_sint32, &c_plain);
  for (std::size_t i = 0; i < described.size(); ++i) {
    const auto& [what, of] = described[i];
    const Value& value = call.values[i];
    if (is_flag(what)) {
      flags.at(n_flags) = c_flag(value.integer);
      arguments.add(&ffi_type_sint32, &flags.at(n_flags++));
    } else if (is_number(what)) {
      arguments.add_integer(value.integer);
    } else if (what == What::scalar && is_real(call.operation, call.type, of)) {
      arguments.add(call.operation.half_scalars ? &ffi_type_uint16 : real_type(call.type), value.address);
    } else {
      arguments.add_address(value.address);
    }
  }
  const Returns returns = returned_by(call.operation, call.type);
  if (returns == Returns::complex) arguments.add_address(call.result);
  ffi_type* const returned = returns == Returns::real    ? returned_real(call.operation, call.type)
                             : returns == Returns::index ? &ffi_type_uint64
                                                         : &ffi_type_void;
  arguments.call(function, returned, call.result);
}

/// Everything by address, and the lengths of the characters after all else.
void call_fortran(void* function, int integer_bits, ComplexResult complex_result, bool has_added_flags,
                  const Call& call) {
  Arguments arguments(integer_bits);
  const Returns returns = returned_by(call.operation, call.type);
  const bool by_first = returns == Returns::complex && complex_result == ComplexResult::by_first_argument;
  if (by_first) arguments.add_pointer_to(call.result);
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
  for (int i = 0; has_added_flags && i < 2; ++i, ++n_letters) arguments.add_pointer_to(&plain);
  for (std::size_t i = 0; i < n_letters; ++i) arguments.add(&ffi_type_uint64, &one);
  std::int64_t index = 0;
  if (returns == Returns::index) {
    arguments.call(function, &ffi_type_sint64, &index);
    *static_cast<std::int64_t*>(call.result) = (integer_bits == 64 ? index : static_cast<std::int32_t>(index)) - 1;
    return;
  }
  PairType pair(call.type);
  ffi_type* const returned = returns == Returns::real                   ? returned_real(call.operation, call.type)
                             : returns == Returns::complex && !by_first ? pair.get()
                                                                        : &ffi_type_void;
  arguments.call(function, returned, call.result);
}

/// The table's function of that name; nullptr if it has none.
template <class T>
void* entry_of(const FunctionsFor<T>& table, std::string_view name) {
  const auto address = [](auto* function) { return reinterpret_cast<void*>(function); };
  const std::array<std::pair<std::string_view, void*>, 9> entries{{{"gemm", address(table.gemm)},
                                                                   {"gemv", address(table.gemv)},
                                                                   {"ger", address(table.ger)},
                                                                   {"dot", address(table.dot)},
                                                                   {"nrm2", address(table.nrm2)},
                                                                   {"axpy", address(table.axpy)},
                                                                   {"scal", address(table.scal)},
                                                                   {"syrk", address(table.syrk)},
                                                                   {"trsm", address(table.trsm)}}};
  const auto found = std::ranges::find(entries, name, [](const auto& entry) { return entry.first; });
  return found == entries.end() ? nullptr : found->second;
}

}  // namespace

std::string routine_of_c(const Operation& operation, char type) {
  return name_of(operation, type) + (returned_by(operation, type) == Returns::complex ? "_sub" : "");
}

bool is_called_by_fortran(const Operation& operation) { return !operation.of_c_alone; }

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
  // The proof whose function it is goes through all that the process has loaded.
  const SymbolLookup look_up = asked_once<std::string, void*>(library);
  const auto c_symbol = [naming](const Operation& o, char type) { return naming.c(routine_of_c(o, type)); };
  const auto fortran_symbol = [naming](const Operation& o, char type) { return naming.fortran(name_of(o, type)); };
  const auto complex_result = [=, result_of = complex_results()](const Operation& o, char type) {
    return result_of(look_up(fortran_symbol(o, type)), type);
  };
  const auto has_added_flags = [=, takes_flags = added_flags(integer_bits)](const Operation& o, char type) {
    return o.gained_flags && takes_flags(look_up(fortran_symbol(o, type)), type);
  };
  std::vector<Interface> interfaces{
      {.of_c = true,
       .has = [=](const Operation& o, char type) { return look_up(c_symbol(o, type)) != nullptr; },
       .call =
           [=](const Call& call) {
             call_c(look_up(c_symbol(call.operation, call.type)), integer_bits,
                    has_added_flags(call.operation, call.type), call);
           },
       .symbol = c_symbol,
       .has_added_flags = has_added_flags,
       .integer_bits = integer_bits},
      {.of_c = false,
       .has =
           [=](const Operation& o, char type) {
             if (!is_called_by_fortran(o) || look_up(fortran_symbol(o, type)) == nullptr) return false;
             return returned_by(o, type) != Returns::complex || complex_result(o, type) != ComplexResult::unknown;
           },
       .call =
           [=](const Call& call) {
             const bool is_complex = returned_by(call.operation, call.type) == Returns::complex;
             call_fortran(look_up(fortran_symbol(call.operation, call.type)), integer_bits,
                          is_complex ? complex_result(call.operation, call.type) : ComplexResult::unknown,
                          has_added_flags(call.operation, call.type), call);
           },
       .symbol = fortran_symbol,
       .returns_by_first =
           [=](const Operation& o, char type) {
             return returned_by(o, type) == Returns::complex &&
                    complex_result(o, type) == ComplexResult::by_first_argument;
           },
       .has_added_flags = has_added_flags,
       .integer_bits = integer_bits}};
  std::erase_if(interfaces, [](const Interface& interface) {
    return std::ranges::none_of(operations(), [&](const Operation& operation) {
      return std::ranges::any_of(operation.types, [&](char type) { return interface.has(operation, type); });
    });
  });
  return interfaces;
}

Interface interface_of(const Functions& table) {
  const auto entry = [table](const Operation& o, char type) {
    return type == 's' ? entry_of(table.f32, o.name) : type == 'd' ? entry_of(table.f64, o.name) : nullptr;
  };
  return {.of_c = true,
          .has = [=](const Operation& o, char type) { return entry(o, type) != nullptr; },
          .call = [=](const Call& call) { call_c(entry(call.operation, call.type), 32, false, call); },
          .symbol = [](const Operation& o, char type) { return "cblas_" + routine_of_c(o, type); }};
}

}  // namespace sqrtn::blas
